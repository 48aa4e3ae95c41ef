"""Pure: what a person typed into the search field, as terms and as conditions of the filter.

Words are parted where the index parts them: at everything that is neither letter nor digit.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from decimal import Decimal

# Where a term is sought: everywhere, or in one place.
PLACES = ("number", "subject", "customer", "message", "amount")
# What stands in a field of its own and may be typed as well.
CONDITIONS = ("status", "priority", "assignee", "channel", "entity", "category")
PART = re.compile(r'(?:(?P<name>[a-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))', re.IGNORECASE)
SPACES = str.maketrans(dict.fromkeys(string.punctuation, " "))
AMOUNT = re.compile(r"[$€£¥]?(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,4})?")
START, BETWEEN, END = "(^|[^[:alnum:]])", "[^[:alnum:]]+", "($|[^[:alnum:]])"
SHORTEST_START = 2  # a single letter begins half of all words
MOST_TERMS = 12


@dataclass(frozen=True)
class Term:
    """Words that stand side by side. The last one may go on, unless it was quoted."""

    words: tuple[str, ...]
    place: str = ""
    is_phrase: bool = False
    amount: Decimal | None = None

    @property
    def spellings(self) -> list[tuple[str, ...]]:
        """25000 may be written 25,000, which the index holds as two words."""
        grouped = digits_in_groups(self.amount) if len(self.words) == 1 else ()
        return [self.words, grouped] if grouped else [self.words]

    @property
    def tsquery(self) -> str:
        """As to_tsquery reads it. The words are letters and digits: none of its signs is left. That
        they stand side by side is no part of it: it would read each text again to tell."""
        return " | ".join(f"({self.all_of(words)})" for words in self.spellings)

    @property
    def pattern(self) -> str:
        """The words side by side, as a regular expression; empty where that adds nothing."""
        if len(self.spellings) == len(self.words) == 1:
            return ""
        ways = "|".join(BETWEEN.join(words) for words in self.spellings)
        return f"{START}({ways}){END if self.is_phrase else ''}"

    def all_of(self, words: tuple[str, ...]) -> str:
        quoted = [f"'{word}'" for word in words]
        if not self.is_phrase and len(words[-1]) >= SHORTEST_START:
            quoted[-1] += ":*"
        return " & ".join(quoted)


@dataclass(frozen=True)
class Query:
    terms: tuple[Term, ...]
    conditions: tuple[tuple[str, str], ...] = ()
    is_too_long: bool = False


def parsed(text: str) -> Query:
    terms: list[Term] = []
    conditions: list[tuple[str, str]] = []
    for part in PART.finditer(text):
        name = (part["name"] or "").lower()
        value = part["phrase"] if part["phrase"] is not None else part["word"]
        if name in CONDITIONS:
            conditions.append((name, value))
            continue
        if name and name not in PLACES:
            name, value = "", f"{part['name']} {value}"
        term = term_of(value, name, is_phrase=part["phrase"] is not None)
        if term is not None and term not in terms:
            terms.append(term)
    return Query(tuple(terms), tuple(conditions), len(terms) > MOST_TERMS)


def term_of(value: str, place: str, *, is_phrase: bool) -> Term | None:
    """None for what holds neither letter nor digit."""
    bare = value.translate(SPACES)
    words = tuple(word for word in bare.split() if any(sign.isalnum() for sign in word))
    if not words:
        return None
    return Term(words, place, is_phrase, amount_of(value))


def amount_of(value: str) -> Decimal | None:
    """25,000 and 25000.00 and $25,000 are one amount."""
    found = AMOUNT.fullmatch(value.strip())
    return Decimal(found[1].replace(",", "") + (found[2] or "")) if found else None


def digits_in_groups(amount: Decimal | None) -> tuple[str, ...]:
    """25000 as it is written in letters: 25,000. Empty where that is no different."""
    if amount is None or amount != amount.to_integral_value() or amount < 1_000:
        return ()
    return tuple(f"{int(amount):,}".split(","))
