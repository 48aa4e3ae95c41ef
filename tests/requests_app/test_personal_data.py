"""Who is not shown personal data finds none: on no page, in no file, by no search, in no record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from audit import exporting
from audit.access import access
from audit.actors import Actor
from audit.covered import Covered
from audit.models import Event, TrailExport
from audit.recording import record, recording
from requests_app import logs, people, services
from requests_app.attachments import Upload
from requests_app.customers.pseudonyms import pseudonym
from requests_app.mail import mailboxes, receiving
from requests_app.models import Customer, Entity, Message, Role, SupportRequest
from tests import factories, promises, world
from tests.audit.desk import others
from tests.audit.test_admin_crawl import addresses as admin_addresses
from tests.mail.letters import letter
from tests.pages import act, address, body, signed_in, text

pytestmark = pytest.mark.django_db

NAME, FORMER = "Zebedee Quillfeather", "Ottoline Brackenbury"
MAIL, FORMER_MAIL = "zebedee@quillfeather.example", "ottoline@brackenbury.example"
PHONE, POST = "+44 20 7946 0958", "Plover Cottage, Mardle Lane"
CONTACT, CONTACT_MAIL = "Thaddeus Plimsoll", "thaddeus@plimsoll.example"
DOUBLE, DOUBLE_MAIL = "Zeb Quillfeather Esq", "zeb.esq@quillfeather.example"
MARKERS = (
    NAME, FORMER, MAIL, FORMER_MAIL, PHONE, POST, DOUBLE, DOUBLE_MAIL, "Zebedee", "Ottoline",
    "quillfeather", "brackenbury", "7946 0958", "79460958", "Plover", CONTACT, CONTACT_MAIL,
    "Plimsoll",
)  # fmt: skip
HIDDEN_FROM = [role for role in Role.values if people.PERSONAL_DATA[Role(role)] != people.SHOWN]
SHOWN_TO = [role for role in Role.values if people.PERSONAL_DATA[Role(role)] == people.SHOWN]


@pytest.fixture
def customer(entity: Entity) -> Customer:
    """One who was called otherwise once, with an address of each kind and a double merged in."""
    lead = factories.actor(factories.person("lead", entity))
    made = factories.customer(entity=entity, name=FORMER, email=FORMER_MAIL)
    services.change_facts(customer=made, name=NAME, reference="C-77", by=lead)
    for kind, value in (("phone", PHONE), ("postal", POST), ("email", MAIL)):
        services.add_address(customer=made, kind=kind, value=value, by=lead)
    services.make_primary(address=made.addresses.get(kind="email"), by=lead)
    double = factories.customer(entity=entity, name=DOUBLE, email=DOUBLE_MAIL)
    factories.support_request(entity=entity, customer=double, subject=f"From {DOUBLE}")
    services.merge_customers(into=made, customer=double, by=lead, reason=f"{DOUBLE} is {NAME}")
    return made


@pytest.fixture
def opened(entity: Entity, customer: Customer) -> SupportRequest:
    """A request whose every text names the customer."""
    agent = factories.actor(factories.person("agent", entity))
    told = f"{NAME.upper()} <{MAIL}>, once {FORMER}, writes from {POST}. Call {PHONE}."
    opened = factories.support_request(
        entity=entity, customer=customer, subject=f"Refund for {NAME}", description=told
    )
    services.take(support_request=opened, by=agent)
    mailboxes.add(entity=entity, address=world.address_of(entity), by=factories.TESTER)
    note = [Upload(f"{NAME}.txt", told.encode())]
    services.reply(support_request=opened, body=f"Dear {NAME},\n\nwe pay.", by=agent, files=note)
    services.change_priority(support_request=opened, priority="high", reason=told, by=agent)
    services.correct_facts(
        support_request=opened, contact_name=CONTACT, contact_address=CONTACT_MAIL, by=agent,
        reason=f"{CONTACT} <{CONTACT_MAIL}> is to be asked",
    )  # fmt: skip
    services.note(
        support_request=opened, body=f"{CONTACT} called for {NAME}. Dear Mr. Plimsoll,", by=agent
    )
    with recording("request.updated", by=agent, subject=opened, detail={"from": told}):
        Message.objects.create(
            support_request=opened, kind="customer", author_label=NAME, body=told
        )
        opened.custom = {"contact": {"mail": MAIL}, "names": [NAME]}
        opened.description = f"{told}\n\nA second line of {NAME}."
        opened.save()
    services.resolve(support_request=opened, resolution="fixed", note=told, by=agent)
    other = factories.customer(entity=entity)
    services.reopen(support_request=opened, reason=f"{NAME} called, Mr. Plimsoll agreed", by=agent)
    services.change_customer(support_request=opened, customer=other, by=agent, reason="A test")
    services.change_customer(support_request=opened, customer=customer, by=agent, reason=told)
    signed_in(agent.person).get("/requests/", {"q": NAME})
    signed_in(agent.person).get("/customers/", {"q": NAME})
    record("request.noted", by=agent, subject=opened, outcome="denied", detail={"refusal": told})
    return opened


def pages(opened: SupportRequest) -> Iterator[str]:
    """Every address of the site with the ids of these rows, and all events and versions of them."""
    entity = opened.entity
    of_role = {role: factories.person(role, entity) for role in Role.values}
    promises.office(entity)
    rule = promises.rule(entity, "close_after_silence", days=7)
    receiving.receive(
        raw=letter(f"{NAME} writes.", sender=f"{NAME} <{MAIL}>", to=world.address_of(entity),
                   List_Id="<news.example>"),
        mailbox=entity.mailboxes.get(), by=factories.TESTER,
    )  # fmt: skip
    ids = world.ids_of(entity, "Marked", of_role, opened, rule.pk)
    yield from (
        world.filled(route, name, ids) for route, name in world.routes() if name != "readyz"
    )
    yield from of_events()
    yield from of_versions(opened)
    for pk in Customer.objects.values_list("pk", flat=True):
        yield f"/customers/{pk}/?own=1"
        yield f"/customers/{pk}/merge/?into={opened.customer_id}"
    yield from around(opened)
    yield from ("/customers/?show=all", "/customers/?show=merged", "/customers/?show=doubles")


def of_events() -> Iterator[str]:
    for event_id in Event.objects.values_list("pk", flat=True):
        yield reverse("audit:event-show", args=[event_id])
        yield reverse("audit:event-take", args=[event_id])


def of_versions(opened: SupportRequest) -> Iterator[str]:
    """Each version by itself, and each row's differences in every form there is."""
    for model in (SupportRequest, Customer, Message, type(opened.customer.addresses.first())):
        for pk in model.objects.values_list("pk", flat=True):
            row = [model._meta.label_lower, pk]
            shown = reverse("audit:version-compare", args=row)
            yield from (shown, f"{shown}?fields=all", f"{shown}?view=split&fields=all")
            yield f"{shown}?from=0"
            for form in ("text", "json"):
                copy = reverse(f"audit:comparison-{form}", args=row)
                yield from (copy, f"{copy}?fields=all&from=0")
        for version in model.history.all():
            row = [model._meta.label_lower, version.id]
            yield reverse("audit:version-bytes", args=[*row, version.pk])


