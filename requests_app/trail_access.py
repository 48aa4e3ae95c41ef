"""What the explorer of the trail asks of the app that knows people and requests."""

from __future__ import annotations

from typing import Any

from audit import presets
from audit.models import Event, EventQuerySet
from audit.presets import Preset
from requests_app import looking, numbering, people
from requests_app.models import SupportRequest, User

SIGN_IN_FAILED = "session.sign_in_failed"


def find_request(person: Any, number: str) -> int | None:
    """In small letters, too, without an index of them; or by the end of its number, where no other
    one ends so."""
    numbers = [number, number.upper(), *numbering.ending_in(number, people.entity_ids(person))]
    visible = SupportRequest.objects.visible_to(person).filter(number__in=numbers)
    found = list(visible.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def audits(person: Any) -> frozenset[int]:
    """Ids of the entities whose whole trail a person reads."""
    return frozenset(each.pk for each in people.entities_of(person, people.READS_TRAIL))


def scope(person: Any) -> dict[str, Any]:
    return {looking.ENTITIES: people.entity_ids(person)}


def failed_sign_ins(person_id: str) -> EventQuerySet:
    """Sign-ins that failed with the name of this person, whoever tried."""
    name = User.objects.filter(pk=person_id).values_list("username", flat=True).first()
    failed = Event.objects.filter(kind=SIGN_IN_FAILED)
    return failed.filter(detail__username_tried=name) if name else failed.none()


def export_ended(person: Any, path: str, is_ready: bool) -> None:  # noqa: FBT001
    from requests_app.accounts import tasks

    tasks.tell_export_ended(person, path, is_ready=is_ready)


def register_presets() -> None:
    presets.register(
        Preset("Failed sign-ins", {"kind": SIGN_IN_FAILED}),
        Preset("By administrators", {"role": "Administrator"}),
        Preset("Reopened", {"kind": "request.reopened"}),
        Preset("Changes after closing", {"following": "request.closed"}, days=30),
    )
