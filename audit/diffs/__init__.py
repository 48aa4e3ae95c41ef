"""Two versions of a row to readable changes. Pure: nothing here knows a database or a page."""

from audit.diffs.alignment import Work
from audit.diffs.comparison import (
    NO_DIFFERENCES,
    NO_MOMENTS,
    Change,
    changes,
    field_count,
    summary,
)
from audit.diffs.fields import NOT_RECORDED, FieldSpec, Kind, Names, Redacted
from audit.diffs.sides import Sides, have_sides, side_by_side
from audit.diffs.values import escaped, visible

__all__ = [
    "NOT_RECORDED",
    "NO_DIFFERENCES",
    "NO_MOMENTS",
    "Change",
    "FieldSpec",
    "Kind",
    "Names",
    "Redacted",
    "Sides",
    "Work",
    "changes",
    "escaped",
    "field_count",
    "have_sides",
    "side_by_side",
    "summary",
    "visible",
]
