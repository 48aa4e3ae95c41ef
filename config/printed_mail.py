"""Mail of the local trial, which leaves for nowhere: printed whole to the log of the process that
sends it, and in a line to the terminal where `make run` was typed."""

from __future__ import annotations

import contextlib
import os
from email import message_from_bytes, policy
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import console

from audit.diffs import visible
from config import run


class EmailBackend(console.EmailBackend):
    def write_message(self, message: Any) -> None:
        super().write_message(message)
        self.stream.flush()  # who reads the line may look into the log at once
        show(message)


def show(message: EmailMessage) -> None:
    """Nothing where there is no terminal, or none any more: the mail stands in the log anyway."""
    descriptor = os.environ.get(run.TERMINAL)
    if descriptor:
        with contextlib.suppress(OSError):
            os.write(int(descriptor), f"{line(message)}\n".encode())


def line(message: EmailMessage) -> str:
    read = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    subject = " ".join(visible(str(read["Subject"] or "(no subject)")).split())
    return f"Mail to {visible(', '.join(message.recipients()))}: {subject}"
