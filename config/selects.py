"""Lists to choose from, put together without a template for each of their options.

Django renders one template per option and another for its attributes. A filter with three hundred
options took a third of its page that way. What comes out is the same, character by character.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        if template_name == SELECT:
            return select(context["widget"])
        return super().render(template_name, context, request)


def select(widget: Mapping[str, Any]) -> SafeString:
    pieces = [
        format_html('<select name="{}"{}>', widget["name"], attributes(widget)),
        *lines(widget),
    ]
    return mark_safe("\n  ".join(pieces) + "\n</select>")  # noqa: S308 - each piece is escaped


def lines(widget: Mapping[str, Any]) -> Iterator[str]:
    for group, options, _ in widget["optgroups"]:
        if group:
            yield format_html('<optgroup label="{}">', group)
        yield from map(option, options)
        if group:
            yield "</optgroup>"


def option(widget: Mapping[str, Any]) -> str:
    value, label = conditional_escape(str(widget["value"])), conditional_escape(widget["label"])
    return f'<option value="{value}"{attributes(widget)}>{label}</option>\n'


def attributes(widget: Mapping[str, Any]) -> SafeString:
    told = (
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value))
        for name, value in widget["attrs"].items()
        if value is not False
    )
    return mark_safe("".join(told))  # noqa: S308 - each is escaped
