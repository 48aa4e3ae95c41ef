"""Every page that people open: as whom, at which addresses, and how many milliseconds it may take.

What an auditor opens under veils is measured as the auditor, too, with the whole story of each
request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse

from bench.sample import Sample
from requests_app import logs
from requests_app.models import Role

AGENT, AUDITOR, ADMINISTRATOR = Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR
BOTH = (AGENT, AUDITOR)
LIMIT, SEARCH_LIMIT = 100.0, 200.0
REQUEST, PAST_REQUEST = "requests_app_supportrequest", "requests_app_historicalsupportrequest"
SORTS = ("oldest", "due", "-due", "priority", "-amount", "amount", "-changed", "changed")
# What people look for: a number, a customer, an address, an amount, rare words and common ones.
SOUGHT = ("{number}", "{digits}", "customer {key}", "customer{key}@customers.example", "damaged",
          "order {key}", "photos carrier", "portal locked", "$412.50", '"water hardness"',
          "status:open tax", "thank you")  # fmt: skip
CUSTOMER = ("customer {key}", "D-{key}", "customer{key}@customers.example")
RARE, COMMON = ("{digits}", "{number}"), ("agent", "order", "customer", "happened again")
CHANGED = "requests_app.supportrequest"
FIELDS = ("status", "priority", "assignee_id", "resolution")

Draw = Callable[[Sample], str]


@dataclass(frozen=True)
class Visit:
    name: str
    address: Draw
    roles: tuple[Role, ...] = (AGENT,)
    limit: float = LIMIT


def at(name: str, *args: object, **query: object) -> str:
    address = reverse(name, args=args)
    return f"{address}?{urlencode(query)}" if query else address


def listed(name: str, title: str, *roles: Role) -> Visit:
    """A page with one address."""
    return Visit(title, lambda _: at(name), roles or (AGENT,))


def words(drawn: Sample, patterns: tuple[str, ...]) -> str:
    number, key = drawn.number, drawn.one_of(drawn.customers)
    return drawn.one_of(patterns).format(number=number, digits=number[-6:], key=key)


def one_request(drawn: Sample, **query: object) -> str:
    return at("requests:request-show", drawn.number, **query)


def longest(drawn: Sample, **query: object) -> str:
    return at("requests:request-show", drawn.numbers[drawn.longest], **query)


def log(drawn: Sample, name: str) -> str:
    some = drawn.granted if name in ("approvals", "adjustments") else drawn.requests
    return at("requests:request-log", drawn.numbers[drawn.one_of(some)], name)


def stepped(drawn: Sample) -> str:
    """As "previous" and "next" lead from change to change: right after an event."""
    event = drawn.event
    return at("requests:request-show", drawn.numbers[event.support_request_id or 0],
              as_of=event.public_id)  # fmt: skip


def at_moment(drawn: Sample) -> str:
    event = drawn.event
    return at("requests:request-show", drawn.numbers[event.support_request_id or 0],
              as_of=event.recorded_at.isoformat())  # fmt: skip


def compared(drawn: Sample, **query: object) -> str:
    return at("audit:version-compare", CHANGED, drawn.request, **query)


def trail(**query: object) -> str:
    return at("audit:trail-list", **query)


def on_one_day(drawn: Sample) -> str:
    day = drawn.day
    return trail(since=day, until=day)


def of_amounts(drawn: Sample) -> str:
    least = drawn.one_of(range(10, 900))
    return trail(least=least, most=least + 5)


def by_preset(drawn: Sample) -> str:
    """One of the questions that are asked again and again."""
    return at("audit:trail-list") + str(drawn.one_of(drawn.presets).address)


def acted(drawn: Sample, **query: object) -> str:
    """All that one person did."""
    return at("audit:trail-actor", "user", drawn.event.actor_id, **query)


def in_admin_on_one_day(drawn: Sample) -> str:
    day = drawn.day
    return in_admin("audit_event", "changelist", recorded_at_since=day, recorded_at_until=day)


def in_admin(table: str, page: str, *args: object, **query: object) -> str:
    return at(f"admin:{table}_{page}", *args, **query)


LISTS = (
    Visit("request list, newest", lambda _: at("requests:request-list"), BOTH),
    Visit("request list, anywhere", lambda d: at("requests:request-list", before=d.request), BOTH),
    Visit("request list, by status",
          lambda d: at("requests:request-list", status=d.one_of(("closed", "in_progress")))),
    Visit("request list, in any order",
          lambda d: at("requests:request-list", sort=d.one_of(SORTS))),
    Visit("request list, search", lambda d: at("requests:request-list", q=words(d, SOUGHT)), BOTH,
          SEARCH_LIMIT),
    listed("home", "start page", *BOTH, ADMINISTRATOR),
    listed("requests:request-open", "form of a new request"),
    listed("requests:export-new", "what an export of requests would hold"),
    listed("requests:export-list", "exports of requests"),
    listed("view-list", "saved views"),
    listed("due:overview", "due dates"),
    listed("policies:overview", "approval policies"),
    listed("policies:limit-list", "limits of approvals"),
    listed("policies:delegation-list", "delegations of approvals"),
)  # fmt: skip
ONE_REQUEST = (
    Visit("request page", one_request, BOTH),
    Visit("request page, newest first", lambda d: one_request(d, order="newest")),
    Visit("request page, everything", lambda d: one_request(d, show="everything"), BOTH),
    Visit("request page, changes", lambda d: one_request(d, show="changes")),
    Visit("longest trail", lambda d: longest(d, show="everything"), BOTH),
    Visit("longest trail, from its middle",
          lambda d: longest(d, show="everything", after=d.middle_of(d.longest))),
    Visit("request as it was at a moment", at_moment, BOTH),
    Visit("request as it was, step by step", stepped, BOTH),
    Visit("two versions compared", compared, BOTH),
    Visit("two versions compared, side by side", lambda d: compared(d, view="split"), BOTH),
    Visit("two versions compared, all fields", lambda d: compared(d, fields="all")),
    Visit("event page", lambda d: at("audit:event-show", d.event.pk), BOTH),
    *(Visit(f"log of {name}", partial(log, name=name), BOTH) for name in logs.ORDER),
)  # fmt: skip
# Half of all events have a common word, and few a rare one.
EXPLORER = tuple(
    Visit(f"trail, {name}", address, (AUDITOR,), limit)
    for name, address, limit in (
        ("no filter", lambda _: trail(), LIMIT),
        ("deep", lambda d: trail(before=d.event.pk), LIMIT),
        ("one actor", lambda d: trail(actor_kind="user", actor_id=d.event.actor_id), LIMIT),
        ("one actor, deep", lambda d: trail(
            actor_kind="user", actor_id=d.event.actor_id, before=d.event.pk), LIMIT),
        ("one kind", lambda d: trail(kind=d.event.kind), LIMIT),
        ("one kind, deep", lambda d: trail(kind=d.event.kind, before=d.event.pk), LIMIT),
        ("one day", on_one_day, LIMIT),
        ("one request", lambda d: trail(request=d.number), LIMIT),
        ("refused attempts", lambda _: trail(outcome="denied"), LIMIT),
        ("a preset", by_preset, SEARCH_LIMIT),
        ("one address", lambda _: trail(address="192.0.2.17"), LIMIT),
        ("a rare word", lambda d: trail(q=words(d, RARE)), SEARCH_LIMIT),
        ("a common word", lambda d: trail(q=words(d, COMMON)), SEARCH_LIMIT),
        ("name of an actor", lambda d: trail(actor=d.event.actor_label), SEARCH_LIMIT),
        ("changed field", lambda d: trail(field=f"{CHANGED}.{d.one_of(FIELDS)}"), SEARCH_LIMIT),
        ("amounts", of_amounts, SEARCH_LIMIT),
    )
)  # fmt: skip
TRAIL = (
    *EXPLORER,
    Visit("activity of one actor", acted, (AUDITOR,)),
    Visit("activity of one actor, looks", lambda d: acted(d, show="looks"), (AUDITOR,)),
    Visit("activity of one actor, deep", lambda d: acted(d, before=d.event.pk), (AUDITOR,)),
    listed("audit:trail-kinds", "kinds of events", AUDITOR),
    listed("audit:export-ask", "what an export of the trail would hold", AUDITOR),
    listed("audit:export-list", "exports of the trail", AUDITOR),
)
PEOPLE = (
    listed("customers:customer-list", "customers", *BOTH),
    Visit("customers, search",
          lambda d: at("customers:customer-list", q=words(d, CUSTOMER)), BOTH, SEARCH_LIMIT),
    Visit("customers, likely doubles", lambda _: at("customers:customer-list", show="doubles")),
    Visit("customer page", lambda d: at("customers:customer-show", d.one_of(d.customers)), BOTH),
    Visit("trail of a customer",
          lambda d: at("customers:customer-trail", d.one_of(d.customers)), BOTH),
    Visit("who a customer may be merged into",
          lambda d: at("customers:customer-merge", d.one_of(d.customers))),
    Visit("form to see who a customer is",
          lambda d: at("customers:customer-reveal", d.one_of(d.customers)), (AUDITOR,)),
    listed("people:person-list", "people", *BOTH, ADMINISTRATOR),
    Visit("person page", lambda d: at("people:person-show", d.one_of(d.people)),
          (*BOTH, ADMINISTRATOR)),
    listed("people:person-add", "form of a new person", ADMINISTRATOR),
    listed("roles", "roles"),
    listed("profile", "profile"),
    listed("usersessions_list", "own sessions"),
    listed("mail:mail-list", "mail on no request", *BOTH),
    listed("mail:mail-dismissed-list", "mail that was dismissed"),
    listed("mail:undelivered-list", "replies that did not arrive", *BOTH),
    listed("mail:undelivered-dismissed-list", "replies that were dismissed"),
    listed("management", "management page", ADMINISTRATOR),
    listed("runbook", "runbook", ADMINISTRATOR),
    listed("job-list", "jobs", ADMINISTRATOR),
)  # fmt: skip
ADMIN = tuple(
    Visit(f"admin, {name}", address, (AUDITOR,), SEARCH_LIMIT if "search" in name else LIMIT)
    for name, address in (
        ("index", lambda _: at("admin:index")),
        ("events", lambda _: in_admin("audit_event", "changelist")),
        ("events, far down", lambda d: in_admin("audit_event", "changelist", p=d.far_page)),
        ("events of one kind", lambda d: in_admin("audit_event", "changelist", kind=d.event.kind)),
        ("events of one day", in_admin_on_one_day),
        ("events, search", lambda d: in_admin("audit_event", "changelist", q=words(d, RARE))),
        ("one event", lambda d: in_admin("audit_event", "change", d.event.pk)),
        ("versions of requests", lambda _: in_admin(PAST_REQUEST, "changelist")),
        ("versions of one request", lambda d: in_admin(PAST_REQUEST, "changelist", q=d.request)),
        ("requests", lambda _: in_admin(REQUEST, "changelist")),
        ("requests, search", lambda d: in_admin(REQUEST, "changelist", q=d.number)),
        ("one request", lambda d: in_admin(REQUEST, "change", d.request)),
        ("history of a request", lambda d: in_admin(REQUEST, "history", d.request)),
        ("history of the longest trail", lambda d: in_admin(REQUEST, "history", d.longest)),
        ("customers", lambda _: in_admin("requests_app_customer", "changelist")),
        ("messages", lambda _: in_admin("requests_app_message", "changelist")),
        ("adjustments", lambda _: in_admin("finance_financialadjustment", "changelist")),
        ("people", lambda _: in_admin("requests_app_user", "changelist")),
    )
)  # fmt: skip
VISITS = (*LISTS, *ONE_REQUEST, *TRAIL, *PEOPLE, *ADMIN)


def of_roles() -> Iterator[tuple[str, Role, Visit]]:
    """Each visit as each of its roles; a title says whose look it is, where it is no agent's."""
    for visit in VISITS:
        for role in visit.roles:
            title = visit.name if role == AGENT else f"{visit.name} ({role.label.lower()})"
            yield title, role, visit