def around(opened: SupportRequest) -> Iterator[str]:
    """The request as it is and was, its logs, and lists that quote it."""
    here = address(opened)
    yield from (f"{here}?order=newest", f"{here}?show=everything", f"{here}?show=changes")
    yield from (f"{here}{log}{end}" for log in logs.ORDER for end in ("/", ".csv"))
    for event in Event.objects.of_support_request(opened.pk):
        yield f"{here}?as_of=E-{event.pk}"
    yield from ("/requests/?q=writes", "/requests/?q=second+line", "/requests/?q=refund")
    yield from ("/requests/export.csv?for=excel", "/requests/export.csv?q=writes")
    yield from ("/trail/?subject_type=requests_app.customer", "/trail/?order=oldest")


def found_on(path: str, client: Any) -> set[str]:
    shown = body(client.get(path, follow=True)).decode()
    return {marker for marker in MARKERS if marker.casefold() in shown.casefold()}


@pytest.mark.crawl
@pytest.mark.parametrize("role", HIDDEN_FROM)
def test_no_page_and_no_file_names_a_customer(role: str, opened: SupportRequest) -> None:
    client = signed_in(factories.person(role, opened.entity))
    told = {path: found for path in pages(opened) if (found := found_on(path, client))}
    assert told == {}


@pytest.mark.parametrize("form", TrailExport.Format.values)
def test_no_export_of_the_trail_names_a_customer(form: str, opened: SupportRequest) -> None:
    """The lines of the file; asked for in the one transaction of a test it would hold none."""
    auditor = factories.person("auditor", opened.entity)
    entries = exporting.entries(access().events_for(auditor), auditor, oldest_first=True)
    lines = exporting.lines(TrailExport(format=form), entries)
    told = b"".join(content for content, _ in lines).decode()
    assert opened.number in told
    assert {marker for marker in MARKERS if marker.casefold() in told.casefold()} == set()


