"""A very small IMAP server on loopback: what a desk asks of one, and nothing more."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Folder:
    """Mails by uid, and which of them were seen."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    port: int = 0
    password: str = "sesame"
    repeats: bool = False  # in a refusal, what it was sent

    def deliver(self, raw: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = raw
        return uid


class Session(socketserver.StreamRequestHandler):
    folder: Folder

    def handle(self) -> None:
        self.say(b"* OK IMAP4rev1 ready")
        for line in self.rfile:
            tag, _, command = line.strip().partition(b" ")
            verdict = self.answer(command)
            self.say(tag + b" " + verdict)
            if command.upper() == b"LOGOUT":
                return

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def answer(self, command: bytes) -> bytes:
        words = command.upper()
        if words.startswith(b"CAPABILITY"):
            self.say(b"* CAPABILITY IMAP4rev1")
        elif words.startswith(b"LOGIN"):
            if self.folder.password.encode() in command:
                return b"OK done"
            return b"NO wrong password." + (command if self.folder.repeats else b"")
        elif words.startswith((b"SELECT", b"EXAMINE")):
            self.say(b"* %d EXISTS" % len(self.folder.mails))
        elif words.startswith(b"UID SEARCH"):
            unseen = sorted(set(self.folder.mails) - self.folder.seen)
            self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in unseen))
        elif words.startswith(b"UID FETCH"):
            self.fetch(words)
        elif words.startswith(b"UID STORE"):
            self.folder.seen.add(uid_of(words))
        elif words.startswith(b"LOGOUT"):
            self.say(b"* BYE")
        else:
            return b"BAD unknown"
        return b"OK done"

    def fetch(self, words: bytes) -> None:
        uid = uid_of(words)
        raw = self.folder.mails[uid]
        if b"RFC822.SIZE" in words:
            self.say(
                b'* 1 FETCH (UID %d RFC822.SIZE %d INTERNALDATE "14-Nov-2026 09:30:00 +0100")'
                % (uid, len(raw))
            )
            return
        part = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if b"HEADER" in words else raw
        self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(part)) + part + b")\r\n")


def uid_of(words: bytes) -> int:
    found = re.search(rb"UID \w+ (\d+)", words)
    assert found is not None
    return int(found[1])


@contextmanager
def served() -> Iterator[Folder]:
    folder = Folder()
    handler = type("OwnSession", (Session,), {"folder": folder})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        folder.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield folder
        finally:
            server.shutdown()
            thread.join()
