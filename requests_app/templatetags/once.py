"""The key by which a form is done once."""

from __future__ import annotations

import secrets

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app import sent_once

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """A hidden field with a new key."""
    key = secrets.token_urlsafe(18)
    return format_html('<input type="hidden" name="{}" value="{}">', sent_once.FIELD, key)
