"""How much of a mail is read. The whole of it is kept; these bound what reading it may cost."""

from __future__ import annotations

HEADERS = 2_000  # fields of one part that are looked at
HEADER = 4_000  # characters of one field
REFERENCES = 20_000  # characters of those that name other mails
IDS = 100
ADDRESSES = 100
PARTS = 200
MULTIPARTS = 50  # in the whole mail: how deep it can nest
# The parser asks each open multipart about each line.
LINES_TIMES_MULTIPARTS = 5_000_000
TEXT = 400_000  # characters of what is shown
HTML = 200_000  # characters of markup that are turned into text
SUBJECT, NAME, FILE_NAME, ID = 300, 200, 200, 300
