"""What django-allauth asks of us: who came from where, how a password is stored, what is mailed."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from audit import actors
from requests_app import people
from requests_app.accounts import throttling, tracking
from requests_app.models import User

UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - no server listens here; tests call without a connection


def account_of(login: str) -> User | None:
    """The account that a name or an e-mail address belongs to."""
    typed = login.strip().replace("\x00", "")
    found = User.objects.filter(Q(username__iexact=typed) | Q(email=typed.lower()))
    return found.first() if typed else None


def mail_to(person: User, template: str, words: dict[str, Any]) -> None:
    """Plain text, from a template; the first line is the subject."""
    from django.core.mail import send_mail
    from django.template.loader import render_to_string

    if not person.email:
        return
    text = render_to_string(
        f"mail/{template}.txt", {"person": person, "desk": settings.PUBLIC_URL, **words}
    )
    subject, _, body = text.strip().partition("\n")
    send_mail(subject.strip(), body.lstrip("\n") + "\n", None, [person.email])


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "enter_current_password": "This is not your present password. Type it again.",
        "incorrect_password": "This is not your password. Type it again.",
        "invalid_password_reset": "This link has been used, or is too old. Ask for another.",
        "too_many_login_attempts": "Too many attempts. Wait a while, then try again.",
        "rate_limited": "Too many attempts. Wait a while, then try again.",
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return actors.address_of(request) or UNKNOWN_ADDRESS

    def is_ajax(self, request: HttpRequest) -> bool:
        """All answers are pages."""
        return False

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Only what our pages say themselves, and what the library refuses."""
        if kwargs.get("message"):
            super().add_message(request, level, *args, **kwargs)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts attempts by account, whether its name or its address was typed, and by network
        address; the account is looked up in either case, so both take the same time."""
        typed = str(credentials.get("username") or credentials.get("email") or "")
        account = account_of(typed)
        key = f"account:{account.pk}" if account is not None else f"name:{typed.strip().lower()}"
        self._login_failed_rl_usage = ratelimit.consume(
            request, app=throttling.APP, action="login_failed", key=key
        )
        if not self._login_failed_rl_usage:
            throttling.refused(request, "login_failed", key, account)
            raise self.validation_error("too_many_login_attempts")

    def set_password(self, user: Any, password: str) -> None:
        """Changed by who is signed in, or set through a mailed link by who is not."""
        request = context.request
        is_own = request.user.is_authenticated and request.user.pk == user.pk
        by = actors.user(user, actors.origin_of(request))
        kind = "person.password_changed" if is_own else "person.password_reset"
        people.change_password(by=by, person=user, password=password, kind=kind)
        tracking.end_all(
            person=user, by=by, but=request.session.session_key if is_own else "",
            reason="The password is another one now.",
        )  # fmt: skip
        key = f"account:{user.pk}"
        ratelimit.clear(request, app=throttling.APP, action="login_failed", key=key)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: Any = None, email: str | None = None
    ) -> None:
        """Tells people what was done to their account, by whoever it was."""
        from requests_app.accounts import tasks

        tasks.tell(user, template_prefix.rpartition("/")[2])


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of second steps are kept encrypted, under a key that the database does not have."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right. Wait for the next one and type that.",
        "cannot_delete_authenticator": "Your role needs a second step, so it cannot be taken away.",
    }

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        held = {grant.role for grant in people.grants_of(context.request.user)}
        return not held & set(settings.SECOND_FACTOR_ROLES)

    def encrypt(self, text: str) -> str:
        return keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys().decrypt(encrypted_text.encode()).decode()


def keys() -> MultiFernet:
    """The present secret encrypts; those before it still open what they closed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(derived(str(secret))) for secret in secrets])


def derived(secret: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"casetrail second step")
    return base64.urlsafe_b64encode(made.derive(secret.encode()))
