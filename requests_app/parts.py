"""What a page shows of the parts of a request: files under their message, corrections by what they
correct, and a tombstone wherever something was redacted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from audit import veils
from audit.erasing import Tombstone
from audit.models import Erasure
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
    """``of`` a message's id are its files and the rest; ``files`` are all of the request."""

    request: Shown
    of: dict[int, Shown]
    files: list[ShownFile]
    original: Tombstone | None
    contact: Tombstone | None


def shown(support_request: SupportRequest, messages: Sequence[Message], person: Any) -> Parts:
    """As this person may see them. Three queries, however many there are."""
    attachments = list(support_request.attachments.all())
    stones = tombstones(support_request, messages, attachments)
    files = [
        ShownFile(each, stones.get((Attachment._meta.db_table, str(each.pk))))
        for each in attachments
    ]
    by_message: dict[int | None, list[ShownFile]] = defaultdict(list)
    for file in files:
        by_message[file.attachment.message_id].append(file)
    keys = [each.pk for each in messages]
    later = Message.objects.filter(corrects_id__in=keys).order_by("pk") if keys else ()
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
    return Parts(Shown(None, by_message[None], own), of, files, original, contact)


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
