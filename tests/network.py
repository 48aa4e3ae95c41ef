"""Closes the network: a test may reach this machine, and nothing else."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

_NAMES = {"", "localhost"}


class NetworkClosed(RuntimeError):
    """A test tried to leave this machine."""


def close() -> None:
    """For the rest of this process. Sockets of files and loopback addresses stay open."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple):
            _refuse_unless_here(address[0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        _refuse_unless_here(arguments[0])


def _refuse_unless_here(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name in _NAMES:
        return
    try:
        if ipaddress.ip_address(name.split("%")[0]).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkClosed(f"Tests do not use the network, but this one asked for {name}.")
