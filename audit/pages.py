"""What every page behind the sign-in has in common: a person, one time zone, no copy kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]

THEMES = ("auto", "light", "dark")
ZONES = ("own", "utc")
ORDERS = ("oldest", "newest")
SHORTCUTS = ("on", "off")


def page(view: View) -> View:
    """A page for signed-in people. All times on it, shown and typed, are in one zone."""

    @wraps(view)
    def in_one_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(zone_of(request)):
            return view(request, *args, **kwargs)

    return never_cache(login_required(in_one_zone))


def zone_of(request: HttpRequest) -> tzinfo:
    """The person's zone, or UTC where they chose it or theirs is unknown to this machine."""
    if request.COOKIES.get("zone") == "utc":
        return UTC
    try:
        return ZoneInfo(getattr(request.user, "time_zone", "UTC"))
    except (LookupError, ValueError, OSError):
        return UTC


def theme_of(request: HttpRequest | None) -> str:
    """What the signed-in person chose for all browsers, or else what was chosen in this one."""
    if request is None:
        return "auto"
    own = getattr(getattr(request, "user", None), "theme", "")
    chosen = own or request.COOKIES.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def order_of(request: HttpRequest) -> str:
    """How a trail is read: by its address, else as this browser was told, else as the person likes
    it, else oldest first."""
    own = getattr(request.user, "timeline_order", "")
    asked = request.GET.get("order") or request.COOKIES.get("order") or own
    return "newest" if asked == "newest" else "oldest"


def has_shortcuts(request: HttpRequest | None) -> bool:
    """Whether single keys may do something: the person can switch them off, also in one browser."""
    if request is not None and request.COOKIES.get("shortcuts") == "off":
        return False
    return bool(getattr(getattr(request, "user", None), "has_shortcuts", True))


Keeper = Callable[[HttpRequest, str], None]
_keepers: list[Keeper] = []


def set_keeper(keeper: Keeper) -> None:
    """Lets the app that knows people keep the theme that one of them chose."""
    _keepers[:] = [keeper]


def keep_theme(request: HttpRequest, theme: str) -> None:
    for keeper in _keepers:
        keeper(request, theme)
