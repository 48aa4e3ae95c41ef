"""Whose books a person may read."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models

from requests_app import people

Row = TypeVar("Row", bound=models.Model)


class BooksQuerySet(models.QuerySet[Row]):
    """Rows of the books of an entity."""

    def visible_to(self, person: Any) -> Self:
        return self.filter(entity__in=people.entities_of(person, people.READS_BOOKS))
