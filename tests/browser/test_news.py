"""An open page offers what is new, changes nothing by itself, and rests where nobody sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from requests_app import services
from tests import factories
from tests.browser.desk import Desk
from tests.pages import address

pytestmark = pytest.mark.browser


def waiting(browser: Browser, desk: Desk, path: str) -> Page:
    """An open page whose clock goes as fast as the test wants."""
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.clock.install()
    page.goto(desk.url + path)
    return page


def noted(desk: Desk, words: str) -> None:
    colleague = factories.person("agent", desk.support_request.entity)
    by = factories.actor(colleague)
    services.note(support_request=desk.support_request, body=words, by=by)


def test_a_request_tells_of_a_new_entry_and_leaves_what_is_typed_alone(
    browser: Browser, desk: Desk
) -> None:
    page = waiting(browser, desk, address(desk.support_request))
    page.fill("#reply-body", "Half a sen")
    noted(desk, "The bank called.")
    page.clock.run_for(31_000)
    link = page.locator(".news a")
    expect(link).to_have_text("1 new entry: show in a new tab")
    expect(page.locator("#reply-body")).to_have_value("Half a sen")
    expect(page.locator("#reply-body")).to_be_focused()
    expect(page.locator("main")).not_to_contain_text("The bank called.")
    assert desk.complaints == []


def test_the_list_tells_of_changed_requests_and_shows_them_when_asked(
    browser: Browser, desk: Desk
) -> None:
    page = waiting(browser, desk, "/requests/")
    by = factories.TESTER
    factories.support_request(entity=desk.support_request.entity, subject="Just in", by=by)
    page.clock.run_for(31_000)
    link = page.locator(".news a")
    expect(link).to_have_text("1 request has changed: show")
    link.click()
    expect(page.locator("main")).to_contain_text("Just in")
    expect(page.locator(".news a")).to_have_count(0)


def test_it_asks_less_and_less_often_and_not_at_all_where_nobody_sees_it(
    browser: Browser, desk: Desk
) -> None:
    page = waiting(browser, desk, address(desk.support_request))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news/" in request.url else 0)
    for seconds, most in ((31, 1), (31, 1), (15, 2)):
        with_answer(page, seconds)
        assert len(asked) == most
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    with_answer(page, 3_600)
    assert len(asked) == 2


def test_where_no_answer_comes_it_stops_also_for_who_comes_back(
    browser: Browser, desk: Desk
) -> None:
    page = waiting(browser, desk, address(desk.support_request))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news/" in request.url else 0)
    page.route("**/news/**", lambda route: route.fulfill(status=503, body="later"))
    with page.expect_response("**/news/**"):
        page.clock.run_for(31_000)
    page.evaluate("fetch('/nothing/')")  # what came of the answer is done before this one
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(3_600_000)
    page.evaluate("fetch('/nothing/')")
    assert len(asked) == 1


def with_answer(page: Page, seconds: int) -> None:
    page.clock.run_for(seconds * 1_000)
    page.wait_for_load_state("networkidle")


def test_without_script_nothing_is_asked(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(java_script_enabled=False), desk.agent)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(desk.url + address(desk.support_request))
    expect(page.locator(".news")).to_be_empty()
    assert not [url for url in asked if "/news/" in url]
