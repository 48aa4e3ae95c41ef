"""How customers are found and compared: the expressions that indexes and queries share."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Func

from audit.searching import any_of

LONGEST = 8  # words of one search


class Digits(Func):
    """A phone number without what people write between its digits."""

    template = "regexp_replace(%(expressions)s, '[^0-9]', '', 'g')"
    arity = 1
    output_field = models.TextField()


class Letters(Func):
    """A name as it sounds: small letters and digits alone."""

    template = "lower(regexp_replace(%(expressions)s, '[^[:alnum:]]+', '', 'g'))"
    arity = 1
    output_field = models.TextField()


class Words(Func):
    """What a search finds a row by: its words, those of an address one by one."""

    template = (
        "to_tsvector('simple'::regconfig, "
        f"regexp_replace(%(expressions)s, '{any_of('@.-_+/()')}', ' ', 'g'))"
    )
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


def query_of(text: str) -> SearchQuery | None:
    """Rows with all these words, or words that begin so; None where there is no word in it."""
    words = re.findall(r"[^\W_]+", text)[:LONGEST]
    if not words:
        return None
    text = " & ".join(f"{word}:*" for word in words)
    return SearchQuery(text, search_type="raw", config="simple")
