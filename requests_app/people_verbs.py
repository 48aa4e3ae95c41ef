"""What administrators may do with a person: each act with its form, and why it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.actors import Actor
from audit.standing import Standing, read_with
from requests_app import people, staff
from requests_app import people_forms as forms
from requests_app.accounts import factors
from requests_app.models import User
from requests_app.people_forms import GrantForm, PersonForm


@dataclass(frozen=True)
class Act:
    """``consequence`` is said before it is done, ``done`` after."""

    slug: str
    label: str
    icon: str
    form: type[PersonForm] | type[GrantForm]
    done: str
    do: Callable[..., object]
    why_not: Callable[[User, Actor], str]
    consequence: str = ""


@dataclass(frozen=True)
class Offered:
    act: Act
    form: Any
    refusal: str

    @property
    def is_open(self) -> bool:
        return bool(self.form.is_bound)


def grant(*, person: User, by: Actor, **given: Any) -> None:
    people.grant_role(person=person, by=by, **given)


def end(*, person: User, by: Actor, **given: Any) -> None:
    people.end_role(by=by, **given)


def sign_out(*, person: User, by: Actor, reason: str, **_: Any) -> None:
    """Overwrites nothing, and may be urgent: whatever has changed meanwhile, it is done."""
    staff.end_sessions(person=person, by=by, reason=reason)


def why_not_grant(person: User, by: Actor) -> str:
    """Whether it can be asked at all; the role and the entity are checked when they are known."""
    if not people.entities_of(by.person, people.ADMINISTERS):
        return "Giving a role needs the role administrator."
    if by.id == str(person.pk):
        return "Nobody gives a role to themselves. Ask another administrator."
    return "" if person.is_active else f"{person} is not active. Reactivate them first."


def why_not_end(person: User, by: Actor) -> str:
    grants = people.grants_in_force(person)
    refusals = [people.why_not_end(grant, by) for grant in grants]
    if "" in refusals:
        return ""
    return refusals[0] if refusals else f"{person} holds no role now."


def why_not_reset(person: User, by: Actor) -> str:
    refusal = people.why_not_change(person, by)
    return refusal or ("" if factors.has_factor(person) else f"{person} has no second step.")


ACTS = {
    act.slug: act
    for act in (
        Act("grant", "Give a role", "key", GrantForm, "The role is given.", grant, why_not_grant),
        Act("end", "End a role", "minus", forms.EndForm, "The role ends.", end, why_not_end,
            "What the person did in this role stays on record as done in it."),
        Act("change", "Change name or address", "edit", forms.ChangeForm, "The person is changed.",
            staff.change, people.why_not_change,
            "Events keep the name they were recorded under."),
        Act("invite", "Send a link to set a password", "message", forms.InviteForm,
            "The link is on its way.", staff.invite, staff.why_not_invite),
        Act("sign-out", "Sign out everywhere", "leave", forms.ReasonForm,
            "All their sessions are ended.", sign_out, people.why_not_change,
            "Work they have not sent yet is kept by their browser at best."),
        Act("reset-factor", "Take the second step away", "lock", forms.ReasonForm,
            "The second step is taken away.", factors.remove, why_not_reset,
            "Until they set up another, their password alone opens the account. Make sure that it "
            "is really them who asks."),
        Act("deactivate", "Deactivate", "lock", forms.ReasonForm, "The account is deactivated.",
            staff.deactivate, staff.why_not_deactivate,
            "They are signed out everywhere at once and cannot sign in. Their requests stay theirs "
            "until somebody hands them over. Nothing is deleted."),
        Act("reactivate", "Reactivate", "undo", forms.ReasonForm, "The account is active again.",
            staff.reactivate, staff.why_not_reactivate,
            "Their roles that have not ended hold again."),
    )
}  # fmt: skip


def form_of(
    act: Act, person: User, by: Actor, standing: Standing | None = None, data: Any = None
) -> Any:
    """``standing`` is how the person and their roles are shown."""
    return act.form(
        data, by=by.person, person=person, auto_id=f"{act.slug}-%s",
        initial={"seen": str(standing)},
    )  # fmt: skip


def offers(person: User, by: Actor, sent: Offered | None = None) -> list[Offered]:
    """Every act; the one that was just sent keeps what was typed."""
    standing = read_with(person)
    return [
        sent
        if sent is not None and sent.act is act
        else Offered(act, form_of(act, person, by, standing), act.why_not(person, by))
        for act in ACTS.values()
    ]


def possible(offered: list[Offered]) -> list[Offered]:
    return [offer for offer in offered if not offer.refusal or offer.is_open]


def refusals(offered: list[Offered]) -> dict[str, list[Offered]]:
    """What is refused, by the reason; what makes no sense now (both ways of one switch) is left
    out."""
    found: dict[str, list[Offered]] = {}
    for offer in offered:
        if offer.refusal and not offer.is_open and "already" not in offer.refusal:
            found.setdefault(offer.refusal, []).append(offer)
    return found
