"""Words of events, found by one index: of the actor, the role, the subject and the reason.

Words are found from their beginning, whatever stands around them. The index holds no more than the
rows do: a text that is erased from an event leaves it as well.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField, F, Func, TextField, Value

BACKSLASH = "\\"


def any_of(characters: str) -> str:
    """The pattern of one of these, none of which is a letter or a digit. Taking them out by pattern
    costs a sixth of what `translate` does, which compares each letter with all of them."""
    return f"[{''.join(BACKSLASH + each for each in characters)}]"


# PostgreSQL would take some of these for parts of addresses, signs of numbers or tags.
PUNCTUATION = any_of(".-_@/:<>&\\+=?#~*$,;|()[]{}")
# A longer text is found by its beginning: the index refuses what is too long.
INDEXED = 20_000
COLUMNS = ("actor_label", "actor_role", "subject_label", "reason")
MOST_WORDS = 12
QUERY = "to_tsquery(%(expressions)s)"


class Words(Func):
    """The words of an event, as the index holds them."""

    template = (
        "to_tsvector('simple'::regconfig, "
        f"regexp_replace(left(%(expressions)s, {INDEXED}), '{PUNCTUATION}', ' ', 'g'))"
    )
    arg_joiner = " || ' ' || "
    output_field = TextField()

    def __init__(self, *columns: Any, **extra: Any) -> None:
        super().__init__(*(columns or map(F, COLUMNS)), **extra)


class HasWords(Func):
    """Whether an event has words that begin with all of the given ones."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def has_words(text: str) -> HasWords | None:
    """The condition that an event has all these words; None where the text holds none."""
    words = words_of(text)
    if not words:
        return None
    query = Value(" & ".join(f"{word}:*" for word in words))
    return HasWords(Words(), Func(Value("simple"), query, template=QUERY, output_field=TextField()))


def words_of(text: str) -> list[str]:
    """The words to look for; no more than a person types."""
    return re.findall(r"[^\W_]+", text)[:MOST_WORDS]