def test_a_file_is_not_given_to_who_is_not_shown_what_it_may_hold(opened: SupportRequest) -> None:
    file = opened.attachments.get()
    auditor = signed_in(factories.person("auditor", opened.entity))
    response = auditor.get(f"{address(opened)}files/{file.pk}/")
    assert response.status_code == 404
    assert Event.objects.filter(kind="request.view_denied").count() == 1
    assert f"/files/{file.pk}/" not in body(auditor.get(address(opened))).decode()


@pytest.mark.parametrize("words", ["writes", "second", "refund"])
def test_a_search_quotes_no_name(words: str, opened: SupportRequest) -> None:
    client = signed_in(factories.person("auditor", opened.entity))
    assert opened.number in text(client.get("/requests/", {"q": words}))
    assert found_on(f"/requests/?q={words}", client) == set()


@pytest.mark.crawl
@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_no_page_of_the_admin_site_names_a_customer(role: str, opened: SupportRequest) -> None:
    others(opened, factories.person("agent", opened.entity))
    client = signed_in(factories.person(role, opened.entity))
    rows = [
        reverse(f"admin:requests_app_{model._meta.model_name}_{page}", args=[row.pk])
        for model in (Customer, SupportRequest, Message)
        for row in model.objects.all()
        for page in ("change", "history")
    ]
    versions = [
        f"/admin/requests_app/{model._meta.model_name}/{version.id}/history/{version.pk}/"
        for model in (Customer, SupportRequest, Message)
        for version in model.history.all()
    ]
    paths = [*admin_addresses(), *rows, *versions]
    told = {path: found for path in paths if (found := found_on(path, client))}
    assert told == {}


@pytest.mark.parametrize("role", HIDDEN_FROM)
def test_the_main_pages_name_no_customer(role: str, opened: SupportRequest) -> None:
    client = signed_in(factories.person(role, opened.entity))
    customer, row = f"/customers/{opened.customer_id}/", f"requests_app.supportrequest/{opened.pk}"
    paths = (
        "/requests/", "/requests/export.csv", address(opened), "/customers/", customer, "/trail/",
        f"{customer}trail/", f"{customer}reveal/", f"/compare/{row}/?fields=all&from=0",
    )  # fmt: skip
    assert {path: found for path in paths if (found := found_on(path, client))} == {}


def test_the_history_of_a_customer_in_the_admin_names_nobody(opened: SupportRequest) -> None:
    client = signed_in(factories.person("auditor", opened.entity))
    for model, pk in (("customer", opened.customer_id), ("supportrequest", opened.pk)):
        path = reverse(f"admin:requests_app_{model}_history", args=[pk])
        assert found_on(path, client) == set()


@pytest.mark.parametrize("role", SHOWN_TO)
def test_who_works_with_customers_reads_who_they_are(role: str, opened: SupportRequest) -> None:
    client = signed_in(factories.person(role, opened.entity))
    assert {NAME, MAIL} <= found_on(address(opened), client)
    assert {NAME, MAIL, PHONE, POST} <= found_on(f"/customers/{opened.customer_id}/", client)


