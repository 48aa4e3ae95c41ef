"""Registry of event kinds: what each is called, how it reads in a sentence, which icon it has.

Apps register theirs when they are ready. Only registered kinds can be written from Python; any
stored kind can be read, also one that nobody registers any more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`sentence` completes "Ana …": a verb phrase in the past tense."""

    name: str
    label: str
    sentence: str
    icon: str = "dot"
    is_passive: bool = False
    needs_reason: bool = False


@dataclass(frozen=True)
class Explanation:
    """What a kind means to who reads it, and what its detail holds besides the usual columns."""

    meaning: str = ""
    fields: tuple[str, ...] = ()


class UnknownKind(LookupError):
    """An event kind that no app has registered was to be written."""


_registry: dict[str, Kind] = {}
_explained: dict[str, Explanation] = {}


def register(*kinds: Kind) -> None:
    for kind in kinds:
        known = _registry.setdefault(kind.name, kind)
        if known != kind:
            raise ValueError(f"event kind {kind.name} is registered twice, differently")


def require(name: str) -> Kind:
    """The registered kind; raises UnknownKind, since an unnamed act cannot be read later."""
    try:
        return _registry[name]
    except KeyError:
        raise UnknownKind(
            f"event kind {name!r} is not registered: add it to the app's events.py"
        ) from None


def describe(name: str) -> Kind:
    """The kind to show a stored event with, made from its name where nobody knows it."""
    known = _registry.get(name)
    if known is not None:
        return known
    words = name.replace(".", " ").replace("_", " ").strip() or "unnamed"
    return Kind(name=name, label=words.capitalize(), sentence=f"recorded “{words}”")


def registered() -> list[Kind]:
    return sorted(_registry.values(), key=lambda kind: kind.name)


def explain(explanations: dict[str, Explanation]) -> None:
    """Adds to the catalogue what the words of a kind alone do not say."""
    _explained.update(explanations)


def explained(name: str) -> Explanation:
    return _explained.get(name, Explanation())


def register_own() -> None:
    """Kinds of plain saves and deletes, made where no service gave the act a better name, and of
    the trail's own pages."""
    register(
        Kind("record.created", "Record created", "created the record", "plus"),
        Kind("record.changed", "Record changed", "changed the record", "edit"),
        Kind("record.deleted", "Record deleted", "deleted the record", "minus"),
        Kind("trail.checked", "Trail checked", "checked the recorder", "check", is_passive=True),
        Kind("trail.changed", "Trail changed", "changed the trail by a migration", "alert"),
        Kind("trail.viewed", "Trail viewed", "looked at the trail", "eye", is_passive=True),
        Kind("trail.searched", "Records searched", "searched the records", "search",
             is_passive=True),
        Kind("trail.list_exported", "Records exported", "exported records of a list", "download"),
        Kind("trail.view_denied", "Look at the trail refused", "was refused a look", "eye"),
        Kind("trail.export_asked", "Export of the trail asked for",
             "asked for an export of the trail", "download"),
        Kind("trail.export_begun", "Export of the trail begun",
             "began an export of the trail", "play", is_passive=True),
        Kind("trail.exported", "Trail exported", "exported a part of the trail", "download"),
        Kind("trail.export_failed", "Export of the trail failed",
             "could not finish an export", "alert"),
        Kind("trail.export_fetched", "Export of the trail downloaded",
             "fetched the file of an export", "download"),
        Kind("trail.export_expired", "Export of the trail expired",
             "dropped the file of an export", "minus", is_passive=True),
    )  # fmt: skip
    explain(own_explanations())


def own_explanations() -> dict[str, Explanation]:
    scope = "entities"
    return {
        "record.created": Explanation("By a plain save, where no service named the act."),
        "record.changed": Explanation("By a plain save, where no service named the act."),
        "record.deleted": Explanation("By a plain deletion. Its versions stay."),
        "trail.checked": Explanation("Every hour: do triggers, guards and rights still stand, "
                                     "and did the clock never go back?",
                                     ("problems", "due_at", "clock_went_back")),
        "trail.changed": Explanation("What the tables of the trail were before and after.",
                                     ("differences",)),
        "trail.viewed": Explanation("Once per person and quarter of an hour, without a filter."),
        "trail.searched": Explanation("What was asked, and how many events matched.",
                                      ("path", "filter", "query_sha256", "count")),
        "trail.list_exported": Explanation(
            "A list of the admin site, as it was filtered, as a file.",
            ("path", "filter", "query", "query_sha256", "rows", "columns", "file_sha256", scope),
        ),
        "trail.view_denied": Explanation("There is such a page, and the person may not see it.",
                                         ("path",)),
        "trail.export_asked": Explanation("The version holds the filter.", (scope,)),
        "trail.exported": Explanation(
            "A file of the trail was made; the version holds its manifest.",
            ("rows", "file_sha256", "events_up_to", "event", scope),
        ),
        "trail.export_failed": Explanation("There is no file.", ("error", scope)),
        "trail.export_fetched": Explanation("The file left the application.",
                                            ("file_sha256", scope)),
        "trail.export_begun": Explanation("At once, or by a worker.", (scope,)),
        "trail.export_expired": Explanation("The account of it stays.", (scope,)),
    }  # fmt: skip
