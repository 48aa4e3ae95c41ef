"""Measures the page of a request, and the request as it was, by the length of its trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, Min
from django.test import Client
from django.urls import reverse

from audit import actors
from audit.models import Event
from bench.desk import Desk
from bench.long_trail import change_often
from requests_app import past, people, services
from requests_app.models import Customer, Role, SupportRequest
from requests_app.models.support_request import Channel

Act = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """A support request with so many versions, and addresses and moments all along its trail."""

    length: int
    support_request: SupportRequest
    addresses: list[str]
    moments: list[datetime]


def grow(desk: Desk, length: int) -> Case:
    by = actors.command("bench")
    opened = services.open_request(
        entity=desk.entity, channel=Channel.PHONE, subject=f"A case of {length} changes", by=by,
        customer=desk.customers[0], description="It went to and fro.",
        claimed_amount=Decimal(100), claimed_currency="EUR",
    )  # fmt: skip
    own = Customer.objects.filter(entity=desk.entity).values_list("pk", flat=True)
    change_often(opened, length, list(own))
    opened.refresh_from_db()
    trail = Event.objects.of_support_request(opened.pk)
    span = trail.aggregate(first=Min("recorded_at"), last=Max("recorded_at"))
    address = reverse("requests:request-show", args=[opened.number])
    middle = trail.values_list("pk", flat=True)[length // 2]
    shares = (0.02, 0.5, 0.98)
    return Case(
        length,
        opened,
        [address, f"{address}?order=newest", f"{address}?after={middle}"],
        [span["first"] + (span["last"] - span["first"]) * share for share in shares],
    )


def reader(desk: Desk) -> Client:
    """The browser of an agent who may see the cases."""
    person = desk.persons[0]
    people.grant_role(
        by=actors.command("bench"), person=person, entity=desk.entity, role=Role.AGENT
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


def pages(client: Client, case: Case) -> Act:
    """The first page of the trail, the newest, and one from its middle."""

    def act() -> None:
        for address in case.addresses:
            answer = client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}; nothing was measured")

    return act


def as_it_was(case: Case) -> Act:
    return lambda: [past.as_of(case.support_request, moment) for moment in case.moments]
