"""Adds and changes mailboxes."""

from __future__ import annotations

from typing import Any

from audit.actors import Actor
from audit.recording import recording
from requests_app import people
from requests_app.mail import writing
from requests_app.models import Entity, Mailbox
from requests_app.services.acting import refuse


def add(*, entity: Entity, address: str, by: Actor, reason: str = "", **facts: Any) -> Mailbox:
    mailbox = Mailbox(entity=entity, address=address, **facts)
    refuse(why_not_address(address))
    mailbox.full_clean()
    with recording("mailbox.added", by=by, subject=mailbox, reason=reason):
        refuse(why_not_change(by.person, entity))
        mailbox.save()
    return mailbox


def change(*, mailbox: Mailbox, by: Actor, reason: str = "", **facts: Any) -> Mailbox:
    """Its address and its entity stay: what was mailed names them."""
    with recording(
        "mailbox.changed", by=by, subject=mailbox, reason=reason, locked=True
    ) as event:  # fmt: skip
        refuse(why_not_change(by.person, mailbox.entity))
        if all(getattr(mailbox, name) == value for name, value in facts.items()):
            event.discard()
        for name, value in facts.items():
            setattr(mailbox, name, value)
        mailbox.full_clean()
        mailbox.save(update_fields=list(facts))
    return mailbox


def why_not_change(person: Any, entity: Entity) -> str:
    """Why a person may not change mailboxes of an entity; empty if they may, or for a command."""
    if person is None or people.roles_in(person, entity.pk) & people.ADMINISTERS:
        return ""
    return f"Changing mailboxes of {entity.code} needs the role administrator there."


def why_not_address(address: str) -> str:
    """Why mail cannot come to an address; empty if it can."""
    try:
        writing.ascii_address(address)
    except ValueError:
        return f"“{address}” is no address that mail can be sent to."
    return ""