def test_a_pseudonym_is_the_same_on_every_page(opened: SupportRequest) -> None:
    client = signed_in(factories.person("auditor", opened.entity))
    own = f"Customer {pseudonym(opened.entity_id, opened.customer_id or 0)}"
    customer = f"/customers/{opened.customer_id}/"
    for path in ("/requests/", address(opened), customer, "/customers/", "/trail/"):
        assert own in text(client.get(path)), path
    assert own in body(client.get("/requests/export.csv")).decode()


def test_texts_stay_readable_around_what_is_hidden(opened: SupportRequest) -> None:
    shown = text(signed_in(factories.person("auditor", opened.entity)).get(address(opened)))
    own = f"Customer {pseudonym(opened.entity_id, opened.customer_id or 0)}"
    assert f"{own} <[e-mail hidden]>, once {own}, writes from [address hidden]. Call" in shown
    assert f"Dear {own}, we pay." in shown


def test_a_change_of_what_is_hidden_still_shows_as_one(customer: Customer) -> None:
    auditor = factories.person("auditor", customer.entity)
    shown = text(signed_in(auditor).get(f"/customers/{customer.pk}/"))
    assert "Personal data: you see that it changed, not from what to what." in shown
    assert "removed: hidden → added: hidden" in shown


@pytest.mark.parametrize("path", ["/requests/", "/customers/"])
@pytest.mark.parametrize("words", [NAME, "quillfeather", MAIL, "Refund for Zeb", PHONE, FORMER])
def test_a_search_finds_nothing_by_what_is_hidden(
    words: str, path: str, opened: SupportRequest
) -> None:
    client = signed_in(factories.person("auditor", opened.entity))
    assert "0 " in text(client.get(path, {"q": words}))
    assert "No " in text(client.get(path, {"q": words}))


def test_the_admin_finds_nothing_by_what_is_hidden(opened: SupportRequest) -> None:
    client = signed_in(factories.person("auditor", opened.entity))
    for model in ("customer", "supportrequest"):
        path = reverse(f"admin:requests_app_{model}_changelist")
        assert "Nothing was found." in text(client.get(path, {"q": "Quillfeather"}))
    path = reverse("admin:audit_event_changelist")
    assert "Nothing was found." in text(client.get(path, {"q": "Quillfeather"}))


def test_a_pseudonym_or_a_reference_finds_the_customer(opened: SupportRequest) -> None:
    client = signed_in(factories.person("auditor", opened.entity))
    code = pseudonym(opened.entity_id, opened.customer_id or 0)
    for words in (code, f"Customer {code}", "C-77"):
        assert "1 customer" in text(client.get("/customers/", {"q": words}))


def test_a_lead_finds_customers_by_any_address(opened: SupportRequest) -> None:
    client = signed_in(factories.person("lead", opened.entity))
    for words in ("zebedee quill", FORMER_MAIL, "quillfeather.example", "plover", "7946 0958"):
        shown = text(client.get("/customers/", {"q": words}))
        assert NAME in shown, words


def test_the_record_of_a_search_for_customers_holds_no_name(opened: SupportRequest) -> None:
    event = Event.objects.filter(kind="customer.list_searched").latest("id")
    assert set(event.detail) == {"query_sha256", "count", "entities"}


def test_a_look_is_recorded_under_the_customers_own_name(customer: Customer) -> None:
    """A pseudonym is for readers; the record says what the row says."""
    signed_in(factories.person("auditor", customer.entity)).get(f"/customers/{customer.pk}/")
    assert Event.objects.filter(kind="customer.viewed").latest("id").subject_label == NAME


def test_what_was_hidden_is_never_written_back(opened: SupportRequest, entity: Entity) -> None:
    auditor = factories.person("auditor", entity)
    shown = SupportRequest.objects.visible_to(auditor).named().get(pk=opened.pk)
    for row in (shown, shown.customer):
        with pytest.raises(Covered), recording("record.changed", by=factories.TESTER):
            row.save()
    shown.refresh_from_db()
    assert shown.subject == f"Refund for {NAME}"


