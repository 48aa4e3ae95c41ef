"""Second steps of signing in: what became of them on record, and who must have one.

The library's tables have no versions, for their rows hold secrets; each change is an event, written
in the transaction of the change.
"""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import signals
from django.http import HttpRequest

from audit import actors
from audit.actors import Actor
from audit.recording import ReasonMissing, record, recording
from audit.standing import Standing, refuse_stale
from requests_app import people
from requests_app.models import User

WITH_FACTOR = ("totp", "recovery_codes")
ADDED = {"totp": "person.totp_added", "recovery_codes": "person.recovery_codes_made"}
REMOVED = {"totp": "person.totp_removed", "recovery_codes": "person.recovery_codes_removed"}


def connect() -> None:
    signals.post_save.connect(saved, Authenticator, dispatch_uid="factors.saved")
    signals.post_delete.connect(deleted, Authenticator, dispatch_uid="factors.deleted")
    mfa_signals.authenticator_used.connect(used, dispatch_uid="factors.used")
    mfa_signals.authentication_failed.connect(code_refused, dispatch_uid="factors.refused")


def acting_on(person: User) -> Actor:
    """Who changes the second step of a person: the person of the HTTP request, which while they
    sign in is nobody yet, or a command."""
    request: HttpRequest | None = context.request
    if request is None:
        return actors.command("second step")
    by = actors.from_request(request)
    return by if by.person is not None else actors.user(person, by.origin)


def saved(sender: Any, instance: Authenticator, created: bool, **_: Any) -> None:  # noqa: FBT001
    if created and instance.type in ADDED:
        record(ADDED[instance.type], by=acting_on(instance.user), subject=instance.user)


def deleted(sender: Any, instance: Authenticator, **_: Any) -> None:
    if instance.type in REMOVED:
        record(REMOVED[instance.type], by=acting_on(instance.user), subject=instance.user)


def used(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """A recovery code is used up: how many are left is worth knowing."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()  # the library marked it used on a row of its own
        left = len(authenticator.wrap().get_unused_codes())
        by = acting_on(user)
        record("person.recovery_code_used", by=by, subject=user, detail={"left": left})


def code_refused(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    record("session.code_refused", by=acting_on(user), subject=user, outcome="denied")


def hold(person: User) -> None:
    """For a page that asks more than once; never for a service."""
    person._has_factor = has_factor(person)  # type: ignore[attr-defined]


def has_factor(person: User) -> bool:
    held: bool | None = getattr(person, "_has_factor", None)
    if held is not None:
        return held
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def is_missing(request: HttpRequest) -> bool:
    """Whether the person must set one up first. Who signed in with one is not asked again."""
    method = request.session.get("sign_in_method", "")
    if any(name in method for name in WITH_FACTOR):
        return False
    held = {grant.role for grant in people.grants_of(request.user)}
    if not held & set(settings.SECOND_FACTOR_ROLES):
        return False
    assert isinstance(request.user, User)
    return not has_factor(request.user)


def remove(*, person: User, by: Actor, reason: str, seen: Standing | None = None) -> None:
    """Takes the second step of somebody who lost it away; they sign in by password and set up a new
    one. Asks for the rights of changing a person."""
    with recording(
        "person.second_step_reset", by=by, subject=person, reason=reason, locked=True
    ) as event:
        people.refuse(people.why_not_change(person, by))
        refuse_stale(person, seen, by)
        if not reason.strip():
            raise ReasonMissing("Say why the second step is taken away.")
        found = list(Authenticator.objects.filter(user=person))
        if not found:
            event.discard()
        for authenticator in found:
            authenticator.delete()
