"""The fenced blocks of commands in documents, and what is decided about each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config import local

DOCUMENTS = (
    "operating", "upgrade", "leaving", "mail", "due-dates", "importing", "configuration", "books",
)  # fmt: skip
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# What is shown and not given to a program: pieces of files, in their own words.
SHOWN_ONLY = {"ini", "yaml", "text"}


@dataclass(frozen=True)
class Block:
    document: str
    language: str
    text: str


def all_blocks() -> list[Block]:
    return [
        Block(name, language, text)
        for name in DOCUMENTS
        for language, text in FENCED.findall((local.PROJECT / f"docs/{name}.md").read_text())
    ]


def commands() -> list[Block]:
    return [block for block in all_blocks() if block.language not in SHOWN_ONLY]


def block(document: str, words: str) -> str:
    """The one block of commands in a document that has these words."""
    found = [each.text for each in commands() if each.document == document and words in each.text]
    [wanted] = found
    return wanted


# By a document and words that only this block has.
EXECUTED = (
    ("operating", "MIGRATE_DATABASE_URL=postgresql"),
    ("operating", "manage.py first_administrator"),
    ("operating", "pg_dump --format=custom"),
    ("operating", "pg_restore --exit-on-error"),
    ("operating", "manage.py check_files"),
    ("operating", "sql.restored"),
    ("operating", "manage.py configuration --check"),
    ("upgrade", "manage.py migrate --plan"),
    ("upgrade", "manage.py ready --before-start"),
    ("leaving", "sql.taken_out"),
    ("leaving", "pg_dump --format=custom"),
    ("leaving", "pg_restore --exit-on-error"),
    ("leaving", "manage.py check_files"),
    ("mail", "manage.py add_mailbox"),
    ("mail", "manage.py receive_mail"),
    ("due-dates", "manage.py due --recompute"),
    ("importing", "manage.py import_requests"),
    ("importing", "pg_terminate_backend"),
    ("books", "manage.py import_rates"),
    ("configuration", "sql.repaired"),
    ("configuration", "CREATE ROLE dana"),
)
NOT_EXECUTED = {
    ("operating", "useradd --system"): "it makes a user of this machine, and needs root",
    ("operating", "systemctl enable"): "it needs systemd as the first process",
    ("upgrade", "systemctl stop"): "it needs systemd as the first process",
    ("upgrade", "systemctl restart"): "it needs systemd as the first process",
    ("leaving", "systemctl disable"): "it needs systemd as the first process",
    ("leaving", "DROP DATABASE casetrail"): "it removes an installation of this machine",
    ("operating", "pg_basebackup"): "it needs a role that may replicate and a folder of this "
                                    "machine; pg_dump and pg_restore are tried whole",
    ("configuration", "CREATE ROLE casetrail_owner"): "the server of the tests has these roles",
}  # fmt: skip
