"""What every page behind the sign-in has in common: a person, one time zone, no copy kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    """How a trail is read: by its address, else as the person likes it, else as this browser was
    told where nobody is signed in, else oldest first."""
    own = getattr(request.user, "timeline_order", "") or request.COOKIES.get("order")
    asked = request.GET.get("order") or own
    return "newest" if asked == "newest" else "oldest"


def has_shortcuts(request: HttpRequest | None) -> bool:
    """Whether single keys may do something: as the person says, in all their browsers."""
    own = getattr(getattr(request, "user", None), "has_shortcuts", None)
    if own is not None:
        return bool(own)
    return request is None or request.COOKIES.get("shortcuts") != "off"


# What is told to a browser, and stands in the profile of who is signed in.
KEPT = ("theme", "order", "shortcuts")
Keeper = Callable[[HttpRequest, Mapping[str, str]], bool]
_keepers: list[Keeper] = []


def set_keeper(keeper: Keeper) -> None:
    """Lets the app that knows people keep what one of them chose in a menu. It returns whether
    somebody is signed in who has it kept."""
    _keepers[:] = [keeper]


def keep(request: HttpRequest, chosen: Mapping[str, str]) -> bool:
    return any(keeper(request, chosen) for keeper in _keepers)


def forget_told(response: HttpResponseBase) -> None:
    """Of who has a profile, a browser remembers nothing that could speak against it. The theme
    stays: it is also that of the page to sign in, and the profile's goes first."""
    for name in KEPT[1:]:
        response.delete_cookie(name, samesite="Lax")
