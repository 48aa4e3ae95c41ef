"""Mails for tests, written as their senders would write them."""

from __future__ import annotations

from email.message import EmailMessage
from itertools import count

_numbers = count(1)


def letter(
    text: str = "My parcel is wet.", *, sender: str = "Marisol Vega <marisol@harbor.example>",
    to: str = "support@us.example", subject: str = "Wet parcel", message_id: str = "",
    **fields: str,
) -> bytes:  # fmt: skip
    """A plain mail; other header fields by name, with _ for -."""
    head = {
        "From": sender, "To": to, "Subject": subject,
        "Message-ID": message_id or f"<{next(_numbers)}@harbor.example>",
        "Date": "Sat, 14 Nov 2026 09:30:00 +0100",
        "MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in head.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()


def letter_with_file(
    name: str, content: bytes, media_type: str = "application/pdf", text: str = "It came wet."
) -> bytes:
    """A mail of words and one file."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Marisol Vega <marisol@harbor.example>", "support@us.example"
    mail["Subject"], mail["Message-ID"] = "Wet parcel", f"<{next(_numbers)}@harbor.example>"
    mail.set_content(text)
    main, _, kind = media_type.partition("/")
    mail.add_attachment(content, maintype=main, subtype=kind, filename=name)
    return mail.as_bytes()


def bounce(message_id: str, *, action: str = "failed", to: str = "support@us.example") -> bytes:
    """What another server sends back, with the header of the mail that it could not deliver."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@harbor.example\r\n"
        f"To: {to}\r\nSubject: Undelivered\r\nMessage-ID: <{next(_numbers)}@mx.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;"
        ' boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; marisol@harbor.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such\r\n user here\r\n\r\n--b\r\n"
        "Content-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {message_id}\r\nSubject: Re: x\r\n\r\n--b--\r\n"
    ).encode()
