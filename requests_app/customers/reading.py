"""What pages read of customers: who is reached where, who may be the same, what they have asked."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from audit.models import Event, EventQuerySet
from requests_app import people
from requests_app.customers.matching import Digits, Letters, Words, query_of
from requests_app.customers.pseudonyms import customer_of
from requests_app.models import Customer, CustomerAddress, Entity, SupportRequest
from requests_app.models.customer import CustomerQuerySet

MOST_DOUBLES = 10
MOST_FOLLOWED = 5


def reached_by(entity: Entity, email: str) -> Customer | None:
    """The customer in use with this e-mail address, primary or not; the first one of several. The
    address of one who was merged leads to the one who stays."""
    known = Customer.objects.filter(entity=entity).annotate(lowered=Lower("email"))
    used = Q(is_active=True, merged_into__isnull=True) | Q(merged_into__is_active=True)
    own = known.filter(used, lowered=email.lower()).select_related("merged_into")
    first = own.order_by("id").first()
    if first is None:
        further = addresses_at(entity.pk, "email", email).values("customer_id")
        others = Customer.objects.filter(used, pk__in=further).select_related("merged_into")
        first = others.order_by("id").first()
    return first and (first.merged_into or first)


def addresses_at(entity_id: int, kind: str, value: str) -> QuerySet[CustomerAddress]:
    used = CustomerAddress.objects.in_use().filter(entity_id=entity_id, kind=kind)
    return used.annotate(lowered=Lower("value")).filter(lowered=value.lower())


def searched(customers: Any, text: str, person: Any) -> Any:
    """Those whom the text finds: by name, address or number where this person is shown them, by
    number or pseudonym where not. Nothing is found by what is hidden."""
    hidden = people.hidden_from(person)
    shown = set(people.entity_ids(person)) - hidden
    own = Q(entity_id__in=hidden) & (Q(reference__iexact=text) | Q(pk__in=under(text, hidden)))
    query = query_of(text)
    if query is None or not shown:
        return customers.filter(own)
    named = Customer.objects.order_by().filter(entity_id__in=shown)
    named = named.annotate(words=Words("name", "email", "phone", "reference")).filter(words=query)
    used = CustomerAddress.objects.in_use().order_by().filter(entity_id__in=shown)
    reached = used.annotate(words=Words("value")).filter(words=query)
    found = named.values("pk").union(reached.values("customer_id"))
    return customers.filter(own | Q(pk__in=found))


def one_of(found: QuerySet[Customer], path: str = "pk") -> Q:
    """These customers, and those whom they were merged into."""
    stay = found.order_by().filter(merged_into__isnull=False).values("merged_into_id")
    return Q(**{f"{path}__in": found.order_by().values("pk")}) | Q(**{f"{path}__in": stay})


def merged_as(text: str, person: Any) -> list[Customer]:
    """Merged records whose whole reference this is: what was theirs is the other one's now."""
    if not text.strip():
        return []
    merged = listed(person).filter(merged_into__isnull=False, reference__iexact=text.strip())
    return list(merged[:MOST_FOLLOWED])


def under(text: str, entity_ids: Any) -> list[int]:
    """The number that a pseudonym stands for, in each of these entities."""
    found = ((each, customer_of(each, text)) for each in entity_ids)
    ids = {number: each for each, number in found if number is not None}
    rows = Customer.objects.filter(pk__in=ids).values_list("pk", "entity_id")
    return [pk for pk, entity_id in rows if ids[pk] == entity_id]


def told_by(text: str) -> Q:
    """Customers whose names or addresses have a word of this text in them."""
    found = Q()
    for word in text.split():
        reached = CustomerAddress.objects.filter(value__icontains=word).values("customer_id")
        found |= Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=word)
        found |= Q(pk__in=reached)
    return found


def unsearchable(person: Any, text: str) -> QuerySet[Customer] | None:
    """The customers whom a search for this text would give away to this person; None if nobody is
    hidden from them. Their requests are left out: what the page hides, a search must not tell."""
    hidden = people.hidden_from(person)
    if not hidden or not text.split():
        return None
    revealed: frozenset[int] = getattr(person, "_revealed", frozenset())
    named = Customer.objects.order_by().filter(told_by(text), entity_id__in=hidden)
    return named.exclude(pk__in=revealed)


def searchable(person: Any, text: str) -> Q:
    """Requests that a search for this text may find for this person."""
    named = unsearchable(person, text)
    if named is None:
        return Q()
    of_others = Q(customer__isnull=True) | ~one_of(named, "customer_id")
    return of_others & ~hidden_contacts(person, text)


