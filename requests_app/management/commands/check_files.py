"""manage.py check_files: is every file still what its row says?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from requests_app.files import checking
from requests_app.management.lengthy import FOUND, LengthyCommand
from requests_app.models import Attachment


class Command(LengthyCommand):
    help = (
        "Read every kept file and compare it with the SHA-256 on record. Ends with 0 when all are "
        "whole, 1 when one is missing or changed, 130 when it was interrupted."
    )
    unit = "files"

    def handle(self, *args: Any, **options: Any) -> None:
        with self.progress(options, Attachment.objects.count()) as reached:
            found = checking.check(reached)
        wrong = [{"attachment": key, "fault": fault} for key, fault in found.wrong]
        told = f"{found.files} files looked at, {len(wrong)} not as they were stored."
        lines = [f"  attachment {each['attachment']}: {each['fault']}" for each in wrong]
        self.told(options, {"files": found.files, "wrong": wrong}, *lines, told)
        if wrong:
            raise CommandError(told, returncode=FOUND)