def test_who_is_an_agent_elsewhere_sees_pseudonyms_where_they_audit(customer: Customer) -> None:
    person = factories.person("auditor", customer.entity)
    other = factories.customer(name="Open Book Ltd")
    people.grant_role(by=factories.TESTER, person=person, entity=other.entity, role="agent")
    client = signed_in(person)
    shown = text(client.get("/customers/"))
    assert "Open Book Ltd" in shown
    assert NAME not in shown
    assert "1 customer" in text(client.get("/customers/", {"q": "Open Book"}))


def test_who_holds_two_roles_is_shown_what_one_of_them_is(customer: Customer) -> None:
    person = factories.person("auditor", customer.entity)
    people.grant_role(by=factories.TESTER, person=person, entity=customer.entity, role="lead")
    assert NAME in text(signed_in(person).get("/customers/"))


def test_a_customer_who_acts_is_under_a_pseudonym_too(opened: SupportRequest) -> None:
    by = Actor(kind="customer", id=str(opened.customer_id), label=NAME)
    record("request.noted", by=by, subject=opened)
    shown = text(signed_in(factories.person("auditor", opened.entity)).get(address(opened)))
    assert f"{pseudonym(opened.entity_id, opened.customer_id or 0)} Customer" in shown
    assert NAME not in shown


def test_an_agents_page_asks_nothing_about_hiding(
    opened: SupportRequest, django_assert_max_num_queries: Any
) -> None:
    """Three more for who is not shown the customer: whose requests, which words, and a look."""
    agent = signed_in(factories.person("agent", opened.entity))
    auditor = signed_in(factories.person("auditor", opened.entity))
    for client in (agent, auditor):
        client.get(address(opened))
    # 12 of the page; of its conversation the events and the messages with their parts.
    with django_assert_max_num_queries(12 + 5) as of_agent:
        agent.get(f"{address(opened)}?show=conversation")
    with django_assert_max_num_queries(len(of_agent) + 3):
        auditor.get(f"{address(opened)}?show=conversation")


def test_the_form_of_an_agent_is_not_changed_by_any_of_this(opened: SupportRequest) -> None:
    client = signed_in(factories.person("agent", opened.entity))
    assert act(client, opened, "note", {"body": "Seen."}).status_code == 302


def test_a_single_word_of_a_name_is_hidden_where_people_write_and_no_search_confirms_it(
    opened: SupportRequest, entity: Entity
) -> None:
    """Greetings and reasons have the surname alone; another request of the customer as well."""
    agent = factories.actor(factories.person("agent", entity, display_name="Thaddeus Grey"))
    other = factories.support_request(
        entity=entity, customer=opened.customer, subject="For Ms. QUILLFEATHER and Ms Plimsoll"
    )
    services.take(support_request=other, by=agent)
    services.note(support_request=other, body="Good morning Mr. Plimsoll, high noon.", by=agent)
    services.change_priority(
        support_request=other, priority="high", reason="Mr. Plimsoll's word", by=agent
    )
    event = Event.objects.of_support_request(other.pk).filter(kind="request.priority_changed").get()
    client = signed_in(factories.person("auditor", entity))
    shown = text(client.get(f"{address(other)}?show=everything"))
    assert "Good morning Mr. [name hidden], high noon." in shown
    assert "For Ms. [name hidden] and Ms [name hidden]" in shown
    assert "Thaddeus Grey" in shown  # a colleague is nobody hidden
    history = reverse("admin:requests_app_supportrequest_history", args=[other.pk])
    for page in (address(other), event_page(event), history, "/trail/", "/requests/"):
        assert "plimsoll" not in client.get(page).content.decode().lower()
    for found in ("/trail/?q=Plimsoll", "/requests/?q=Plimsoll", "/trail/?q=plims"):
        answer = client.get(found).content.decode()
        assert other.number not in answer
        assert opened.number not in answer


def event_page(event: Event) -> str:
    return reverse("audit:event-show", args=[event.pk])
