"""Whether mail comes in and goes out, as a person may see it, or of all entities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from config.items import BAD, GOOD, UNKNOWN, Item
from requests_app.mail import watching
from requests_app.models import Mailbox, MailboxFetch, OutboundMail

MAILBOXES = "a-mailbox-cannot-be-fetched"
REPLIES = "replies-do-not-arrive"


@dataclass(frozen=True)
class Watched:
    """A mailbox that is fetched, and how the last look into it went."""

    mailbox: Mailbox
    last: MailboxFetch
    state: str

    @property
    def fetched_at(self) -> datetime | None:
        return self.last.fetched_at


def watched(person: Any = None) -> list[Watched]:
    found = [(each, watching.last_of(each)) for each in watching.fetched_mailboxes(person)]
    return [Watched(mailbox, last, state_of(last)) for mailbox, last in found]


def state_of(last: MailboxFetch) -> str:
    """An old answer is none, whatever it was."""
    if watching.is_stale(last):
        return UNKNOWN
    return BAD if last.cause else GOOD


def mailboxes(known: list[Watched]) -> Item:
    failing = [each for each in known if each.state == BAD]
    unknown = [each for each in known if each.state == UNKNOWN]
    if failing:
        told = f"{len(failing)} of {len(known)} cannot be fetched: {failing[0].mailbox}"
        told += f" ({failing[0].last.get_cause_display().lower()})."
        return Item("Mailboxes", BAD, told, MAILBOXES)
    if unknown:
        minutes = int(watching.IS_STALE.total_seconds()) // 60
        told = f"{len(unknown)} of {len(known)} were not looked into for {minutes} minutes."
        return Item("Mailboxes", UNKNOWN, told, MAILBOXES)
    if not known:
        return Item("Mailboxes", GOOD, "None is fetched over IMAP.", MAILBOXES)
    oldest = min(each.fetched_at for each in known if each.fetched_at is not None)
    return Item("Mailboxes", GOOD, f"All {len(known)} are fetched.", MAILBOXES, oldest)


def undelivered(person: Any = None) -> QuerySet[OutboundMail]:
    """Exactly what the list shows that the number leads to."""
    rows = OutboundMail.objects.all() if person is None else OutboundMail.objects.visible_to(person)
    return rows.undelivered()


def replies(person: Any = None) -> Item:
    counts = undelivered_by_state(person)
    link = reverse("mail:undelivered-list")
    if not sum(counts.values()):
        told = "None failed or came back."
        return Item("Replies", GOOD, told, REPLIES, link=link, link_words="Look")
    told = f"{counts['failed']} not mailed, {counts['returned']} came back."
    return Item("Replies", BAD, told, REPLIES, link=link, link_words="Show them")


def undelivered_by_state(person: Any = None) -> dict[str, int]:
    found = undelivered(person).order_by().values_list("state").annotate(count=Count("pk"))
    return {"failed": 0, "returned": 0} | dict(found)
