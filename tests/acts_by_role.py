"""Whatever can be done by a form: what is sent, what has to be so before, and which roles may.

The table is told by the business, not read from the sets that the services ask. An address that is
not in it does nothing, whoever posts to it. The admin site has its own: tests/audit/test_admin_*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from audit.models import TrailExport
from audit.recording import recording
from requests_app import services, staff
from requests_app.mail import dismissing
from requests_app.models import (
    Customer,
    CustomerAddress,
    InboundMail,
    OutboundMail,
    Role,
    SupportRequest,
    User,
)
from requests_app.standing import standing_of
from tests import factories
from tests.accounts import PASSWORD, at_desk, with_factor
from tests.factories import TESTER
from tests.pages import seen
from tests.world import SEVERAL, World

Sent = dict[str, Any]
ALL = frozenset(Role.values)
WORKERS = frozenset({Role.AGENT, Role.LEAD})
LEAD = frozenset({Role.LEAD})
REDACTORS = frozenset({Role.LEAD, Role.PRIVACY_OFFICER})
ARRANGERS = frozenset({Role.LEAD, Role.ADMINISTRATOR})
CORRECTORS = WORKERS | {Role.PRIVACY_OFFICER}
TRAIL_READERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
WHY = {"reason": "A reason"}
GIVEN_NAME = "Given by a test"


def nothing(_: World) -> Sent:
    return {}


@dataclass(frozen=True)
class Act:
    """``roles`` may do it; ``sent`` is the form as they fill it in, and ``before`` makes it so that
    it can be done. ``foreign`` gives the fields that name something of an entity: what they hold
    is then of the other one. ``query`` stands behind the address."""

    roles: frozenset[str]
    sent: Callable[[World], Sent] = nothing
    before: Callable[[World], object] = nothing
    foreign: Callable[[World], Sent] = nothing
    query: Callable[[World], Sent] = nothing


def fixed(**sent: Any) -> Callable[[World], Sent]:
    return lambda _: sent


def entity_code(here: World) -> Sent:
    return {"entity": here.entity.code}


# States that acts begin at.


def resolved(here: World) -> None:
    services.resolve(support_request=request_of(here), resolution="fixed", note="Done", by=TESTER)


def waiting(here: World) -> None:
    services.wait(support_request=request_of(here), waiting_for="waiting_vendor", by=TESTER)


def nobodys(here: World) -> None:
    services.assign(support_request=request_of(here), assignee=None, by=TESTER)


def as_new(here: World) -> None:
    """It is worked on already; nothing but a test brings it back."""
    found = request_of(here)
    with recording("request.updated", by=TESTER, subject=found):
        found.status = "new"
        found.save(update_fields=["status"])


def with_contact(here: World) -> None:
    services.correct_facts(
        support_request=request_of(here), by=TESTER, **WHY, contact_name="Somebody"
    )


def redactable_file(here: World) -> None:
    assert request_of(here).attachments.exists()


def failed_mail(here: World) -> None:
    mail = OutboundMail.objects.get(entity=here.entity)
    with recording("mail.failed", by=TESTER, subject=mail):
        mail.state, mail.next_attempt_at, mail.attempts = "failed", None, 1
        mail.save()


def dismissed_mail(here: World) -> None:
    mail = InboundMail.objects.get(pk=here.ids["mail:mail-restore mail_id"])
    dismissing.dismiss(mail=mail, by=TESTER, reason="News")


def further_address(here: World) -> None:
    services.add_address(
        customer=customer_of(here), kind="email", value=f"more@{here.mark.lower()}.example",
        by=TESTER,
    )  # fmt: skip


def not_in_use(here: World) -> None:
    services.deactivate(customer=customer_of(here), by=TESTER, reason="Gone")


def merged(here: World) -> None:
    into = factories.customer(entity=here.entity, name=f"{here.mark} double")
    services.merge_customers(into=into, customer=customer_of(here), by=TESTER, reason="Same")


def double(here: World) -> None:
    factories.customer(entity=here.entity, name=f"{here.mark} double")


def another_request(here: World) -> None:
    factories.support_request(entity=here.entity, subject=f"{here.mark} the same again")


def with_second_step(here: World) -> None:
    with_factor(here.people["agent"])


def deactivated(here: World) -> None:
    staff.deactivate(person=User.objects.get(pk=here.ids["person_id"]), by=TESTER, reason="Gone")


def failed_job(here: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s",
            [here.ids["job-retry job_id"]],
        )


def signed_in_elsewhere(here: World) -> None:
    at_desk(here.people["agent"])


def failed_export(here: World) -> None:
    export = TrailExport.objects.get(pk=here.ids["export_id"])
    with recording("trail.export_failed", by=TESTER, subject=export):
        export.state = "failed"
        export.save()


# What is there after it.


def request_of(here: World) -> SupportRequest:
    return SupportRequest.objects.get(pk=here.support_request.pk)


def customer_of(here: World) -> Customer:
    return Customer.objects.get(pk=here.ids["customer_id"])


def address_chosen(here: World) -> Sent:
    further = CustomerAddress.objects.filter(customer_id=here.ids["customer_id"])
    newest = further.order_by("-pk").first()
    return {"address": str(newest.pk if newest is not None else 0)}


def double_of(here: World) -> Customer:
    return Customer.objects.filter(entity=here.entity, name=f"{here.mark} double").get()


def into_double(here: World) -> Sent:
    return {"into": str(double_of(here).pk)}


def merge_seen(here: World) -> Sent:
    return WHY | {"seen_into": seen(double_of(here))["seen"]}


def original(here: World) -> Sent:
    newest = SupportRequest.objects.filter(entity=here.entity).latest("pk")
    return {"original": newest.number, "shown": newest.number}


def lead(here: World) -> Sent:
    return {"assignee": str(here.people["lead"].pk)}


def chosen(here: World) -> Sent:
    found = request_of(here)
    return {"chosen": f"{found.pk}:{standing_of(found)}"}


def upload(_: World) -> Sent:
    return {"files": SimpleUploadedFile("more.txt", b"more words")}


def held_role(here: World) -> Sent:
    return {"grant": str(here.people["agent"].grants.get().pk)}


def ended_today(here: World) -> Sent:
    return WHY | held_role(here) | {"last_day": str(here.entity.today())}


def due_next_week(here: World) -> Sent:
    return WHY | {"due_at": f"{here.entity.today() + timedelta(days=7)}T09:00"}


def shared_here(here: World) -> Sent:
    return {"shared_with": here.entity.code}


def new_request(here: World) -> Sent:
    return entity_code(here) | {
        "channel": "phone", "subject": "Asked by phone", "description": "What they said",
        "priority": "normal",
    }  # fmt: skip


def new_person(here: World) -> Sent:
    return WHY | entity_code(here) | {
        "username": "new.person", "display_name": "New Person", "email": "new.person@x.example",
        "time_zone": "UTC", "role": "agent",
    }  # fmt: skip


def given_role(here: World) -> Sent:
    return WHY | entity_code(here) | {"role": "lead"}


def renamed_person(here: World) -> Sent:
    person = here.people["agent"]
    return WHY | {"display_name": "Renamed", "email": person.email, "time_zone": "UTC"}


RULE = {"name": GIVEN_NAME, "days": "9", "category": "Other"} | WHY
ACTS = {
    "requests:request-open": Act(WORKERS, new_request, foreign=entity_code),
    "requests:export-list": Act(ALL, fixed(query="status=new")),
    "requests:bulk-act": Act(
        WORKERS, lambda here: chosen(here) | {"act": "change-priority", "priority": "low",
                                              "confirmed": "1"},
        foreign=chosen,
    ),
    "requests:message-correct": Act(WORKERS, fixed(body="As it should read", **WHY)),
    "requests:request-redact": Act(REDACTORS, fixed(is_final="on", **WHY)),
    "requests:contact-redact": Act(REDACTORS, fixed(is_final="on", **WHY), with_contact),
    "requests:message-redact": Act(REDACTORS, fixed(is_final="on", **WHY)),
    "requests:file-redact": Act(REDACTORS, fixed(is_final="on", **WHY), redactable_file),
    "requests:request-act reply": Act(WORKERS, fixed(body="Words")),
    "requests:request-act note": Act(WORKERS, fixed(body="Words")),
    "requests:request-act attach": Act(WORKERS, upload),
    "requests:request-act triage": Act(WORKERS, fixed(priority="low"), as_new),
    "requests:request-act take": Act(WORKERS, before=nobodys),
    "requests:request-act resume": Act(WORKERS, before=waiting),
    "requests:request-act wait": Act(WORKERS, fixed(waiting_for="waiting_customer")),
    "requests:request-act assign": Act(WORKERS, lead, nobodys, foreign=lead),
    "requests:request-act hand-over": Act(
        WORKERS, lambda here: WHY | lead(here), foreign=lead
    ),
    "requests:request-act resolve": Act(
        WORKERS, fixed(resolution="explained", root_cause="nothing", note="Done")
    ),
    "requests:request-act close": Act(WORKERS, before=resolved),
    "requests:request-act reopen": Act(WORKERS, fixed(**WHY), resolved),
    "requests:request-act mark-duplicate": Act(
        WORKERS, original, another_request, foreign=original
    ),
    "requests:request-act reject": Act(WORKERS, fixed(**WHY)),
    "requests:request-act cancel": Act(WORKERS, fixed(**WHY)),
    "requests:request-act correct-facts": Act(WORKERS, fixed(contract_reference="C-7", **WHY)),
    "requests:request-act change-priority": Act(WORKERS, fixed(priority="low")),
    "requests:request-act change-due-date": Act(
        WORKERS, due_next_week
    ),
    "requests:request-act change-category": Act(WORKERS, fixed(category="Billing")),
    "requests:request-act change-customer": Act(
        WORKERS, fixed(customer_email="new@x.example", customer_name="New", **WHY)
    ),
    "mail:mail-dismiss": Act(WORKERS, fixed(**WHY)),
    "mail:mail-restore": Act(WORKERS, before=dismissed_mail),
    "mail:mail-open": Act(WORKERS),
    "mail:mail-again": Act(WORKERS, before=failed_mail),
    "customers:customer-merge": Act(LEAD, merge_seen, double, query=into_double),
    "customers:customer-unmerge": Act(LEAD, fixed(**WHY), merged),
    "customers:customer-reveal": Act(ALL - ADMINISTRATORS, fixed(purpose="audit", **WHY)),
    "customers:customer-act change-facts": Act(CORRECTORS, fixed(name="New name")),
    "customers:customer-act add-address": Act(
        CORRECTORS, fixed(kind="email", value="new@x.example")
    ),
    "customers:customer-act change-address": Act(
        CORRECTORS, lambda here: address_chosen(here) | {"value": "right@x.example"},
        further_address, foreign=address_chosen,
    ),
    "customers:customer-act make-primary": Act(
        CORRECTORS, address_chosen, further_address, foreign=address_chosen
    ),
    "customers:customer-act end-address": Act(
        CORRECTORS, lambda here: WHY | address_chosen(here), further_address,
        foreign=address_chosen,
    ),
    "customers:customer-act deactivate": Act(CORRECTORS, fixed(**WHY)),
    "customers:customer-act reactivate": Act(CORRECTORS, fixed(**WHY), not_in_use),
    "due:part-add": Act(ARRANGERS, fixed(**RULE)),
    "due:part-change": Act(ARRANGERS, fixed(**RULE)),
    "due:part-end": Act(ARRANGERS, fixed(**WHY)),
    "view-list": Act(
        ALL, fixed(name=GIVEN_NAME, page="requests", query="status=new", shared_with=""),
        foreign=shared_here,
    ),
    # The world's view is its agent's, and nobody shares it.
    "view-rename": Act(frozenset({Role.AGENT}), fixed(name=GIVEN_NAME)),
    "view-share": Act(frozenset({Role.AGENT}), shared_here, foreign=shared_here),
    "view-end": Act(frozenset({Role.AGENT})),
    "people:person-add": Act(ADMINISTRATORS, new_person, foreign=entity_code),
    "people:person-act grant": Act(ADMINISTRATORS, given_role, foreign=entity_code),
    "people:person-act end": Act(ADMINISTRATORS, ended_today, foreign=held_role),
    "people:person-act change": Act(ADMINISTRATORS, renamed_person),
    "people:person-act invite": Act(ADMINISTRATORS),
    "people:person-act sign-out": Act(ADMINISTRATORS, fixed(**WHY), signed_in_elsewhere),
    "people:person-act reset-factor": Act(ADMINISTRATORS, fixed(**WHY), with_second_step),
    "people:person-act deactivate": Act(ADMINISTRATORS, fixed(**WHY)),
    "people:person-act reactivate": Act(ADMINISTRATORS, fixed(**WHY), deactivated),
    "job-retry": Act(ADMINISTRATORS, fixed(**WHY), failed_job),
    "audit:export-ask": Act(TRAIL_READERS, fixed(format="csv")),
    # The world's export is its auditor's.
    "audit:export-again": Act(frozenset({Role.AUDITOR}), before=failed_export),
}  # fmt: skip
# What people do to their own account.
OWN_ACTS = {
    "profile": Act(ALL, fixed(time_zone="Europe/Berlin", theme="dark", timeline_order="newest")),
    "profile-email": Act(ALL, fixed(email="mine@x.example", password=PASSWORD)),
    "account_change_password": Act(
        ALL, fixed(oldpassword=PASSWORD, password1="another correct horse",
                   password2="another correct horse"),
    ),
    "audit:display-set": Act(ALL, fixed(theme="dark", order="newest")),
    "sign-out": Act(ALL),
    "account_logout": Act(ALL),
}  # fmt: skip


def key_of(name: str, path: str) -> str:
    """The name of a route, with the act where it stands for several."""
    return f"{name} {path.rstrip('/').rpartition('/')[2]}" if name in SEVERAL else name
