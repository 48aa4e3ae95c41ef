"""All settings, from the environment. What is missing or wrong is named in one message.

Local mode is what `manage.py` sets up with the server under `.local/`: plain http on this machine
alone. Everything else is production, and secure unless told otherwise.
"""

from __future__ import annotations

import os
from pathlib import Path

from config import environment, local
from config.environment import Environment

env = Environment.from_process()
BASE_DIR = local.PROJECT
LOCAL = env.boolean("CASETRAIL_LOCAL", default=False)
DEBUG = env.boolean("DEBUG", default=False)

SECRET_KEY = local.secret("secret_key") if LOCAL and local.exists() else env.secret_key()
# What pseudonyms of customers are made with: another key gives every customer another one.
PSEUDONYM_KEY = env.word("PSEUDONYM_KEY", default=SECRET_KEY)
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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_prometheus",
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
    "django_filters",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "audit.middleware.correlation",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "requests_app.customers.reveals.remembered",
    "requests_app.files.middleware.whole_form",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "audit.middleware.known_methods",
    "simple_history.middleware.HistoryRequestMiddleware",
    "requests_app.accounts.middleware.session_limits",
    "allauth.account.middleware.AccountMiddleware",
    "requests_app.accounts.middleware.second_factor",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
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

FORM_RENDERER = "config.selects.Renderer"

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
# A form with all its files. deploy/nginx/casetrail.conf lets a little more through.
UPLOAD_MAX_BYTES = env.size("UPLOAD_MAX_BYTES", default=110 * 1024 * 1024)
if UPLOAD_MAX_BYTES <= ATTACHMENT_MAX_BYTES:
    env.faults.append(
        f"UPLOAD_MAX_BYTES is {UPLOAD_MAX_BYTES}; it must be more than ATTACHMENT_MAX_BYTES, which "
        f"is {ATTACHMENT_MAX_BYTES}, or no file of that size can be sent."
    )
ATTACHMENT_SCANNER = env.word("ATTACHMENT_SCANNER", default="")

# Mail out: the local trial prints it, unless a server is named. Mail in: passwords by name.
EMAIL_HOST = env.word("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.word("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.word("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.boolean("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = env.size("EMAIL_TIMEOUT", default=30)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.word(
    "DEFAULT_FROM_EMAIL", default="Casetrail <casetrail@localhost>"
)
PRINTS_MAIL = LOCAL and not env.text("EMAIL_HOST")
EMAIL_BACKEND = (
    "config.printed_mail.EmailBackend"
    if PRINTS_MAIL
    else "django.core.mail.backends.smtp.EmailBackend"
)
MAILBOX_PASSWORDS = env.starting_with("MAILBOX_PASSWORD_")
MAIL_MAX_BYTES = env.size("MAIL_MAX_BYTES", default=50_000_000)
# Seconds without a sign after which a worker is taken for killed; a very busy machine is late with
# one. A worker that starts removes the others who were silent for as long, and not those who live.
WORKER_SILENT = 90
PROCRASTINATE_WORKER_DEFAULTS = {"stalled_worker_timeout": float(WORKER_SILENT)}
# What the worker runs besides the tasks module of each app.
PROCRASTINATE_IMPORT_PATHS = [
    f"requests_app.{package}.tasks" for package in ("accounts", "files", "mail", "queue")
]

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
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

# People are added by administrators, so there is no sign-up. Addresses stand on the person alone.
ACCOUNT_ADAPTER = "requests_app.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "change_password": "requests_app.accounts.forms.ChangePasswordForm",
    "login": "requests_app.accounts.forms.SignInForm",
    "reauthenticate": "requests_app.accounts.forms.ReauthenticateForm",
    "reset_password": "requests_app.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "requests_app.accounts.forms.NewPasswordForm",
}
# Attempts per time, counted in the cache that all processes share.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",
    "reset_password": "20/h/ip,3/h/key",
    "reset_password_from_key": "30/h/ip",
    "reauthenticate": "10/5m/user",
    "change_password": "10/h/user",
}
MFA_ADAPTER = "requests_app.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Casetrail"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "activate_totp": "requests_app.accounts.forms.ActivateForm",
    "authenticate": "requests_app.accounts.forms.CodeForm",
    "reauthenticate": "requests_app.accounts.forms.CodeAgainForm",
}
# Who holds one of these roles sets up a second step when they sign in next.
SECOND_FACTOR_ROLES = env.words(
    "SECOND_FACTOR_ROLES", default=[] if LOCAL else ["administrator", "auditor"]
)
SESSION_IDLE_LIMIT = env.integer("SESSION_IDLE_LIMIT", default=4 * 60 * 60)
SESSION_COOKIE_AGE = env.integer("SESSION_LIMIT", default=12 * 60 * 60)
RESET_LINK_LIMIT = env.integer("RESET_LINK_LIMIT", default=60 * 60)
INVITATION_LIMIT = env.integer("INVITATION_LIMIT", default=3 * 24 * 60 * 60)
PASSWORD_RESET_TIMEOUT = max(RESET_LINK_LIMIT, INVITATION_LIMIT)
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "requests_app.accounts.links.Links"  # noqa: S105
CACHES = {
    # Shared by all processes and machines: what limits attempts counts here.
    "default": {
        "BACKEND": "config.shared_cache.SharedCache",
        "LOCATION": "casetrail_cache",
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# Where people reach the desk: links in mails lead there.
PUBLIC_URL = env.word(
    "PUBLIC_URL",
    default=f"http://{env.word('BIND', default='127.0.0.1:8000')}"
    if LOCAL
    else f"https://{(ALLOWED_HOSTS or ['desk.example.com'])[0].lstrip('.')}",
).rstrip("/")

# Prometheus: who may read /metrics, and where several processes put what they count.
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_NETWORKS = env.words(
    "METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"] if LOCAL else []
)
METRICS_DIR = env.text("METRICS_DIR")
if METRICS_DIR and not Path(METRICS_DIR).is_dir():
    env.faults.append(f"METRICS_DIR names {METRICS_DIR}, which is no folder; make it.")
elif METRICS_DIR:
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", METRICS_DIR)  # before its library is loaded

# What the operator's backup touches when it has succeeded.
BACKUP_STAMP = env.text("BACKUP_STAMP")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
SIMPLE_HISTORY_DATE_INDEX = False

LOGGING_CONFIG = "config.logs.configure"
LOGGING = {"readable": LOCAL, "level": env.word("LOG_LEVEL", default="INFO")}

CONFIGURATION = env  # for `manage.py configuration`
environment.refuse_if_wrong(env)
