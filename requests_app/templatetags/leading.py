"""Template tags of what leads on: each state and each number is a link to what it stands for.

It looks like the text it is (the class ``leads``), or like the pill or number that it is. One that
leads nowhere says why in ``data-still``; tests/test_leading.py has the reasons.
"""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app import filters
from requests_app.request_page.origins import Origin

register = template.Library()

LINK = '<a class="leads" href="{}">{}</a>'
PILL = '<a class="pill {}--{}" href="{}">{}</a>'


@register.simple_tag
def listed(**query: object) -> str:
    """The address of the requests for which this holds."""
    return filters.listed(**query)


@register.simple_tag
def set_by(origin: Origin | str, text: str) -> SafeString | str:
    """A fact, as a link to the event by which it came to be so; plain where none is known."""
    return format_html(LINK, origin.address, text) if isinstance(origin, Origin) else text


@register.simple_tag
def pill(kind: str, code: str, text: str, to: str = "") -> SafeString:
    """A status or a priority. It leads to the requests that have it, if not told where else."""
    return format_html(PILL, kind, code, to or filters.listed(**{kind: code}), text)
