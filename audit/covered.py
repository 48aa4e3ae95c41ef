"""Rows that were read with personal data hidden: they are named on record as they are stored, and
never written back as they were shown."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from django.db import models

KEPT = "_covered"  # on the row: field to (what was shown, what is stored)


class Covered(Exception):
    """A row was to be written back as a reader was shown it."""


def refuse_covered(row: models.Model, names: Iterable[str] | None) -> None:
    """What stood for a value on a page must never become the value."""
    written = None if names is None else set(names)
    for name, (shown, _stored) in vars(row).get(KEPT, {}).items():
        if vars(row).get(name) == shown and (written is None or name in written):
            raise Covered(f"{name} was hidden from who read this row: read it again to write it.")


def stored_copy(row: models.Model) -> models.Model:
    """The row as it is stored. Of a stand-in for a row that was not read, only its key is known."""
    held = vars(row).get(KEPT)
    if not held:
        return row
    whole = copy.copy(row)
    for name, (shown, stored) in held.items():
        if vars(row).get(name) == shown:
            setattr(whole, name, stored)
    return whole
