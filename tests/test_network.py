"""No test can reach another machine."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from tests.network import NetworkClosed


def test_another_machine_cannot_be_reached() -> None:
    with pytest.raises(NetworkClosed, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_another_machine_is_not_even_looked_up() -> None:
    with pytest.raises(NetworkClosed, match=r"casetrail\.example"):
        urllib.request.urlopen("http://casetrail.example/")


def test_a_datagram_does_not_leave_either() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        pytest.raises(NetworkClosed),
    ):
        sender.sendto(b"x", ("192.0.2.1", 53))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_can_be_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection((host, server.getsockname()[1]), timeout=5)
        client.close()
