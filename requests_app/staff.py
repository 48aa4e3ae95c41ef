"""What administrators do with accounts: change, deactivate, invite. Roles are in people.py."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from audit.actors import Actor
from audit.recording import lock, lock_row, recording
from audit.standing import Standing, refuse_stale
from audit.unwritten import written_afterwards
from requests_app import people
from requests_app.accounts import tasks, tracking
from requests_app.models import Entity, User


def welcome(
    *, by: Actor, username: str, display_name: str, email: str, time_zone: str, entity: Entity,
    role: str, reason: str, ends_on: date | None = None,
) -> User:  # fmt: skip
    """Adds a person with a first role, and sends a link to set the first password."""
    with written_afterwards(), transaction.atomic():
        person = people.add_person(
            by=by, username=username, display_name=display_name, email=email, time_zone=time_zone,
            reason=reason,
        )  # fmt: skip
        people.grant_role(
            by=by, person=person, entity=entity, role=role, reason=reason, ends_on=ends_on
        )
        invite(person=person, by=by)
    return person


def why_not_invite(person: User, by: Actor) -> str:
    refusal = people.why_not_change(person, by)
    if refusal:
        return refusal
    if not person.is_active:
        return f"{person} is not active. Reactivate them first."
    if not person.email:
        return f"{person} has no e-mail address. Add one first."
    return ""


def invite(*, person: User, by: Actor, seen: Standing | None = None) -> None:
    """A link to set a password: the first one, or another where it was lost."""
    kind = "password_link" if person.has_usable_password() else "invitation"
    with recording("person.invited", by=by, subject=person, detail={"link": kind}, locked=True):
        people.refuse(why_not_invite(person, by))
        refuse_stale(person, seen, by)
        tasks.send_link.defer(person_id=person.pk, kind=kind)


def change(
    *, person: User, by: Actor, display_name: str, email: str, time_zone: str, reason: str,
    seen: Standing | None = None,
) -> None:  # fmt: skip
    """A new address ends the links that were sent to the old one, which is told."""
    with recording("person.changed", by=by, subject=person, reason=reason, locked=True) as event:
        people.refuse(people.why_not_change(person, by))
        refuse_stale(person, seen, by)
        people.refuse(people.why_not_email(email, person))
        columns = {"display_name": display_name, "email": email.lower(), "time_zone": time_zone}
        if all(getattr(person, name) == value for name, value in columns.items()):
            event.discard()
        old = person.email
        for name, value in columns.items():
            setattr(person, name, value)
        person.save(update_fields=list(columns))
        if old != person.email:
            tasks.tell_old_address(person, old)


def why_not_deactivate(person: User, by: Actor) -> str:
    refusal = people.why_not_change(person, by)
    if refusal:
        return refusal
    if not person.is_active:
        return f"{person} is not active already."
    last = [
        grant.entity.code
        for grant in people.grants_in_force(person)
        if grant.role in people.ADMINISTERS and people.is_last_administrator(person, grant.entity)
    ]
    if last:
        return f"{person} is the last administrator of {', '.join(last)}. Name another one first."
    return ""


def deactivate(*, person: User, by: Actor, reason: str, seen: Standing | None = None) -> None:
    """They are signed out everywhere at once and cannot sign in; what they did stays theirs."""

    def lock_all() -> None:
        for entity in sorted({grant.entity for grant in people.grants_in_force(person)},
                             key=lambda entity: entity.pk):  # fmt: skip
            lock_row(entity)
        lock(person, "default")

    with recording("person.deactivated", by=by, subject=person, reason=reason, before=lock_all):
        people.refuse(why_not_deactivate(person, by))
        refuse_stale(person, seen, by)
        person.is_active = False
        person.save(update_fields=["is_active"])
        tracking.end_all(person=person, by=by, reason="Deactivated.")


def why_not_reactivate(person: User, by: Actor) -> str:
    refusal = people.why_not_change(person, by)
    return refusal or (f"{person} is active already." if person.is_active else "")


def reactivate(*, person: User, by: Actor, reason: str, seen: Standing | None = None) -> None:
    with recording("person.reactivated", by=by, subject=person, reason=reason, locked=True):
        people.refuse(why_not_reactivate(person, by))
        refuse_stale(person, seen, by)
        person.is_active = True
        person.save(update_fields=["is_active"])


def end_sessions(*, person: User, by: Actor, reason: str) -> int:
    """Signs a person out everywhere: a lost laptop, a doubt."""
    refusal = people.why_not_change(person, by)
    return tracking.end_all(
        person=person, by=by, reason=reason, refusal=refusal or why_no_reason(reason)
    )


def why_no_reason(reason: str) -> str:
    return "" if reason.strip() else "Say why."
