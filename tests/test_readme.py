"""The README's commands, run as a newcomer would: in a new clone, in a path with a space."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from requests_app.demo import cast
from tests.config import processes

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PATIENCE = 300.0

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("readme")]


def block(language: str, containing: str) -> str:
    """The one fenced block of the README that has these words."""
    found = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    [wanted] = [text for text in found if containing in text]
    return wanted


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git tracks or would track, and nothing else."""
    target = tmp_path_factory.mktemp("a new") / "clone of it"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """The newcomer's: nothing of this run's own database or settings."""
    own = ("DJANGO_", "CASETRAIL_", "PYTEST_", "SECRET_KEY", "VIRTUAL_ENV")
    urls = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "SEALER_DATABASE_URL", "LOG_LEVEL")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(own) and name not in urls
    }


@pytest.fixture(scope="module")
def outside(clone: Path) -> dict[str, Path]:
    """Folders that a program would write to if it did not stay in the project's own."""
    folders = {name: clone.parent / name for name in ("HOME", "TMPDIR")}
    for folder in folders.values():
        folder.mkdir()
    return folders


def around(clone: Path) -> dict[str, set[str]]:
    """What lies beside the clone, and where temporary files outlive a start."""
    folders = (clone.parent, Path("/var/tmp"))  # noqa: S108 - only looked at
    return {str(folder): names_in(folder) for folder in folders}


def names_in(folder: Path) -> set[str]:
    """All but what the system's own services put there at any moment."""
    return {item.name for item in folder.iterdir() if not item.name.startswith("systemd-")}


@pytest.fixture(scope="module")
def running(
    clone: Path, environment: dict[str, str], outside: dict[str, Path]
) -> Iterator[tuple[str, str]]:
    """`make run`, until it has printed its address; gives the address and all it printed.

    It ends by Ctrl-C, which a terminal sends to the whole group. After its end none of its
    processes runs any more, and nothing has changed outside the project.
    """
    command = block("sh", "make run")
    log = clone.parent / "make run.log"
    places = {name: str(folder) for name, folder in outside.items()}
    with log.open("w") as out:
        before = around(clone)
        started = subprocess.Popen(
            ["sh", "-c", command], cwd=clone, env={**environment, **places}, stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        until = time.monotonic() + PATIENCE
        while "Ctrl-C" not in log.read_text():
            assert started.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)
        said = log.read_text()
        [address] = re.findall(r"http://127\.0\.0\.1:\d+/", said)
        yield address, said
    finally:
        os.killpg(started.pid, signal.SIGINT)
        started.wait(30)
    assert processes.left_in(clone) == []
    left = [path for folder in outside.values() for path in folder.rglob("*")]
    assert left == [], "make run wrote outside the project's folder"
    assert around(clone) == before


def test_make_run_prints_one_sign_in_per_role(running: tuple[str, str]) -> None:
    _, said = running
    assert all(person.username in said for person in cast.PEOPLE)


def test_ana_answers_the_refund_and_changes_its_priority_and_otto_reads_what_she_did(
    running: tuple[str, str],
) -> None:
    address, _ = running
    ana = Visitor(address, "ana")
    found = ana.page("requests/?q=25%2C000")
    assert "annual contract paid twice" in found
    [place] = set(re.findall(r'href="/(requests/US-[\w-]+/)"', found))
    words = "The second payment goes back on Monday."
    assert "Your reply is on record." in ana.sent(f"{place}reply/", place, body=words)
    change = {"priority": "low", "reason": "It is settled but for the bank."}
    assert "The priority is low now." in ana.sent(f"{place}change-priority/", place, **change)
    read = Visitor(address, "otto").page(f"{place}?order=newest")
    for told in (words, change["reason"], "Ana Reyes", "Critical", "Low"):
        assert told in read


class Visitor:
    """A person with a browser, signed in."""

    def __init__(self, address: str, username: str) -> None:
        self._address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(cookies)
        self.sent("sign-in/", "sign-in/", username=username, password=cast.PASSWORD)

    def page(self, place: str) -> str:
        with self._browser.open(f"{self._address}{place}") as answer:
            return str(answer.read().decode())

    def sent(self, place: str, form_on: str, **given: str) -> str:
        """The page that answers a form with its hidden fields. One that is an error raises."""
        hidden = re.findall(
            r'type="hidden"[^>]* name="(csrfmiddlewaretoken|seen)" value="([^"]+)"',
            self.page(form_on),
        )
        form = urllib.parse.urlencode(dict(hidden) | given).encode()
        request = urllib.request.Request(  # noqa: S310 - the address is on loopback
            f"{self._address}{place}", form, {"Referer": self._address}
        )
        with self._browser.open(request) as answer:
            return str(answer.read().decode())


def test_make_help_lists_every_target_that_the_readme_names(
    clone: Path, environment: dict[str, str]
) -> None:
    said = subprocess.run(
        ["make", "help"], cwd=clone, env=environment, capture_output=True, text=True, check=True
    )
    named = set(re.findall(r"(?:`|^)(make [a-z][a-z-]*)", README, re.MULTILINE))
    assert {"make run", "make test", "make check"} <= named
    listed = set(re.findall(r"^(make [a-z-]+) +\S", said.stdout, re.MULTILINE))
    assert named - {"make help"} <= listed


def test_the_proof_prints_what_the_readme_says(
    running: tuple[str, str], clone: Path, environment: dict[str, str]
) -> None:
    said = subprocess.run(
        ["sh", "-c", block("sh", "objects.update")], cwd=clone, env=environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == block("text", "unrecorded change").strip()


def test_the_other_commands_answer(
    running: tuple[str, str], clone: Path, environment: dict[str, str]
) -> None:
    command = block("sh", "import_requests")
    said = subprocess.run(
        ["sh", "-c", command], cwd=clone, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert "--profile" in said.stdout


def test_make_test_passes_in_a_new_clone(clone: Path, environment: dict[str, str]) -> None:
    command = block("sh", "make test").strip()
    said = subprocess.run(
        ["sh", "-c", f"{command} ARGS=tests/requests_app/test_transitions.py"], cwd=clone,
        env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    assert " passed" in said.stdout
