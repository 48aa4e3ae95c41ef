"""What a page shows of the parts of a request: files under their message or the act that added
them, corrections by what they correct, and a tombstone wherever something was redacted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from audit import veils
from audit.erasing import Tombstone
from audit.models import Erasure
from audit.paging import LARGEST_ID
from audit.versions import version_model
from requests_app.models import Attachment, Message, RawIntake, SupportRequest

CONTACT = "contact"


@dataclass
class Shown:
    """A message, or the request itself, with what belongs to it on the page."""

    message: Message | None = None
    files: list[ShownFile] = field(default_factory=list)
    tombstone: Tombstone | None = None
    correction: Message | None = None


@dataclass(frozen=True)
class ShownFile:
    attachment: Attachment
    tombstone: Tombstone | None


@dataclass(frozen=True)
class Parts:
    """``of`` a message's id are its files and the rest, ``under`` an event's id the files that
    people added by it; ``files`` are all of them. The request itself has what came with it."""

    request: Shown
    of: dict[int, Shown]
    under: dict[int, Shown]
    files: list[ShownFile]
    original: Tombstone | None
    contact: Tombstone | None


def shown(
    support_request: SupportRequest,
    messages: Sequence[Message],
    person: Any,
    until: int = LARGEST_ID,
) -> Parts:
    """As this person may see them, and as an event left them. Three queries, however many there
    are."""
    attachments = list(recorded(support_request.attachments.all(), until))
    stones = tombstones(support_request, messages, attachments)
    files = [
        ShownFile(each, stones.get((Attachment._meta.db_table, str(each.pk))))
        for each in attachments
    ]
    by_message: dict[int | None, list[ShownFile]] = defaultdict(list)
    under: dict[int, Shown] = defaultdict(Shown)
    for file in files:
        if is_added(file.attachment):
            under[file.attachment.under].files.append(file)  # type: ignore[attr-defined]
        else:
            by_message[file.attachment.message_id].append(file)
    keys = [each.pk for each in messages]
    corrections_of = recorded(Message.objects.filter(corrects_id__in=keys), until)
    later = list(corrections_of.order_by("pk")) if keys else []
    veils.cover([*messages, *attachments, *later], person)
    corrections = {each.corrects_id: each for each in later}
    table = Message._meta.db_table
    of = {
        each.pk: Shown(
            each, by_message[each.pk], stones.get((table, str(each.pk))), corrections.get(each.pk)
        )
        for each in messages
    }
    own = stones.get((SupportRequest._meta.db_table, str(support_request.pk)))
    original = stones.get((RawIntake._meta.db_table, str(support_request.intake_id)))
    contact = stones.get((CONTACT, str(support_request.pk)))
    return Parts(Shown(None, by_message[None], own), of, dict(under), files, original, contact)


def recorded(rows: Any, until: int) -> Any:
    """Those that were there right after an event, each with the event ``under`` which it came."""
    came = version_model(rows.model).objects.filter(id=OuterRef("pk")).order_by("history_id")
    found: QuerySet[Any] = rows.annotate(under=Subquery(came.values("event_id")[:1]))
    return found.filter(under__lte=until)


def is_added(attachment: Attachment) -> bool:
    """Put to the request by somebody of ours, with no message: no words of the customer's."""
    return attachment.message_id is None and attachment.author_id is not None


def tombstones(
    support_request: SupportRequest, messages: Iterable[Message], attachments: Iterable[Attachment]
) -> dict[tuple[str, str], Tombstone]:
    """By table and key, the newest of each row; that of a request's contact by itself."""
    wanted: dict[type[Model], list[Any]] = {
        SupportRequest: [support_request.pk],
        RawIntake: [support_request.intake_id],
        Message: [each.pk for each in messages],
        Attachment: [each.pk for each in attachments],
    }
    condition = Q()
    for model, keys in wanted.items():
        condition |= Q(table_name=model._meta.db_table, row_key__in=[str(key) for key in keys])
    found = Erasure.objects.filter(condition, version_id__isnull=True).exclude(column_name="sha256")
    return {
        (place_of(each), each.row_key): Tombstone(each.event, each.unit, each.size, each.commitment)
        for each in found.select_related("event").order_by("id")
    }


def place_of(erasure: Erasure) -> str:
    is_of_contact = erasure.column_name.startswith("contact_")
    return CONTACT if is_of_contact else erasure.table_name
