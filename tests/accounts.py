"""People who sign in as people do, with their phones."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from requests_app.accounts import tasks
from requests_app.models import User

PASSWORD = "correct horse"


def browser(address: str = "192.0.2.7", **headers: str) -> Client:
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0"} | headers
    return Client(headers=agent, REMOTE_ADDR=address, raise_request_exception=False)


def sign_in(client: Client, person: User | str, password: str = PASSWORD, **data: str) -> Any:
    name = person if isinstance(person, str) else person.username
    return client.post("/sign-in/", {"username": name, "password": password, **data})


def at_desk(person: User, address: str = "192.0.2.7") -> Client:
    """A browser in which the person has typed name and password."""
    client = browser(address)
    assert sign_in(client, person).status_code == 302
    return client


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def confirm(client: Client, password: str = PASSWORD) -> Any:
    """Shows again who one is, as pages that open the account ask."""
    return client.post("/profile/again/", {"password": password})


def with_factor(person: User) -> tuple[Client, str, list[str]]:
    """A browser in which a second step was set up; the secret; the recovery codes."""
    client = at_desk(person)
    confirm(client)
    page = client.get("/profile/second-factor/app/").content.decode()
    shown = re.search(r'factor__secret">([A-Z2-7 ]+)<', page)
    assert shown is not None
    secret = shown[1].replace(" ", "")
    done = client.post("/profile/second-factor/app/", {"code": code(secret, -1)})
    assert done.headers["Location"] == "/profile/second-factor/codes/"
    page = client.get("/profile/second-factor/codes/").content.decode()
    return client, secret, re.findall(r'<code class="id">(\d+)</code>', page)


def link_in_mail(number: int = -1) -> str:
    """The path of the link in one of the mails that were sent."""
    found = re.search(r"https?://[^/\s]+(/sign-in/new-password/\S+)", str(mail.outbox[number].body))
    assert found is not None
    return found[1]


def link_for(person: User) -> str:
    tasks.send_link(person.pk, "password_link")
    return link_in_mail()


def has_factor(person: User) -> bool:
    return Authenticator.objects.filter(user=person, type="totp").exists()
