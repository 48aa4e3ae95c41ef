"""Signing in with a second step in a real browser: with the app, and with a recovery code."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from requests_app.models import User
from tests import accounts, factories
from tests.browser.desk import Desk, faults

pytestmark = pytest.mark.browser


def entering(browser: Browser, desk: Desk, person: User) -> Page:
    page = browser.new_context().new_page()
    page.on("console", lambda said: desk.hear(said.type, said.text))
    page.goto(f"{desk.url}/sign-in/?next=/roles/")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", accounts.PASSWORD)
    page.click("main button")
    expect(page.locator("#id_code")).to_be_focused()
    return page


def test_a_person_sets_up_the_app_and_signs_in_with_it(browser: Browser, desk: Desk) -> None:
    page = desk.sign_in(browser.new_context(), desk.agent)
    page.goto(f"{desk.url}/profile/second-factor/app/")
    page.fill("[name=password]", accounts.PASSWORD)
    page.click("main button")
    secret = page.locator(".factor__secret").inner_text().replace(" ", "")
    page.fill("[name=code]", accounts.code(secret, -1))
    page.keyboard.press("Enter")
    expect(page.locator(".codes code")).to_have_count(10)

    page = entering(browser, desk, desk.agent)
    assert faults(page) == []
    page.fill("#id_code", accounts.code(secret))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.url}/roles/")


def test_a_recovery_code_lets_in_once(browser: Browser, desk: Desk) -> None:
    person = factories.person("agent", desk.support_request.entity)
    _, _, codes = accounts.with_factor(person)
    page = entering(browser, desk, person)
    page.fill("#id_code", codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.url}/roles/")

    page = entering(browser, desk, person)
    page.fill("#id_code", codes[0])
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
