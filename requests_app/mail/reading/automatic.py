"""Whether a mail was written by a machine, and by what that is seen."""

from __future__ import annotations

import re

from requests_app.mail.reading.fields import Fields, first

MACHINES = re.compile(r"(mailer-?daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.I)
IN_BULK = {"bulk", "junk", "list", "auto_reply"}
MARKS = ("list-id", "x-autoreply", "x-autorespond", "x-auto-reply-from", "x-mail-autoreply")


def why(fields: Fields, sender: str, *, is_report: bool) -> str:
    """What shows it, as words after "because"; empty for what a person seems to have written."""
    submitted = first(fields, "auto-submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return f"its header Auto-Submitted says {submitted[:40]}"
    if is_report:
        return "it is a report about another mail"
    if MACHINES.match(sender):
        return f"of its sender's name, {sender.partition('@')[0][:60]}"
    return marked(fields)


def marked(fields: Fields) -> str:
    """The same by older marks, which no standard orders."""
    if (precedence := first(fields, "precedence").lower()) in IN_BULK:
        return f"its header Precedence says {precedence}"
    if first(fields, "x-auto-response-suppress").strip().lower() not in ("", "none"):
        return "its header X-Auto-Response-Suppress asks for no automatic answer"
    if [value.strip() for value in fields.get("return-path", [])][:1] == ["<>"]:
        return "its return path is empty"
    known = next((name for name in MARKS if name in fields), "")
    return f"it has the header {known.title()}" if known else ""
