"""Plays the demo: ninety days of a support team, the same on every machine but for the dates.

The moments are claims (`occurred_at`); when each event was recorded stays the database's word.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from audit import actors
from audit.actors import Actor, Origin
from audit.recording import Refusal, record
from requests_app import people, services
from requests_app.demo import approvals, cast, mail, promises
from requests_app.models import Customer, Entity, SupportRequest, User

DAYS = 90
REQUESTS = 58
SEED = 25_000
Chapter = Callable[["Story"], None]


_chapters: list[Chapter] = []
_last_chapters: list[Chapter] = []


def add_chapter(chapter: Chapter) -> None:
    """What another app tells once the company is founded."""
    if chapter not in _chapters:
        _chapters.append(chapter)


def add_last_chapter(chapter: Chapter) -> None:
    """What another app tells of all that happened."""
    if chapter not in _last_chapters:
        _last_chapters.append(chapter)


class Story:
    """The demo being told: who is there, and a clock that only goes forward."""

    def __init__(self, narrator: Actor) -> None:
        self.narrator = narrator.through("demo")
        self.random = random.Random(SEED)  # noqa: S311 - a story, no secret
        self.now = timezone.now().replace(microsecond=0) - timedelta(days=DAYS)
        self.entities: dict[str, Entity] = {}
        self.people: dict[str, User] = {}
        self.customers: dict[str, list[Customer]] = {}
        self.big_refund = SupportRequest()

    def tell(self) -> int:
        """Returns how many requests it made."""
        self.found_company()
        step = timedelta(days=DAYS - 1) / REQUESTS
        for index in range(REQUESTS):
            self.now += step
            if index == REQUESTS * 2 // 3:
                self.tell_big_refund()
            else:
                self.tell_everyday(index)
        mail.tell(self)
        for chapter in _last_chapters:
            chapter(self)
        made = SupportRequest.objects.count()
        record("demo.loaded", by=self.narrator, detail={"requests": made, "seed": SEED})
        return made

    def found_company(self) -> None:
        for code, name, currency, zone in cast.ENTITIES:
            self.entities[code] = people.add_entity(
                by=self.narrator, code=code, name=name, currency=currency, time_zone=zone
            )
        for person in cast.PEOPLE:
            self.hire(person)
        self.promise()
        approvals.arrange(self)
        for chapter in _chapters:
            chapter(self)
        for code, customers in cast.CUSTOMERS.items():
            self.customers[code] = [
                services.add_customer(
                    entity=self.entities[code], name=name, email=email, reference=reference,
                    by=self.narrator,
                )
                for name, email, reference in customers
            ]  # fmt: skip
        self.know_more()

    def know_more(self) -> None:
        """Further addresses, and two customers who are on file twice."""
        for code, place, kind, value in cast.ADDRESSES:
            services.add_address(
                customer=self.customers[code][place], kind=kind, value=value, by=self.narrator
            )
        for code, doubles in cast.DOUBLES.items():
            self.customers[code] += [
                services.add_customer(
                    entity=self.entities[code], name=name, email=email, reference=reference,
                    phone=phone, by=self.narrator,
                )
                for name, email, reference, phone in doubles
            ]  # fmt: skip

    def promise(self) -> None:
        liam = self.actor("liam")
        for entity in self.entities.values():
            promises.arrange(entity, liam, timezone.now().year)
        promises.let_assign(self.entities["DE"], liam, "Delivery", self.people["jonas"])

    def hire(self, person: cast.Person) -> None:
        user = people.add_person(
            by=self.narrator, username=person.username, display_name=person.display_name,
            email=f"{person.username}@larkspur.example", password=cast.PASSWORD,
            time_zone=person.time_zone,
        )  # fmt: skip
        for code in person.entities:
            people.grant_role(
                by=self.narrator, person=user, entity=self.entities[code], role=person.role,
                starts_on=self.now.date(), reason="Founding team",
            )  # fmt: skip
        self.people[person.username] = user

    def actor(self, username: str) -> Actor:
        origin = Origin(channel="demo", address="192.0.2.17", user_agent="Demo")
        return actors.user(self.people[username], origin)

    def later(self, **span: float) -> datetime:
        """A moment after now, never in the future; stories overlap, so the clock stays."""
        return min(self.now + timedelta(**span), timezone.now())

    def tell_everyday(self, index: int) -> None:
        theme = cast.THEMES[index % len(cast.THEMES)]
        code = "DE" if index % 3 == 2 else "US"
        agent = self.actor("jonas" if code == "DE" else "ana")
        customer = self.random.choice(self.customers[code])
        order = f"{code}{48000 + index * 37}"
        amount = theme.amount(index)
        opened = services.open_request(
            entity=self.entities[code], customer=customer, by=agent, occurred_at=self.now,
            channel=self.random.choice(["mail", "mail", "portal", "phone"]),
            subject=theme.subject.format(order=order),
            description=f"Hello,\n\n{theme.complaint.format(order=order)}\n\n{customer.name}",
            category=theme.category, received_at=self.now - timedelta(minutes=3),
            invoice_reference=order if amount else "", claimed_amount=amount,
            claimed_currency=self.entities[code].currency, requested_remedy=theme.remedy,
            priority=self.random.choice(["normal", "normal", "low", "high"]),
        )  # fmt: skip
        self.work_on(opened, theme, agent, index)

    def work_on(self, opened: SupportRequest, theme: cast.Theme, agent: Actor, index: int) -> None:
        """How far a request comes: old ones end, young ones wait."""
        age = timezone.now() - self.now
        if age < timedelta(days=2):
            promises.tell_lateness(self, opened, timezone.now())
            return
        promises.tell_lateness(self, opened, self.later(hours=2))
        services.take(support_request=opened, by=agent, occurred_at=self.later(hours=2))
        services.reply(
            support_request=opened, body=theme.answer, by=agent, occurred_at=self.later(hours=2.2)
        )
        if index % 5 == 0:
            services.change_priority(
                support_request=opened, priority="high", by=self.actor("liam"),
                reason="Second message from this customer in a week.",
                occurred_at=self.later(hours=9),
            )  # fmt: skip
        if age < timedelta(days=9):
            self.leave_open(opened, agent, index)
            return
        promises.tell_lateness(self, opened, self.later(days=2))
        services.resolve(
            support_request=opened, resolution=theme.resolution, note=theme.note, by=agent,
            root_cause=theme.root_cause, occurred_at=self.later(days=2),
        )  # fmt: skip
        if index % 11 == 7:
            services.reopen(
                support_request=opened, by=self.actor("liam"), occurred_at=self.later(days=4),
                reason="The customer writes that the same thing happened again.",
            )  # fmt: skip
        elif age > timedelta(days=18) and index % 4 == 1:
            promises.close_as_silent(opened, self.later(days=16.1))
        elif age > timedelta(days=14):
            services.close(
                support_request=opened, by=agent, occurred_at=self.later(days=7),
                customer_confirmation="confirmed" if index % 2 else "no_answer",
            )  # fmt: skip

    def leave_open(self, opened: SupportRequest, agent: Actor, index: int) -> None:
        """Every other one waits for its customer, and its clock with it."""
        if index % 2:
            services.wait(
                support_request=opened, waiting_for="waiting_customer", by=agent,
                reason="Photos asked for.", occurred_at=self.later(hours=3),
            )  # fmt: skip
        promises.tell_lateness(self, opened, timezone.now())

    def tell_big_refund(self) -> None:
        """The claim an auditor will ask about."""
        ana, liam = self.actor("ana"), self.actor("liam")
        letter = (
            "Good morning,\n\nour annual linen contract was invoiced twice: invoice INV-2026-0417 "
            "and again as INV-2026-0522. We paid both, 25,000.00 US dollars each. Please return "
            "the second payment to the account it came from.\n\nMarisol Vega\nHarbor Light Hotels"
        )
        opened = services.open_request(
            entity=self.entities["US"], customer=self.customers["US"][0], by=ana, channel="mail",
            subject="Refund of 25,000.00 USD: annual contract paid twice",
            description=letter, category="Billing", invoice_reference="INV-2026-0522",
            claimed_amount=Decimal("25000"), claimed_currency="USD", requested_remedy="refund",
            contract_reference="LINEN-2026", contact_name="Marisol Vega",
            contact_address="marisol.vega@harborlight.example",
            received_at=self.now - timedelta(hours=1), occurred_at=self.now,
            original=f"Subject: Paid twice\r\nFrom: accounts@harborlight.example\r\n\r\n{letter}"
            .encode(), media_type="message/rfc822",
        )  # fmt: skip
        for number in ("INV-2026-0417", "INV-2026-0522"):
            services.attach(
                support_request=opened, name=f"{number}.txt", by=ana, occurred_at=self.now,
                content=f"Invoice {number}\nAnnual linen contract\n25,000.00 USD\n".encode(),
            )  # fmt: skip
        services.take(support_request=opened, by=ana, occurred_at=self.later(minutes=20))
        services.reply(
            support_request=opened, by=ana, occurred_at=self.later(minutes=34),
            body="Good morning Ms. Vega,\n\nthank you for the two invoice numbers. We are "
            "comparing both payments with our bank and will write to you by Thursday.\n\nAna Reyes",
        )  # fmt: skip
        services.change_priority(
            support_request=opened, priority="critical", by=liam, occurred_at=self.later(hours=3),
            reason="25,000 USD is above what an agent or lead may decide.",
        )  # fmt: skip
        services.reply(
            support_request=opened, by=ana, occurred_at=self.later(days=2),
            body="Good morning Ms. Vega,\n\nboth payments are in our account, so the second one is "
            "yours. A refund of this size needs two approvals; it is being prepared.\n\nAna Reyes",
        )  # fmt: skip
        promises.tell_lateness(self, opened, self.later(days=2.1))
        services.change_due_date(
            support_request=opened, by=liam, due_at=timezone.now() + timedelta(days=3),
            reason="Both approvers are back next week; Ms. Vega agreed to it on the phone.",
            occurred_at=self.later(days=2.2),
        )  # fmt: skip
        self.big_refund = opened

    def close_too_early(self) -> None:
        """A refusal is part of the story. It is recorded in a transaction of its own, so it comes
        when the rest is committed."""
        ana = self.actor("ana")
        with contextlib.suppress(Refusal):
            services.close(support_request=self.big_refund, by=ana, occurred_at=timezone.now())
