"""Template tags of all pages: moments, icons, and how events read."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from audit import bodies, diffs, moments, origins, pages, sentences, specs
from audit.models import Event
from audit.seen import count_unseen
from audit.timeline import COUNTED, Entry, RowChange

register = template.Library()

# Before the sign, so that no line seems to end with a full stop.
JOINT = re.compile(r"(?<=\w)(?=[@.]\w)")


COPY = '<button class="link copy" type="button" data-copy-text="{}" hidden>Copy id</button>'


def time_element(moment: datetime | None, text: str) -> SafeString | str:
    if moment is None:
        return ""
    written = moments.machine(moment)
    title = written.replace("T", " ").replace("Z", " UTC")
    return format_html('<time datetime="{}" title="{}">{}</time>', written, title, text)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Exact date, time, seconds and zone, with UTC to the microsecond in the title."""
    return time_element(
        value, moments.exact(value, timezone.get_current_timezone()) if value else ""
    )


@register.filter
def exact(value: datetime) -> str:
    """The same as plain text, where no element may stand."""
    return moments.exact(value, timezone.get_current_timezone())


@register.filter
def short_moment(value: datetime | None) -> SafeString | str:
    return time_element(
        value, moments.short(value, timezone.get_current_timezone()) if value else ""
    )


@register.filter
def ago(value: datetime | None) -> str:
    return moments.relative(value, timezone.now()) if value else ""


@register.simple_tag
def now_exact() -> str:
    """The present moment, for what is printed."""
    return exact(timezone.now())


@register.simple_tag
def body(text: str) -> SafeString:
    """What somebody wrote, whole. A long text is folded, and says how long it is; lines that quote
    an earlier mail are folded as well."""
    return bodies.shown(text)


@register.simple_tag
def zone() -> str:
    """The zone of all times on this page, for example "Europe/Berlin"."""
    return timezone.get_current_timezone_name()


@register.filter
def origin_words(address: str | None) -> str:
    """From where, after a channel."""
    return origins.words(address)


@register.filter
def origin(address: str | None) -> str:
    """An address, or that one is on record."""
    return origins.place(address)


@register.filter
def visible(text: object) -> str:
    """Text of people, with a placeholder for each character that hides or reorders others."""
    return diffs.visible(str(text))


@register.filter
def jointed(text: object) -> SafeString:
    """An address or a dotted name; where it does not fit, its lines end at the joints."""
    parts = ((part,) for part in JOINT.split(str(text)))
    return format_html_join(SafeString("<wbr>"), "{}", parts)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def copy_id(event_id: int) -> SafeString:
    """Beside the link of an event; shown by its script, in a row only while that is looked at."""
    return format_html(COPY, f"E-{event_id}")


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    request: HttpRequest | None = context.get("request")
    return pages.theme_of(request)


@register.simple_tag(takes_context=True)
def shortcuts(context: template.Context) -> str:
    return "on" if pages.has_shortcuts(context.get("request")) else "off"


@register.filter
def said(entry: Entry) -> str:
    return sentences.said(entry.kind, entry.event.outcome)


@register.filter
def unchanged(entry: Entry) -> str:
    if entry.rows or count_unseen(entry):
        return ""
    return sentences.unchanged(entry.kind, entry.event.outcome)


@register.filter
def unseen(entry: Entry) -> str:
    return sentences.unseen(count_unseen(entry))


@register.filter
def cause_words(event: Event) -> str:
    words = sentences.cause(event.cause_kind, event.cause_label, event.cause_version)
    return diffs.visible(words)


@register.filter
def cause_address(event: Event) -> str:
    """The version of the row that acted, where a rule's cause names one as "label/key"; else "".

    Who may not see the row is refused there."""
    label, _, key = event.cause_id.partition("/")
    is_row = event.cause_kind == "rule" and key.isascii() and key.isdigit() and len(key) <= 18
    if not is_row or label not in specs.versioned_models():
        return ""
    address = reverse("audit:version-compare", args=[label, key])
    return f"{address}?to={event.cause_version}" if event.cause_version.isdigit() else address


@register.filter
def outcome_words(code: str) -> str:
    return sentences.named(sentences.OUTCOMES, code)


@register.filter
def channel_words(code: str) -> str:
    return sentences.named(sentences.CHANNELS, code)


@register.filter
def actor_words(code: str) -> str:
    return sentences.named(sentences.ACTORS, code)


@register.filter
def summary(row: RowChange) -> str:
    """For example "3 of 14 fields changed: amount, status, note"."""
    return diffs.summary(row.changes, row.tracked)


@register.filter
def as_row_heading(cell: SafeString) -> SafeString:
    """A cell as the framework renders it; one that heads its row says so."""
    return mark_safe(cell.replace("<th ", '<th scope="row" ', 1))  # noqa: S308


@register.filter
def capped(count: int) -> str:
    """Exact up to the number that is counted, then with a plus."""
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


@register.filter
def at_least(count: int) -> str:
    """Of what was not counted to its end."""
    return f"{min(count, COUNTED):,}+"


@register.filter
def value_of(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under a key that the template has in a variable; empty if there is none."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def drop(context: template.Context, name: str) -> str:
    """This address without one parameter, and from the first page on."""
    query = context["request"].GET.copy()
    for gone in (name, "before", "after"):
        query.pop(gone, None)
    return f"?{query.urlencode()}"
