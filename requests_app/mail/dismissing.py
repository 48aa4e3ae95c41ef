"""Mail that nobody needs to act on any more: dismissed with a reason, and put back where that was
wrong. Nothing of it is lost; it stands on another list."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from audit.recording import recording
from requests_app import people
from requests_app.models import InboundMail, OutboundMail
from requests_app.services.acting import refuse

Mail = InboundMail | OutboundMail


def why_not_dismiss(mail: Mail, by: Actor) -> str:
    """Why a mail cannot be dismissed by a person; empty if it can."""
    if refusal := why_not_person(mail, by):
        return refusal
    if mail.dismissed_at is not None:
        return "This mail was dismissed already."
    return why_not_idle(mail)


def why_not_idle(mail: Mail) -> str:
    """Why a mail is on its way, or has arrived; empty if it needs a person to decide."""
    if isinstance(mail, OutboundMail):
        return "" if mail.is_stuck else "This mail did not fail, so there is nothing to dismiss."
    if mail.support_request is not None:
        return f"This mail is on {mail.support_request.number}, and is dealt with there."
    return ""


def why_not_restore(mail: Mail, by: Actor) -> str:
    """Why a mail cannot be put back by a person; empty if it can."""
    if refusal := why_not_person(mail, by):
        return refusal
    return "" if mail.dismissed_at is not None else "This mail is not dismissed."


def why_not_person(mail: Mail, by: Actor) -> str:
    return people.why_not_work(by.person, mail.entity) if by.person is not None else ""


def reasons_of(mails: Sequence[Mail]) -> dict[int, str]:
    """Why each of these was dismissed last, by its key."""
    if not mails:
        return {}
    acts = Event.objects.filter(
        subject_type=mails[0]._meta.label_lower, subject_id__in=[str(mail.pk) for mail in mails],
        kind="mail.dismissed", outcome="done",
    ).order_by("id")  # fmt: skip
    return {int(act.subject_id): act.reason for act in acts}


def dismiss(*, mail: Mail, by: Actor, reason: str) -> Mail:
    with recording("mail.dismissed", by=by, subject=mail, reason=reason, locked=True):
        refuse(why_not_dismiss(mail, by))
        mail.dismissed_at = timezone.now()
        mail.save(update_fields=["dismissed_at"])
    return mail


def restore(*, mail: Mail, by: Actor) -> Mail:
    with recording("mail.restored", by=by, subject=mail, locked=True):
        refuse(why_not_restore(mail, by))
        mail.dismissed_at = None
        mail.save(update_fields=["dismissed_at"])
    return mail
