"""The components that show differences: words for what colours show, and user text as text only."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine

from audit.diffs import Change, FieldSpec, changes, field_count, summary

TEMPLATES = Path(__file__).parents[2] / "templates"
LIBRARIES = {name: f"audit.templatetags.{name}" for name in ("differences", "trail")}
ENGINE = Engine(dirs=[TEMPLATES], libraries=LIBRARIES)
COMPONENTS = ["diff", "changes", "change_text", "change_value", "diff_split", "change_split"]
TAGS = {"if", "elif", "else", "for", "include", "load"}
NOTE = FieldSpec("note", "Note", "long_text")
HOSTILE = "</span><script>alert(1)</script>{{ 7|add:7 }} \u202e&amp; '\" \0 👩\u200d👧\n"
MINUS = "\u2212"
VOID = {"br", "hr", "img", "input", "meta", "link"}


class Page(HTMLParser):
    """Collects the words of each element by class, and refuses unbalanced tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.words: list[str] = []
        self.starts: list[int] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in VOID
        self.open.append((tag, dict(attrs)))
        self.starts.append(len(self.words))

    def handle_endtag(self, tag: str) -> None:
        opened, attributes = self.open.pop()
        assert opened == tag
        self.found.append((tag, attributes, "".join(self.words[self.starts.pop() :])))

    def handle_data(self, data: str) -> None:
        if not any("visually-hidden" in (a.get("class") or "") for _, a in self.open):
            self.words.append(data)

    def texts(self, tag: str) -> list[str]:
        return [" ".join(words.split()) for name, _, words in self.found if name == tag]


def rendered(found: list[Change], total: int = 1) -> str:
    template = ENGINE.get_template("components/diff.html")
    return template.render(Context({"changes": found, "summary": summary(found, total)}))


def shown(before: Any, after: Any, *fields: FieldSpec, **options: Any) -> str:
    found = changes(before, after, fields, **options)
    return rendered(found, field_count(before, after, fields))


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_component_lists_its_inputs_in_its_first_line(name: str) -> None:
    first = (TEMPLATES / "components" / f"{name}.html").read_text().splitlines()[0]
    assert re.fullmatch(r"\{# Inputs: .+\. #\}", first)


@pytest.mark.parametrize("name", COMPONENTS)
def test_components_only_choose_repeat_and_include(name: str) -> None:
    text = (TEMPLATES / "components" / f"{name}.html").read_text()
    assert set(re.findall(r"{% (?:end)?(\w+)", text)) <= TAGS
    assert set(re.findall(r"{{[^}]*\|(\w+)", text)) <= {"length_of", "old_to_new", "whole_link"}


def test_a_short_value_is_struck_out_and_its_successor_underlined() -> None:
    page = Page(shown({"a": "old"}, {"a": "new"}, FieldSpec("a", "Title")))
    assert (page.texts("del"), page.texts("ins")) == (["old"], ["new"])


def test_removed_and_added_are_words_for_those_who_do_not_see_them() -> None:
    html = shown({"note": "a b c"}, {"note": "a x c"}, NOTE)
    assert re.search(r'<del[^>]*><span class="visually-hidden"[^>]*>removed: </span>', html)
    assert re.search(r'<ins[^>]*><span class="visually-hidden"[^>]*>added: </span>', html)


def test_words_removed_and_added_carry_signs_that_no_reader_speaks() -> None:
    page = Page(shown({"note": "a b c"}, {"note": "a x c"}, NOTE))
    signs = [(a.get("aria-hidden"), w) for _, a, w in page.found if a.get("class") == "diff__sign"]
    assert signs == [("true", MINUS), ("true", "+")]


def test_the_text_of_a_long_value_keeps_every_space_and_line() -> None:
    before = "  two  spaces\n\n\ttab\n" + "".join(f"{n}\n" for n in range(20))
    page = Page(shown({"note": before}, {"note": before + "end \n"}, NOTE))
    (text,) = [w for _, a, w in page.found if a.get("class") == "diff__text"]
    hidden = "20 unchanged lines"
    assert text.startswith(f"{hidden}  two  spaces\n\n\ttab\n0\n")
    assert text.replace(hidden, "").replace("+", "") == before + "end \n"


def test_folded_lines_can_be_opened_without_script() -> None:
    before = "".join(f"{n}\n" for n in range(20))
    page = Page(shown({"note": before}, {"note": before + "end\n"}, NOTE))
    (details,) = page.texts("details")
    assert details.startswith("17 unchanged lines0 1 2")


def test_user_text_chooses_its_own_direction_and_our_words_do_not() -> None:
    html = shown({"note": "אב גד"}, {"note": "אב הו"}, NOTE)
    assert '<div class="diff__text" dir="auto">' in html
    assert html.count('class="visually-hidden" dir="ltr"') == 2


@pytest.mark.parametrize("kind", ["text", "long_text", "json", "list", "choice", "reference"])
def test_hostile_text_is_shown_as_text(kind: Any) -> None:
    wrap: Any = {"json": lambda text: {text: text}, "list": lambda text: [text]}.get(kind, str)
    html = shown({"a": wrap("old\n")}, {"a": wrap(HOSTILE)}, FieldSpec("a", HOSTILE, kind))
    words = "".join(Page(html).words)
    assert "<script>" not in html
    assert "\0" not in html
    assert "\u202e" not in html
    assert "<script>alert(1)</script>{{ 7|add:7 }} [U+202E]&amp;" in words


def test_100_kb_are_shown_to_the_last_character() -> None:
    before, after = "x" * 100_000, "y" * 99_999 + "z"
    page = Page(shown({"note": before}, {"note": after}, NOTE))
    assert (page.texts("del"), page.texts("ins")) == ([f"{MINUS}{before}"], [f"+{after}"])


def test_a_word_for_no_value_is_neither_struck_out_nor_underlined() -> None:
    page = Page(shown({"a": None}, {"a": ""}, FieldSpec("a", "Title")))
    states = [w for _, a, w in page.found if (a.get("class") or "").startswith("diff__state")]
    assert (states, page.texts("del"), page.texts("ins")) == (["not set", "empty"], [], [])


def test_a_created_row_shows_what_was_set_and_no_arrow() -> None:
    html = shown(None, {"a": "new"}, FieldSpec("a", "Title"))
    assert Page(html).texts("ins") == ["new"]
    assert "→" not in html
    assert "no such record" not in html


def test_money_shows_its_difference() -> None:
    money = FieldSpec("a", "Amount", "money", currency="EUR")
    (value,) = Page(shown({"a": 1250}, {"a": 1350}, money)).texts("dd")
    assert value == "EUR 1,250 → EUR 1,350 (+100)"


def test_rows_of_json_name_their_path() -> None:
    html = shown({"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "d": 1}}, FieldSpec("a", "Data", "json"))
    assert Page(html).texts("li") == ["b 1 → 2", f"{MINUS} c 1", "+ d 1"]


def test_a_notice_stands_with_its_change() -> None:
    (value,) = Page(shown({"a": "x"}, {"a": "X"}, FieldSpec("a", "Title"))).texts("dd")
    assert value == "x → X only upper and lower case changed"


def test_equal_versions_show_one_sentence() -> None:
    (words,) = Page(shown({"a": 1}, {"a": 1}, FieldSpec("a", "Title"))).texts("div")
    assert words == "There are no differences between these two versions"


def test_unchanged_fields_say_so_when_all_are_asked_for() -> None:
    html = shown({"a": "same"}, {"a": "same"}, FieldSpec("a", "Title"), all_fields=True)
    assert Page(html).texts("dd") == ["same unchanged"]
