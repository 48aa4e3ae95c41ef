"""Fetches new mail of all mailboxes that name an IMAP server, as the worker does each minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit import actors
from requests_app.mail import fetching
from requests_app.mail.fetching import Fetched
from requests_app.management.lengthy import FOUND, LengthyCommand
from requests_app.models import InboundMail


class Command(LengthyCommand):
    help = (
        "Fetch new mail of all mailboxes over IMAP. What breaks off is fetched again. Ends with 0 "
        "when every mailbox was fetched, 1 when one was not, 130 when it was interrupted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="say how many wait; take and mark nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = fetching.look_all() if options["dry_run"] else self.fetch_all(options)
        lines = [line_of(each, is_rehearsal=options["dry_run"]) for each in done]
        nothing = ["No active mailbox names an IMAP server: see add_mailbox --help."]
        self.told(options, {"mailboxes": [outcome_of(each) for each in done]}, *lines or nothing)
        faults = [f"{each.mailbox.address}: {each.fault}" for each in done if each.fault]
        if faults:
            raise CommandError("\n".join(faults), returncode=FOUND)

    def fetch_all(self, options: dict[str, Any]) -> list[Fetched]:
        def tell(mail: InboundMail) -> None:
            if not (options["json"] or options["quiet"] or options["no_progress"]):
                number = mail.support_request.number if mail.support_request else "no request"
                self.stdout.write(f"  {number}: {mail.get_outcome_display()}")

        by = actors.command("fetch_mail")
        # Each mail is told as it comes, so that this itself says how far it is.
        return fetching.fetch_all(by=by, told=tell)


def outcome_of(done: Fetched) -> dict[str, Any]:
    return {
        "mailbox": done.mailbox.address, "waiting": done.waiting, "received": done.received,
        "set_aside": done.set_aside, "cause": done.cause, "fault": done.fault,
    }  # fmt: skip


def line_of(done: Fetched, *, is_rehearsal: bool) -> str:
    if is_rehearsal:
        return f"{done.mailbox.address}: {done.waiting} waiting."
    aside = f", {done.set_aside} of them set aside" if done.set_aside else ""
    return f"{done.mailbox.address}: {done.received} received{aside}."
