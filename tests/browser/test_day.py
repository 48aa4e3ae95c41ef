"""A day at the desk in a real browser, with real mail on loopback, and the auditor after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.desk import Desk
from tests.mail import imap, smtp
from tests.mail.imap import Folder
from tests.mail.letters import letter
from tests.mail.smtp import Postbox

pytestmark = pytest.mark.browser


@dataclass
class Post:
    """Both ends of the mail, and the worker that carries it."""

    folder: Folder
    postbox: Postbox

    def come(self, text: str, **fields: str) -> None:
        from requests_app.mail import fetching
        from tests import factories

        self.folder.deliver(letter(text, sender="Marisol Vega <marisol@harbor.example>", **fields))
        assert [done.fault for done in fetching.fetch_all(by=factories.TESTER)] == [""]

    def go(self) -> None:
        from requests_app.mail import sending
        from tests import factories

        for mail_id in sending.due():
            sending.send(mail_id, by=factories.TESTER)


@pytest.fixture
def post(desk: Desk, settings: Any) -> Iterator[Post]:
    from requests_app.mail import mailboxes
    from tests import factories

    settings.MAILBOX_PASSWORDS = {"US": "sesame"}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with imap.served() as folder, smtp.served() as postbox:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", postbox.port
        mailboxes.add(
            entity=desk.support_request.entity, address="support@us.example",
            display_name="Larkspur Support", imap_host="127.0.0.1", imap_port=folder.port,
            password_name="US", by=factories.TESTER,
        )  # fmt: skip
        yield Post(folder, postbox)


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def context(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> BrowserContext:
    return browser.new_context(java_script_enabled=request.param)


def act(page: Page, verb: str, **given: str) -> None:
    """Unfolds a verb and sends its form, as it stands on the page."""
    form = page.locator(f"form[action$='/{verb}/']")
    if not form.locator("button").first.is_visible():
        page.locator("details.action").filter(has=form).locator("summary").first.click()
    for name, value in given.items():
        field = form.locator(f"[name='{name}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button").last.click()
    page.wait_for_load_state()
    expect(page.locator("#errors")).to_have_count(0)


def test_a_mail_is_worked_on_to_its_end_and_the_auditor_reads_it(
    context: BrowserContext, desk: Desk, post: Post
) -> None:
    from tests import factories

    ben = factories.person("agent", desk.support_request.entity, display_name="Ben Stone")
    post.come("My parcel is wet.", message_id="<1@harbor.example>")
    page = desk.sign_in(context, desk.agent)
    page.goto(f"{desk.url}/requests/?q=parcel")
    page.click("main tbody th a")
    here = page.url
    act(page, "take")
    act(page, "reply", body="Which carton is it?")
    post.go()
    assert post.postbox.last()["In-Reply-To"] == "<1@harbor.example>"
    page.goto(here)
    expect(page.locator("main")).to_contain_text("Mailed to marisol@harbor.example")

    act(page, "hand-over", assignee=str(ben.pk), reason="The carrier is yours.")
    context.clear_cookies()
    page = desk.sign_in(context, ben)
    page.goto(here)
    act(page, "resolve", resolution="replaced", root_cause="unknown", note="A new one was sent.")
    post.come("The new one is wet, too.", In_Reply_To=post.postbox.last()["Message-ID"])
    page.goto(here)
    expect(page.locator(".heading__pills").first).to_contain_text("In progress")
    expect(page.locator("main")).to_contain_text("The new one is wet, too.")
    act(page, "resolve", resolution="refunded", root_cause="unknown", note="Paid back.")
    act(page, "close")
    expect(page.locator(".heading__pills").first).to_contain_text("Closed")

    context.clear_cookies()
    read_by_the_auditor(desk, context, here)
    assert desk.complaints == []


def read_by_the_auditor(desk: Desk, context: BrowserContext, here: str) -> None:
    """Reads the story, goes back in time, compares, and takes the list along."""
    page = desk.sign_in(context, desk.auditor)
    page.goto(f"{here}?show=everything")
    for words in ("took the request", "handed over", "reopened the request", "closed the request"):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("main")).not_to_contain_text("marisol@harbor.example")
    page.locator(".entry__more > summary").nth(1).click()
    page.locator("a:has-text('As it was then')").nth(1).click()
    expect(page.locator("main")).to_contain_text(re.compile("As it was", re.IGNORECASE))
    expect(page.locator("main form[action*='/reply/']")).to_have_count(0)
    page.goto(here)
    page.click("a:has-text('Compare versions')")
    expect(page.locator("main h1")).to_contain_text(re.compile("compar|version", re.IGNORECASE))
    page.goto(f"{desk.url}/requests/?status=closed")
    page.locator("summary:has-text('Export')").first.click()
    with page.expect_download() as download:
        page.click("a:has-text('CSV (UTF-8)')")
    assert "closed" in download.value.path().read_text()


def test_a_request_is_answered_with_the_keyboard_alone(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.goto(f"{desk.url}/requests/{desk.support_request.number}/")
    reach(page, page.locator("#reply-body"))
    page.keyboard.type("Sent with the keys.")
    reach(page, page.locator("form[action$='/reply/'] button").last)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Sent with the keys.")
    assert desk.complaints == []


def reach(page: Page, wanted: object) -> None:
    """Steps with the tab key until it has the focus; what has it must be seen to have it."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):  # type: ignore[attr-defined]
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    pytest.fail("the tab key does not lead there")
