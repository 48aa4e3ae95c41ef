"""Takes one mail from standard input, as a mail server's pipe hands it over.

The exit codes are those of sysexits.h, which mail servers know: 0 kept, 65 no mail or too large,
67 no such mailbox, 75 try again later. docs/mail.md shows the set-up.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import actors
from requests_app.mail import reading, receiving
from requests_app.models import Mailbox

EX_DATAERR, EX_NOUSER, EX_TEMPFAIL = 65, 67, 75
# Where mail servers say whom they hand it over for.
NAMED_BY = ("ORIGINAL_RECIPIENT", "RECIPIENT", "ENVELOPE_TO")


class Command(BaseCommand):
    help = "Receive one mail from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--mailbox", default="",
            help="the address it came to; else the environment (RECIPIENT) and its header say",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES + 1)
        if not raw.strip():
            raise CommandError("There is no mail on standard input.", returncode=EX_DATAERR)
        if len(raw) > settings.MAIL_MAX_BYTES:
            raise CommandError(
                f"The mail has more than {settings.MAIL_MAX_BYTES:,} bytes (MAIL_MAX_BYTES).",
                returncode=EX_DATAERR,
            )
        try:
            self.receive(raw, options["mailbox"])
        except CommandError:
            raise
        except Exception as error:
            raise CommandError(
                f"Not now, try again later: {type(error).__name__}: {error}",
                returncode=EX_TEMPFAIL,
            ) from error

    def receive(self, raw: bytes, named: str) -> None:
        by = actors.command("receive_mail")
        mailbox = mailbox_of(raw, named)
        if mailbox is None:
            receiving.turn_away(raw=raw, by=by)
            raise CommandError("No mailbox of ours has this address.", returncode=EX_NOUSER)
        mail = receiving.receive(raw=raw, mailbox=mailbox, by=by)
        number = mail.support_request.number if mail.support_request else "no request"
        self.stdout.write(f"{number}: {mail.get_outcome_display()}")


def mailbox_of(raw: bytes, named: str) -> Mailbox | None:
    """By what the server says. Only where it says nothing, by the mail, whose sender wrote that."""
    told = [named] if named else [os.environ[name] for name in NAMED_BY if os.environ.get(name)]
    addresses = told or list(reading.read(raw).recipients)
    found = {mailbox.address.lower(): mailbox for mailbox in Mailbox.objects.at(addresses)}
    return next((found[each.lower()] for each in addresses if each.lower() in found), None)
