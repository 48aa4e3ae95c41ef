"""Reads a page as a visitor would: its text, its forms, its links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from django.db.models import Model
from django.test import Client
from django.utils.html import strip_tags

from audit import standing
from requests_app.models import SupportRequest, User
from requests_app.standing import standing_of

BLOCKS = "p|div|dl|dt|dd|br|ol|ul|li|h[1-3]|table|tr|td|th|section|article|option|summary"


def signed_in(person: User) -> Client:
    """A browser in which the person has signed in; it shows error pages instead of raising."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def address(support_request: SupportRequest, verb: str = "") -> str:
    return f"/requests/{support_request.number}/" + (f"{verb}/" if verb else "")


def whole(support_request: SupportRequest) -> str:
    """The page with its whole trail, whoever looks."""
    return f"{address(support_request)}?show=everything"


def act(
    client: Client,
    support_request: SupportRequest,
    verb: str,
    data: Mapping[str, Any] | None = None,
    **options: Any,
) -> Any:
    """Sends the form of a verb as the page would show it now."""
    seen = {"seen": str(standing_of(support_request))}
    return client.post(address(support_request, verb), seen | dict(data or {}), **options)


def seen(row: Model) -> dict[str, str]:
    """What a form about this row carries, as the page would show it now."""
    return {"seen": str(standing.standing_of(row))}


def text(response: Any) -> str:
    """What is to be read in the main part of a page, with single spaces."""
    html = response.content.decode()
    main = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    parted = re.sub(rf"</?({BLOCKS})\b", r" \g<0>", main)
    return re.sub(r"\s+", " ", unescape(strip_tags(parted))).strip()


def body(response: Any) -> bytes:
    """The whole answer. One that comes in pieces is read to its end, which closes its file."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def value_of(response: Any, field_id: str) -> str:
    """What stands in a field: a short text, a long one, or the option that is selected."""
    html = response.content.decode()
    options = re.search(rf'<select[^>]*id="{field_id}"[^>]*>(.*?)</select>', html, re.DOTALL)
    if options is not None:
        found = re.search(r'<option value="([^"]*)" selected', options[1])
        return unescape(found[1]) if found else ""
    found = re.search(rf'<textarea[^>]*id="{field_id}"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    if found is None:
        tag = re.search(rf'<input[^>]*id="{field_id}"[^>]*>', html)
        assert tag is not None, f"the page has no field {field_id}"
        found = re.search(r'value="([^"]*)"', tag[0])
    return unescape(found[1]) if found else ""
