"""What the documents say is what the project does."""

from __future__ import annotations

import re
from pathlib import Path

from audit.models import Event

ROOT = Path(__file__).resolve().parent.parent
DOCS = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
READS_SETTING = re.compile(
    r"env\.(?:boolean|words|word|integer|size|path|private_folder|database|optional_database|text)"
    r"\(\s*\"([A-Z_]+)\""
)


def test_every_setting_is_documented() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    names = set(READS_SETTING.findall(sources)) | {"SECRET_KEY"}
    told = (ROOT / "docs/configuration.md").read_text()
    assert len(names) > 10
    assert {name for name in names if f"`{name}`" not in told} == set()


def test_every_column_of_an_event_is_documented() -> None:
    told = (ROOT / "docs/record-format.md").read_text()
    columns = {field.column for field in Event._meta.concrete_fields}
    assert {column for column in columns if f"`{column}`" not in told} == set()


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in DOCS:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} -> {target}")
    assert not broken


def test_every_direct_dependency_says_why_it_is_there() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    told = (ROOT / "docs/decisions/dependencies.md").read_text().lower()
    names = re.findall(r'^    "([A-Za-z0-9-]+)', project.split("[tool.")[0], re.MULTILINE)
    assert len(names) > 20
    aliases = {"psycopg": "psycopg 3"}
    missing = {name for name in names if aliases.get(name.lower(), name.lower()) not in told}
    assert missing == set()


def test_the_readme_is_short() -> None:
    assert (ROOT / "README.md").read_text().count("\n") < 100