def hidden_contacts(person: Any, text: str) -> Q:
    """Requests whose contact is hidden from this person and has a word of this text in them, and
    all others of their customers: who is to be asked about one is greeted in the next."""
    told = Q()
    for word in text.split():
        told |= Q(contact_name__icontains=word) | Q(contact_address__icontains=word)
    hidden = SupportRequest.objects.order_by().filter(
        told, entity_id__in=people.hidden_from(person)
    )
    revealed: frozenset[int] = getattr(person, "_revealed", frozenset())
    if revealed:
        hidden = hidden.exclude(customer_id__in=revealed)
    of_customers = hidden.filter(customer__isnull=False).values("customer_id")
    beside = Q(customer__isnull=False, customer_id__in=of_customers)
    return Q(pk__in=hidden.values("pk")) | beside


def searchable_events(person: Any, text: str) -> Q:
    """The same of events: none of these customers, and none of their requests."""
    named = unsearchable(person, text)
    if named is None:
        return Q()
    given_away = one_of(named, "customer_id") | hidden_contacts(person, text)
    requests = SupportRequest.objects.order_by().filter(given_away)
    of_request = Q(support_request_id__in=requests.values("pk"))
    hidden = people.hidden_from(person)
    of_customer = Q(subject_type=Customer._meta.label_lower, entity_id__in=hidden)
    return ~(of_customer | Q(support_request_id__isnull=False) & of_request)


def doubles_of(customer: Customer, person: Any) -> list[Customer]:
    """Others of the entity who may be the same: one e-mail, one phone, or one name in letters.

    Each part is a look into an index. Nobody is suggested to whom customers are pseudonyms.
    """
    if not people.sees_personal_data(person, customer.entity_id):
        return []
    visible = Customer.objects.visible_to(person).filter(entity_id=customer.entity_id)
    digits, email = digits_of(customer.phone), customer.email.lower()
    same = Q(letters=letters_of(customer.name)) & ~Q(letters="")
    if email:
        same |= Q(lowered=email)
        same |= Q(pk__in=addresses_at(customer.entity_id, "email", email).values("customer_id"))
    if digits:
        same |= Q(digits=digits)
    others = compared(visible.standing()).filter(same).exclude(pk=customer.pk)
    return list(others.order_by("id")[:MOST_DOUBLES])


def with_doubles(customers: CustomerQuerySet, person: Any) -> CustomerQuerySet:
    """Those of these customers for whom somebody else of their entity may be the same."""
    shown = set(people.entity_ids(person)) - people.hidden_from(person)
    others = compared(Customer.objects.standing()).filter(entity_id=OuterRef("entity_id"))
    others = others.exclude(pk=OuterRef("pk")).order_by()
    condition = Q()
    for name in ("lowered", "digits", "letters"):
        alike = others.filter(**{name: OuterRef(name)})
        condition |= ~Q(**{name: ""}) & Q(Exists(alike))
    return compared(customers).filter(
        condition, entity_id__in=shown, merged_into__isnull=True, is_active=True
    )


def compared(customers: Any) -> Any:
    """With what is compared, each as an index holds it."""
    return customers.annotate(
        lowered=Lower("email"), digits=Digits("phone"), letters=Letters("name")
    )


def digits_of(phone: str) -> str:
    return "".join(character for character in phone if character in "0123456789")


def letters_of(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def requests_of(customer: Customer, person: Any) -> Any:
    """All their requests that this person may see."""
    return SupportRequest.objects.visible_to(person).named().filter(customer_id=customer.pk)


def events_of(customer: Customer) -> EventQuerySet:
    """The customer's own trail: what was done to them, not to their requests."""
    return Event.objects.about(Customer._meta.label_lower, str(customer.pk)).filter(
        support_request_id__isnull=True
    )


def listed(person: Any) -> CustomerQuerySet:
    """For the list: with the entity, and whom they were merged into."""
    return Customer.objects.visible_to(person).select_related("entity", "merged_into")


def request_counts(customers: list[Customer], person: Any) -> dict[int, int]:
    """How many requests each of these has; one query for the page."""
    visible = SupportRequest.objects.filter(entity_id__in=people.entity_ids(person)).order_by()
    rows = visible.filter(customer_id__in=[each.pk for each in customers]).values("customer_id")
    return dict(rows.annotate(count=Count("pk")).values_list("customer_id", "count"))
