"""All settings, from the environment. What is missing or wrong is named in one message.

Local mode is what `manage.py` sets up with the server under `.local/`: plain http on this machine
alone. Everything else is production, and secure unless told otherwise.
"""

from __future__ import annotations

from config import environment, local
from config.environment import Environment

env = Environment.from_process()
BASE_DIR = local.PROJECT
LOCAL = env.boolean("CASETRAIL_LOCAL", default=False)
DEBUG = env.boolean("DEBUG", default=False)

SECRET_KEY = local.secret("secret_key") if LOCAL and local.exists() else env.secret_key()
ALLOWED_HOSTS = (
    ["localhost", "127.0.0.1", "[::1]"]
    if LOCAL
    else env.words("ALLOWED_HOSTS", example="desk.example.com")
)

# Three roles. The application serves as the first; the owner migrates; only the sealer seals.
DATABASES = {
    "default": env.database(
        "DATABASE_URL",
        role="casetrail_app",
        pool=env.boolean("DATABASE_POOL", default=False),
        server_side_cursors=env.boolean("DATABASE_SERVER_SIDE_CURSORS", default=True),
        idle_timeout=env.integer("DATABASE_IDLE_TIMEOUT", default=60),
    )
}
OWNER_DATABASE = env.optional_database("MIGRATE_DATABASE_URL")
SEALER_DATABASE = env.optional_database("SEALER_DATABASE_URL")

HTTPS = not LOCAL
SECURE_SSL_REDIRECT = HTTPS and env.boolean("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.boolean("SECURE_HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = HTTPS and env.boolean("SECURE_HSTS_PRELOAD", default=True)
# Probes come from inside, past the proxy that speaks https.
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.boolean("TRUST_X_FORWARDED_PROTO", default=False)
    else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# How many of our own proxies append to X-Forwarded-For; without it the header is not believed.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", default=0)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default=[])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

INSTALLED_APPS = [
    "config",
    "finance",
    "requests_app",
    "audit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "simple_history",
    "csp",
    "django_htmx",
    "django_filters",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "audit.middleware.correlation",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=local.FOLDER / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL

# Bytes that people send: in a folder of their own, served by no address of files.
ATTACHMENTS_ROOT = env.private_folder("ATTACHMENTS_ROOT", default=local.FOLDER / "attachments",
                                      public=[STATIC_ROOT, *STATICFILES_DIRS])  # fmt: skip
ATTACHMENT_MAX_BYTES = env.size("ATTACHMENT_MAX_BYTES", default=25 * 1024 * 1024)
ATTACHMENT_MAX_FILES = env.size("ATTACHMENT_MAX_FILES", default=200)
ATTACHMENT_MAX_TOTAL_BYTES = env.size("ATTACHMENT_MAX_TOTAL_BYTES", default=500 * 1024 * 1024)
ATTACHMENT_SCANNER = env.word("ATTACHMENT_SCANNER", default="")

PROCRASTINATE_IMPORT_PATHS = ["requests_app.files.tasks"]

AUTH_USER_MODEL = "requests_app.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
SIMPLE_HISTORY_DATE_INDEX = False

LOGGING_CONFIG = "config.logs.configure"
LOGGING = {"readable": LOCAL, "level": env.word("LOG_LEVEL", default="INFO")}

environment.refuse_if_wrong(env)
