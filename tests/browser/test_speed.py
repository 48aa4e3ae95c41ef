"""What a person waits for: the largest paint is text, nothing jumps, and a key is answered at once.

The figures depend on the machine, what is asserted does not. They are printed (pytest -s), and
kept in docs/benchmarks.md.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import factories
from tests.browser.desk import Desk
from tests.pages import address

pytestmark = pytest.mark.browser

WATCH = """
window.seen = { paint: null, shift: 0, slowest: 0 };
const watch = (type, note, more) => new PerformanceObserver(
    list => list.getEntries().forEach(note)).observe({ type, buffered: true, ...more });
watch("largest-contentful-paint", each => {
    seen.paint = { at: each.startTime, picture: each.url, tag: each.element?.tagName };
});
watch("layout-shift", each => { if (!each.hadRecentInput) seen.shift += each.value; });
watch("event", each => { seen.slowest = Math.max(seen.slowest, each.duration); },
      { durationThreshold: 16 });
"""


@pytest.mark.parametrize("where", ["queue", "request"])
def test_the_largest_paint_is_text_and_nothing_jumps(
    where: str, browser: Browser, desk: Desk
) -> None:
    for _ in range(40):
        factories.support_request(entity=desk.support_request.entity)
    path = {"queue": "/requests/", "request": address(desk.support_request)}[where]
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = desk.sign_in(context, desk.agent)
    page.goto(desk.url + path)  # so that styles and scripts are in the browser
    page.add_init_script(WATCH)
    page.goto(desk.url + path)
    page.click(".masthead__menu summary")
    page.keyboard.press("Escape")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
    seen: dict[str, Any] = page.evaluate("seen")
    print(f"{where}: {seen}")

    assert seen["paint"]["picture"] == ""
    assert seen["shift"] <= 0.1
