"""Who acts, and from where: frozen at the time, so that later changes of a person alter nothing."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest

RoleLookup = Callable[[Any, int | None], str]
_lookups: dict[str, RoleLookup] = {"role": lambda person, entity_id: ""}


@dataclass(frozen=True)
class Cause:
    """Why something acted by itself: kind is rule, key, job, import or event."""

    kind: str = ""
    id: str = ""
    label: str = ""
    version: str = ""


@dataclass(frozen=True)
class Origin:
    """From where: the channel, and what is known of the connection and the sign-in."""

    channel: str = "command"
    address: str | None = None
    user_agent: str = ""
    session: str = ""
    sign_in_method: str = ""
    correlation_id: str = ""


@dataclass(frozen=True)
class Actor:
    """kind is user, customer, key, rule, job, import, command, anonymous or outside."""

    kind: str
    id: str = ""
    label: str = ""
    role: str = ""
    on_behalf_of_id: str = ""
    on_behalf_of_label: str = ""
    cause: Cause = field(default_factory=Cause)
    origin: Origin = field(default_factory=Origin)
    person: Any = field(default=None, compare=False, repr=False)

    def caused_by(self, cause: Cause) -> Actor:
        return replace(self, cause=cause)

    def through(self, channel: str) -> Actor:
        return replace(self, origin=replace(self.origin, channel=channel))

    def on_behalf_of(self, person: Any) -> Actor:
        return replace(self, on_behalf_of_id=str(person.pk), on_behalf_of_label=str(person))

    def role_in(self, entity_id: int | None) -> str:
        """The role to freeze into an event about this entity."""
        if self.role or self.person is None:
            return self.role
        return _lookups["role"](self.person, entity_id)


def set_role_lookup(lookup: RoleLookup) -> None:
    """Lets the app that knows roles say them: (person, entity id) -> words."""
    _lookups["role"] = lookup


def user(person: Any, origin: Origin | None = None) -> Actor:
    """A person with an account, named as at this moment."""
    return Actor(
        kind="user",
        id=str(person.pk),
        label=str(person),
        origin=origin or Origin(),
        person=person,
    )


def command(name: str) -> Actor:
    """A management command, with the name of the system account that runs it."""
    return Actor(kind="command", id=name, label=f"{name} ({system_account()})")


def job(name: str, job_id: object, version: str = "") -> Actor:
    """A background job."""
    cause = Cause(kind="job", id=str(job_id), label=name, version=version)
    return Actor(kind="job", id=name, label=name, cause=cause, origin=Origin(channel="job"))


def system_account() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def from_request(request: HttpRequest) -> Actor:
    """The signed-in person of an HTTP request, or an anonymous visitor."""
    origin = origin_of(request)
    person = getattr(request, "user", None)
    if person is not None and person.is_authenticated:
        return user(person, origin)
    return Actor(kind="anonymous", label="not signed in", origin=origin)


def origin_of(request: HttpRequest, channel: str = "") -> Origin:
    session = getattr(request, "session", None)
    key = getattr(session, "session_key", None) or ""
    return Origin(
        channel=channel or channel_of(request),
        address=address_of(request),
        user_agent=request.headers.get("User-Agent", "")[:500].replace("\x00", ""),
        session=fingerprint(key),
        sign_in_method=session.get("sign_in_method", "") if session is not None else "",
        correlation_id=getattr(request, "correlation_id", ""),
    )


def channel_of(request: HttpRequest) -> str:
    first = request.path.lstrip("/").partition("/")[0]
    return first if first in {"admin", "api"} else "web"


def fingerprint(session_key: str) -> str:
    """Tells sessions apart in the trail without holding what would open them."""
    if not session_key:
        return ""
    return hashlib.sha256(b"session:" + session_key.encode()).hexdigest()[:16]


def address_of(request: HttpRequest) -> str | None:
    """The client's network address.

    X-Forwarded-For is the client's own word but for what our proxies appended: it is read from the
    right, past as many proxies as TRUSTED_PROXIES says.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    trusted = int(getattr(settings, "TRUSTED_PROXIES", 0))
    if trusted:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        hops = [hop.strip() for hop in forwarded if hop.strip()]
        peer = hops[-trusted] if len(hops) >= trusted else peer
    try:
        return str(ipaddress.ip_address(peer.partition("%")[0]))  # without an IPv6 scope
    except ValueError:
        return None
