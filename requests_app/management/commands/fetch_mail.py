"""Fetches new mail of all mailboxes that name an IMAP server, as the worker does each minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import actors
from requests_app.mail import fetching
from requests_app.models import InboundMail


class Command(BaseCommand):
    help = "Fetch new mail of all mailboxes over IMAP. What breaks off is fetched again."

    def handle(self, *args: Any, **options: Any) -> None:
        done = fetching.fetch_all(by=actors.command("fetch_mail"), told=self.tell)
        if not done:
            self.stdout.write("No active mailbox names an IMAP server: see add_mailbox --help.")
        for each in done:
            aside = f", {each.set_aside} of them set aside" if each.set_aside else ""
            self.stdout.write(f"{each.mailbox.address}: {each.received} received{aside}.")
        faults = [f"{each.mailbox.address}: {each.fault}" for each in done if each.fault]
        if faults:
            raise CommandError("\n".join(faults))

    def tell(self, mail: InboundMail) -> None:
        number = mail.support_request.number if mail.support_request else "no request"
        self.stdout.write(f"  {number}: {mail.get_outcome_display()}")
