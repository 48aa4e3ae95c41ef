"""Prints the catalogue of event kinds, for a terminal or as the document in docs/."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit import kinds

HEAD = """# Kinds of events

Written by `manage.py event_kinds --markdown`; a test compares it with the program. In the
application the same stands under Trail, Kinds of events, with the first event of each kind.

| Kind | Name | Somebody … | Reason | Detail holds |
|---|---|---|---|---|
"""


class Command(BaseCommand):
    help = "Print every registered kind of event with its meaning."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--markdown", action="store_true", help="As docs/event-kinds.md.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["markdown"]:
            lines = "".join(f"{row(kind)}\n" for kind in kinds.registered())
            self.stdout.write(HEAD + lines, ending="")
            return
        known = kinds.registered()
        widest = max(len(kind.name) for kind in known), max(len(kind.label) for kind in known)
        for kind in known:
            needs = "  (needs a reason)" if kind.needs_reason else ""
            name, label = kind.name.ljust(widest[0]), kind.label.ljust(widest[1])
            self.stdout.write(f"{name}  {label}  … {kind.sentence}{needs}")


def row(kind: kinds.Kind) -> str:
    explained = kinds.explained(kind.name)
    meaning = f"{kind.sentence}. {explained.meaning}".strip()
    fields = ", ".join(f"`{name}`" for name in explained.fields)
    needs = "needed" if kind.needs_reason else ""
    return f"| `{kind.name}` | {kind.label} | {meaning} | {needs} | {fields} |"
