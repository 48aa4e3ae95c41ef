"""A list to choose from reads as Django would have written it."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from config.selects import Renderer

CHOICES: list[Any] = [
    ("", "Any"),
    ("a&b", 'He said "no" <b>'),
    (7, gettext_lazy("Seven")),
    (None, "Nothing"),
    ("Grouped & more", [("x", "X"), ("y", mark_safe("<i>Y</i>"))]),
    ("z'z", "Zed"),
]


@pytest.mark.parametrize("choices", [CHOICES, [], CHOICES[:1], CHOICES[4:5]])
@pytest.mark.parametrize("value", ["", "a&b", 7, "y", None])
@pytest.mark.parametrize(
    "attrs", [{}, {"required": True, "disabled": False, "data-x": 'a"b', "size": 3}]
)
def test_it_is_what_django_writes(choices: list[Any], value: Any, attrs: dict[str, Any]) -> None:
    widget = forms.Select(attrs, choices)
    ours, theirs = (
        widget.render("a name", value, renderer=renderer)
        for renderer in (Renderer(), DjangoTemplates())
    )
    assert ours == theirs


def test_several_may_be_chosen() -> None:
    widget = forms.SelectMultiple({"id": "some"}, CHOICES)
    ours, theirs = (
        widget.render("some", ["x", "7"], renderer=renderer)
        for renderer in (Renderer(), DjangoTemplates())
    )
    assert ours == theirs


def test_it_is_in_force() -> None:
    class Form(forms.Form):
        one = forms.ChoiceField(choices=CHOICES)

    assert isinstance(Form().renderer, Renderer)
