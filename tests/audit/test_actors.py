"""Where somebody acts from: the client's own word counts no further than our proxies vouch."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from audit import actors

PEER, CLIENT, FORGED = "192.0.2.10", "198.51.100.7", "203.0.113.66"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        pytest.param(0, FORGED, PEER, id="no proxy: the header is the client's own word"),
        pytest.param(1, CLIENT, CLIENT, id="one proxy: what it appended"),
        pytest.param(1, f"{FORGED}, {CLIENT}", CLIENT, id="a forged hop stays to the left"),
        pytest.param(2, f"{FORGED}, {CLIENT}, 10.0.0.1", CLIENT, id="two proxies"),
        pytest.param(2, FORGED, PEER, id="fewer hops than proxies: past them"),
        pytest.param(1, "", PEER, id="no header"),
        pytest.param(1, f"{CLIENT}, <script>", None, id="no address at all"),
        pytest.param(1, "2001:db8::1", "2001:db8::1", id="version 6"),
    ],
)
def test_the_address_is_the_last_one_that_our_proxies_vouch_for(
    proxies: int, forwarded: str, address: str | None, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=PEER)
    assert actors.address_of(request) == address
