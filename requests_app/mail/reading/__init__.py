"""Pure: the bytes of a mail, however broken or hostile, to what a desk needs to know of it."""

from requests_app.mail.reading.bodies import Attachment
from requests_app.mail.reading.mails import Mail, read
from requests_app.mail.reading.reports import Report

__all__ = ["Attachment", "Mail", "Report", "read"]
