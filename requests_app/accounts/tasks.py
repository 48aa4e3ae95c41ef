"""Mails of accounts. Jobs carry ids; a link that opens an account is made where it is sent.

The same job is put into the queue whether an address is known or not, so that asking for a link
takes the same time for both.
"""

from __future__ import annotations

from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from procrastinate.contrib.django import app

from requests_app.accounts import links
from requests_app.models import User

NOBODY = 0
NOTICES = {
    "password_changed", "password_reset", "totp_activated", "totp_deactivated",
    "recovery_codes_generated", "email_changed",
}  # fmt: skip


@app.task(name="accounts.send_link", retry=3)
def send_link(person_id: int, kind: str) -> None:
    """``kind`` is password_link or invitation."""
    person = active(person_id)
    if person is not None:
        send(person, kind, {"link": link_for(person), "limit": links.limit_in_words(person)})


@app.task(name="accounts.send_notice", retry=3)
def send_notice(person_id: int, notice: str) -> None:
    person = active(person_id)
    if person is not None and notice in NOTICES:
        send(person, "notice", {"notice": notice})


def tell(person: User, notice: str) -> None:
    if notice in NOTICES:
        send_notice.defer(person_id=person.pk, notice=notice)


def tell_export_ended(person: User, path: str, *, is_ready: bool) -> None:
    send_export_link.defer(person_id=person.pk, path=path, is_ready=is_ready)


@app.task(name="accounts.send_export_link", retry=3)
def send_export_link(person_id: int, path: str, is_ready: bool) -> None:  # noqa: FBT001
    """The address alone: what is exported leaves by signing in, and that goes on record."""
    person = active(person_id)
    if person is not None:
        link = f"{settings.PUBLIC_URL}{path}"
        send(person, "export", {"link": link, "is_ready": is_ready})


def tell_old_address(person: User, address: str) -> None:
    """A job of its own would have to carry the address: the version of the person holds it."""
    if address:
        version = person.history.filter(email=address).latest("history_id")
        send_to_old_address.defer(version_id=version.history_id)


@app.task(name="accounts.send_to_old_address", retry=3)
def send_to_old_address(version_id: int) -> None:
    old = User.history.filter(history_id=version_id).first()
    if old is not None and old.email:
        person = User(username=old.username, display_name=old.display_name, email=old.email)
        send(person, "notice", {"notice": "email_changed"})


def active(person_id: int) -> User | None:
    return User.objects.filter(pk=person_id, is_active=True).first()


def send(person: User, template: str, words: dict[str, Any]) -> None:
    from requests_app.accounts.adapter import mail_to

    mail_to(person, template, words)


def link_for(person: User) -> str:
    """Opens the account until it is used, the password or address changes, or it is too old."""
    token = links.Links().make_token(person)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": token},
    )
    return f"{settings.PUBLIC_URL}{path}"
