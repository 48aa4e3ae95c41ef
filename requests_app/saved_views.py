"""Saved views: kept, renamed, shared and ended by their owners. Nothing of the lists is in them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from audit.actors import Actor
from audit.recording import Recording, Refusal, recording
from audit.standing import Standing, refuse_stale
from requests_app import people
from requests_app.models import Entity, Role, SavedView

MOST = 50
LONGEST = 2_000
# Where a page lies, what a file is for, what was ticked: no part of what is looked for.
PASSING = frozenset({"before", "after", "for", "show", "view", "csrfmiddlewaretoken"})


class ViewRefused(Refusal):
    """A saved view was not kept or changed; the message says why and what to do instead."""


def tidy(query: str) -> str:
    """A query string without its empty and passing parts, in one order, so that equal ones are."""
    parts = parse_qsl(query.lstrip("?")[: 2 * LONGEST], max_num_fields=100)
    return urlencode(sorted((name, value) for name, value in parts if name not in PASSING))


def keep(
    *, by: Actor, page: str, name: str, query: str, shared_with: Entity | None = None
) -> SavedView:
    view = SavedView(
        owner=by.person, page=page, name=name.strip(), query=tidy(query), shared_with=shared_with
    )

    def check() -> None:
        refuse(why_not_named(view, view.name))
        refuse(why_not_shared(by.person, shared_with))
        refuse(why_not_more(by.person))
        if len(view.query) > LONGEST:
            refuse("This filter is too long to be kept. Take out some of it.")

    with recording("view.saved", by=by, subject=view, before=check):
        view.save()
    return view


def rename(*, by: Actor, view: SavedView, name: str, seen: Standing | None = None) -> SavedView:
    with recording("view.renamed", by=by, subject=view, locked=True) as event:
        refuse(why_not_change(view, by.person))
        refuse_stale(view, seen, by)
        refuse(why_not_named(view, name.strip()))
        put(event, view, name=name.strip())
    return view


def share(
    *, by: Actor, view: SavedView, shared_with: Entity | None, seen: Standing | None = None
) -> SavedView:
    """Lets everybody of an entity use it; with None it is its owner's alone again."""
    kind = "view.shared" if shared_with is not None else "view.unshared"
    concerned = shared_with.pk if shared_with is not None else view.shared_with_id
    detail = {"shared_with": concerned}
    with recording(kind, by=by, subject=view, detail=detail, locked=True) as event:
        refuse(why_not_change(view, by.person))
        refuse_stale(view, seen, by)
        refuse(why_not_shared(by.person, shared_with))
        put(event, view, shared_with_id=shared_with.pk if shared_with is not None else None)
    return view


def end(*, by: Actor, view: SavedView, seen: Standing | None = None) -> SavedView:
    """It is listed no more. Its name is free again; what it was stays in the trail."""
    with recording("view.ended", by=by, subject=view, locked=True) as event:
        refuse(why_not_end(view, by.person))
        refuse_stale(view, seen, by)
        put(event, view, is_ended=True)
    return view


def put(event: Recording, view: SavedView, **columns: Any) -> None:
    if all(getattr(view, name) == value for name, value in columns.items()):
        event.discard()
    for name, value in columns.items():
        setattr(view, name, value)
    view.save(update_fields=list(columns))


def why_not_change(view: SavedView, person: Any) -> str:
    """Why a person may not rename or share a view; empty if they may."""
    if view.is_ended:
        return "This view has been ended. Save the filter again under a new name."
    if view.owner_id != person.pk:
        return f"This view is {view.owner}'s. Save the filter under a name of your own."
    return ""


def why_not_end(view: SavedView, person: Any) -> str:
    """A lead may take away what is shared with their entity: its owner may be gone."""
    leads = Role.LEAD in people.roles_in(person, view.shared_with_id) and view.shared_with_id
    return "" if leads and not view.is_ended else why_not_change(view, person)


def why_not_shared(person: Any, entity: Entity | None) -> str:
    if entity is None or people.roles_in(person, entity.pk):
        return ""
    return f"Sharing with {entity.code} needs a role there."


def why_not_named(view: SavedView, name: str) -> str:
    if not name:
        return "Give the view a name."
    own = SavedView.objects.filter(owner_id=view.owner_id, page=view.page, is_ended=False)
    if own.filter(name__iexact=name).exclude(pk=view.pk).exists():
        return f"You have a view named {name} already. Choose another name, or end that one."
    return ""


def why_not_more(person: Any) -> str:
    if SavedView.objects.filter(owner_id=person.pk, is_ended=False).count() < MOST:
        return ""
    return f"You keep {MOST} views already. End one that you do not use."


def refuse(sentence: str) -> None:
    if sentence:
        raise ViewRefused(sentence)
