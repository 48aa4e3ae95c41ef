"""A server for outgoing mail on loopback, which keeps what it is given."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message as Parsed
from typing import Any

from aiosmtpd.controller import Controller


class Postbox:
    """What the server for outgoing mail was given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refuses = False
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuses:
            return "554 No such user here"
        self.mails.append(envelope.original_content)
        return "250 OK"

    def last(self) -> Parsed:
        return message_from_bytes(self.mails[-1])


@contextmanager
def served() -> Iterator[Postbox]:
    postbox = Postbox()
    postbox.port = free_port()
    controller = Controller(
        postbox, hostname="127.0.0.1", port=postbox.port, server_hostname="localhost"
    )  # fmt: skip
    controller.start()
    yield postbox
    controller.stop()


def free_port() -> int:
    """The server's own way to start looks for it under the number that it was given."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
