"""Long texts of people as a page shows them: folded, never cut."""

from __future__ import annotations

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from audit.diffs import visible

LONG = 2_500
PREVIEW = 700
QUOTED_FROM = 3  # lines; fewer are read faster than unfolded
QUOTED = re.compile(r"((?:^>[^\n]*(?:\n|\Z))+)", re.MULTILINE)

BODY = '<div class="message__body" dir="auto">{}</div>'
FOLDED = (
    '<details class="more"><summary><span class="more__preview message__body" dir="auto">{}…</span>'
    '<span class="more__words">All {} characters</span></summary>{}</details>'
)
QUOTE = '<details class="quote"><summary>{} quoted lines</summary>{}</details>'


def shown(text: str) -> SafeString:
    whole = format_html(BODY, quoted(visible(text)))
    if len(text) <= LONG:
        return whole
    preview = visible(text[:PREVIEW].rsplit(maxsplit=1)[0])
    return format_html(FOLDED, preview, f"{len(text):,}", whole)


def quoted(text: str) -> SafeString:
    """The text with each longer run of lines that begin with > folded."""
    if ">" not in text:
        return format_html("{}", text)
    return format_html_join("", "{}", ((part_of(part),) for part in QUOTED.split(text) if part))


def part_of(part: str) -> SafeString | str:
    lines = part.count("\n") + (not part.endswith("\n"))
    is_quote = part.startswith(">") and lines >= QUOTED_FROM
    return format_html(QUOTE, lines, part) if is_quote else part
