"""The project's settings with the peers installed beside it, for the bench alone."""

from __future__ import annotations

from config import settings as product

globals().update({name: value for name, value in vars(product).items() if name.isupper()})

INSTALLED_APPS = [
    "bench",
    *product.INSTALLED_APPS,
    "auditlog",
    "pgtrigger",
    "pghistory",
    "reversion",
]
# The bench's tables are made anew in every run, straight from the models.
MIGRATION_MODULES = {"bench": None}
