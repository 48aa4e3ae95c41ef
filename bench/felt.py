"""What a person feels of a page: a real browser, the product's own web server, a network as slow as
theirs. Nothing is in the browser's cache, as on the first visit of the day.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from bench import furnishing, visits
from bench.pages import Reader, prepare
from bench.report import IS_QUICK, Spread, Target, at_least, heading, say
from config import run as trial
from requests_app.models import Role
from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOADS = 2 if IS_QUICK else 5
PATIENCE = 60.0
SERVER = ("-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip
PAGES = (
    ("start page", Role.AGENT), ("request list, newest", Role.AGENT),
    ("request list, search", Role.AGENT), ("request page", Role.AGENT),
    ("longest trail", Role.AUDITOR), ("two versions compared", Role.AUDITOR),
    ("trail, no filter", Role.AUDITOR), ("admin, events", Role.AUDITOR),
)  # fmt: skip
# What is kept of a visit: the largest paint, what jumped, and the slowest answer to a click or key.
WATCH = """
window.seen = { paint: 0, shift: 0, slowest: 0 };
const watch = (type, note, more) => new PerformanceObserver(
    list => list.getEntries().forEach(note)).observe({ type, buffered: true, ...more });
watch("largest-contentful-paint", each => { seen.paint = each.startTime; });
watch("layout-shift", each => { if (!each.hadRecentInput) seen.shift += each.value; });
watch("event", each => { seen.slowest = Math.max(seen.slowest, each.duration); },
      { durationThreshold: 16 });
"""
WEIGHT = """() => performance.getEntriesByType("resource")
    .concat(performance.getEntriesByType("navigation"))
    .reduce(([files, bytes], each) => [files + 1, bytes + each.transferSize], [0, 0])"""
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))"


@dataclass(frozen=True)
class Network:
    """Bits down and up in a second, and milliseconds there and back, as browsers' tools name them;
    ``paint`` is how many milliseconds the largest paint may take."""

    name: str
    down: int
    up: int
    latency: int
    paint: float


NETWORKS = (
    Network("cable", 5_000_000, 1_000_000, 28, 1_000.0),
    Network("slow 4G", 1_600_000, 750_000, 150, 2_000.0),
)


@dataclass(frozen=True)
class Felt:
    paint: float
    shift: float
    slowest: float
    files: int
    size: int


def run() -> list[Target]:
    path = chromium.path()
    found = at_least("browsers to measure with", float(path is not None), 1)
    if path is None:
        return [found]
    prepare()
    from playwright.sync_api import sync_playwright

    # Playwright runs a loop in this thread; Django would refuse to use the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with serving() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            return [found, *measure(browser, url)]
        finally:
            browser.close()


@contextmanager
def serving() -> Iterator[str]:
    port = trial.free_port()
    if port is None:
        raise RuntimeError("No port is free, so nothing was measured.")
    environment = os.environ | {"BIND": f"127.0.0.1:{port}"}
    with tempfile.TemporaryFile() as output:
        server = subprocess.Popen(
            [sys.executable, *SERVER], env=environment, stdout=output, stderr=output
        )
        try:
            wait_for(f"http://localhost:{port}/livez", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("The web server did not answer, so nothing was measured.")


def measure(browser: Browser, url: str) -> list[Target]:
    readers = {role: Reader.of(role) for _, role in PAGES}
    known = {title: visit for title, _, visit in visits.of_roles()}
    known |= {visit.name: visit for _, _, visit in visits.of_roles()}
    cookies = {role: cookie_of(role, url) for role in readers}
    targets = []
    for network in NETWORKS:
        heading(f"Pages in a browser, first visit, {network.name}: {LOADS} loads each")
        for title, role in PAGES:
            felt = [
                visited(browser, url + known[title].address(readers[role].sample), cookies[role],
                        network)
                for _ in range(LOADS)
            ]  # fmt: skip
            targets += judged(f"{title}, {network.name}", felt, network)
    return targets


def cookie_of(role: Role, url: str) -> dict[str, str]:
    client = Client(headers={"host": "localhost"})
    client.force_login(furnishing.holder(role))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def visited(browser: Browser, address: str, cookie: Any, network: Network) -> Felt:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        context.add_cookies([cookie])
        page = context.new_page()
        slow_down(page, network)
        page.add_init_script(WATCH)
        answer = page.goto(address, wait_until="load")
        if answer is None or answer.status != 200:
            raise RuntimeError(f"{address} did not answer, so nothing was measured")
        page.evaluate(SETTLED)
        files, size = page.evaluate(WEIGHT)
        use(page)
        seen = page.evaluate("seen")
        return Felt(seen["paint"], seen["shift"], seen["slowest"], files, size)
    finally:
        context.close()


def slow_down(page: Page, network: Network) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": network.latency,
        "downloadThroughput": network.down / 8, "uploadThroughput": network.up / 8,
    })  # fmt: skip


def use(page: Page) -> None:
    """What everybody does: keys to move, a fold opened and shut."""
    for key in ("Tab", "j", "k", "Escape"):
        page.keyboard.press(key)
    fold = page.locator("main details > summary").first
    for _ in ("open", "shut"):
        if fold.is_visible():
            fold.click()
    page.evaluate(SETTLED)


def judged(title: str, felt: list[Felt], network: Network) -> list[Target]:
    """Three quarters of the visits feel like this, or better."""
    paint = Spread.of([each.paint for each in felt])
    slowest = Spread.of([each.slowest for each in felt])
    shift = max(each.shift for each in felt)
    say(
        f"{title:<40} paint {paint.high:6.0f} ms   answer {slowest.high:4.0f} ms   "
        f"shift {shift:.3f}   {felt[0].files} files, {felt[0].size / 1024:.0f} KB"
    )
    return [
        Target(f"{title}: largest paint in ms", paint.high, network.paint),
        Target(f"{title}: slowest answer to a key or click in ms", slowest.high, 200.0),
        Target(f"{title}: layout shift", shift, 0.1),
        Target(f"{title}: files", max(each.files for each in felt), 10),
    ]
