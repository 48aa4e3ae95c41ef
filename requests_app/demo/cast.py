"""Who the demo is about: entities, people with their roles, customers, and what they write."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

PASSWORD = "casetrail-demo"  # noqa: S105 - everybody may know it: the demo is local


@dataclass(frozen=True)
class Person:
    username: str
    display_name: str
    role: str
    entities: tuple[str, ...]
    time_zone: str = "UTC"


@dataclass(frozen=True)
class Theme:
    """A kind of complaint: subject, what the customer writes, what is answered, how it ends."""

    category: str
    subject: str
    complaint: str
    answer: str
    resolution: str
    note: str
    remedy: str
    root_cause: str
    amounts: tuple[str, ...] = ()

    def amount(self, index: int) -> Decimal | None:
        return Decimal(self.amounts[index % len(self.amounts)]) if self.amounts else None


ENTITIES = (
    ("US", "Larkspur Supply Inc.", "USD", "America/New_York"),
    ("DE", "Larkspur Handel GmbH", "EUR", "Europe/Berlin"),
)

PEOPLE = (
    Person("ana", "Ana Reyes", "agent", ("US",), "America/New_York"),
    Person("jonas", "Jonas Brandt", "agent", ("DE",), "Europe/Berlin"),
    Person("liam", "Liam Novak", "lead", ("US", "DE"), "America/New_York"),
    Person("chloe", "Chloe Martin", "controller", ("US", "DE")),
    Person("edith", "Edith Sommer", "executive", ("US", "DE")),
    Person("arjun", "Arjun Mehta", "accountant", ("US", "DE")),
    Person("tess", "Tess Okafor", "treasurer", ("US", "DE")),
    Person("otto", "Otto Lindqvist", "auditor", ("US", "DE"), "Europe/Stockholm"),
    Person("priya", "Priya Nair", "privacy_officer", ("US", "DE")),
    Person("ada", "Ada Whitlock", "administrator", ("US", "DE")),
)

CUSTOMERS = {
    "US": (
        ("Harbor Light Hotels", "accounts@harborlight.example", "C-1001"),
        ("Juniper Ridge Clinics", "ap@juniperridge.example", "C-1002"),
        ("Tidewater Bakeries", "office@tidewater.example", "C-1003"),
        ("Mesa Vista Schools", "finance@mesavista.example", "C-1004"),
        ("Copperfield & Daughters", "hello@copperfield.example", "C-1005"),
        ("Northgate Gym Group", "billing@northgate.example", "C-1006"),
    ),
    "DE": (
        ("Sonnenhof Pflege gGmbH", "rechnung@sonnenhof.example", "K-2001"),
        ("Café Zwölf", "hallo@cafezwoelf.example", "K-2002"),
        ("Elbtal Werkstätten", "einkauf@elbtal.example", "K-2003"),
        ("Bücherstube Anders", "laden@anders.example", "K-2004"),
    ),
}

# The same customers once more, as they come in when nobody looks: for a lead to merge.
DOUBLES = {
    "US": (
        ("Tidewater Bakery", "Office@Tidewater.example", "", "+1 757 555 0142"),
        ("Northgate Gym Group", "frontdesk@northgate.example", "C-1019", "+1 206 555 0117"),
    ),
    "DE": (),
}
# Further ways to reach a customer: (entity, place in CUSTOMERS, kind, value).
ADDRESSES = (
    ("US", 0, "email", "marisol.vega@harborlight.example"),
    ("US", 0, "postal", "Harbor Light Hotels, 12 Quay Street, Portland, ME 04101"),
    ("US", 2, "phone", "+1 (757) 555-0142"),
    ("DE", 1, "postal", "Café Zwölf, Lange Straße 12, 01067 Dresden"),
)

THEMES = (
    Theme(
        "Billing", "Charged twice for order {order}",
        "Our card statement shows two charges for order {order}. We placed it once. Please look "
        "into this and return the second charge.",
        "Thank you, we see both charges and are checking which of them belongs to the order.",
        "refunded", "Second charge confirmed; sent for refund.", "refund", "billing",
        ("184.20", "1249.00", "76.50"),
    ),
    Theme(
        "Delivery", "Order {order} arrived damaged",
        "Four of the six cartons were wet; the linens inside cannot be used. Photos can be sent.",
        "We are sorry. Please send the photos; the carrier needs them within five days.",
        "replaced", "Carrier accepted the claim; replacement sent.", "replacement", "delivery",
        ("620.00", "318.75"),
    ),
    Theme(
        "Delivery", "Where is order {order}?",
        "Tracking has not moved for nine days. We need the goods before the weekend.",
        "The parcel is at the depot; the carrier has promised delivery tomorrow before noon.",
        "explained", "Delivered the next day; customer confirmed.", "answer", "delivery",
    ),
    Theme(
        "Account", "Cannot sign in to the ordering portal",
        "Since this morning the portal says our account is locked. It happens to two of us.",
        "Your account was locked after several failed attempts. It is open again.",
        "fixed", "Unlocked; both users signed in.", "repair", "customer",
    ),
    Theme(
        "Billing", "Tax charged although we are exempt",
        "Invoice {order} carries tax. Our exemption certificate has been on file since January.",
        "We found the certificate; it was not linked to your second address.",
        "credited", "Tax to be credited; certificate linked to all addresses.", "correction",
        "handling",
        ("94.18", "412.00"),
    ),
    Theme(
        "Quality", "Detergent leaves stains",
        "The last batch leaves white stains on dark fabric. Batch number is on the photo.",
        "Could you tell us the water hardness and the programme you use?",
        "no_fault", "Dosage was three times the recommended amount; explained.", "replacement",
        "customer",
    ),
    Theme(
        "Contract", "Cancel the standing order",
        "Please cancel our monthly standing order from next month on.",
        "Done. You will receive one more delivery this month.",
        "withdrawn", "Standing order ended at the customer's wish.", "other", "nothing",
    ),
)  # fmt: skip
