"""Adds a mailbox to an entity, or changes the one that has this address."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import actors
from audit.recording import Refusal
from requests_app.mail import mailboxes
from requests_app.models import Entity, Mailbox
from requests_app.models.mailbox import PASSWORD

FACTS = ("display_name", "imap_host", "imap_port", "imap_user", "imap_folder", "password_name")


class Command(BaseCommand):
    help = "Add a mailbox to an entity, or change the one of this address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--entity", help="code of the entity, for a new one")
        parser.add_argument("--display-name", help="sender's name of what is mailed")
        parser.add_argument("--imap-host", help="server to fetch from; leave out for a pipe")
        parser.add_argument("--imap-port", type=int, help="993; 143 for STARTTLS")
        parser.add_argument("--imap-user", help="the address, unless given")
        parser.add_argument("--imap-folder", help="INBOX, unless given")
        parser.add_argument("--password-name", help=f"the password stands in {PASSWORD}NAME")
        parser.add_argument("--deactivate", action="store_true", help="use it no more")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        by = actors.command("add_mailbox")
        facts = {name: options[name] for name in FACTS if options[name] is not None}
        known = Mailbox.objects.filter(address__iexact=options["address"]).first()
        try:
            if known is None:
                entity = entity_of(options["entity"])
                mailboxes.add(entity=entity, address=options["address"], by=by, **facts)
            else:
                is_active = not options["deactivate"]
                mailboxes.change(
                    mailbox=known, by=by, reason=options["reason"], is_active=is_active, **facts
                )
        except (Refusal, ValidationError) as error:
            raise CommandError("; ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(f"{options['address']} is {'changed' if known else 'added'}.")


def entity_of(code: str | None) -> Entity:
    found = Entity.objects.filter(code=(code or "").upper()).first()
    if found is None:
        known = ", ".join(Entity.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"Name the entity of a new mailbox by --entity; there are: {known}.")
    return found
