"""Every HTTP request has one correlation id, in its answer and in every line logged for it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from structlog.contextvars import get_contextvars

from audit.middleware import correlation


def answer(**headers: str) -> tuple[HttpRequest, HttpResponse]:
    request = RequestFactory().get("/requests/", headers=headers)
    response = correlation(lambda _request: HttpResponse(get_contextvars()["request_id"]))(request)
    return request, response


def test_a_request_without_an_id_gets_one() -> None:
    _request, response = answer()
    assert uuid.UUID(response["X-Request-ID"]).version == 4


def test_a_sane_id_from_a_proxy_of_ours_is_kept(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    request, response = answer(**{"X-Request-ID": "proxy-0123.AB_c"})
    assert request.correlation_id == response["X-Request-ID"] == "proxy-0123.AB_c"


def test_a_client_cannot_choose_the_id_of_somebody_else() -> None:
    _request, response = answer(**{"X-Request-ID": "proxy-0123.AB_c"})
    assert uuid.UUID(response["X-Request-ID"])


@pytest.mark.parametrize(
    "claimed", ["short", "x" * 65, "evil\r\nSet-Cookie", "a b c d e f", "é" * 9]
)
def test_an_id_that_is_not_sane_is_replaced(claimed: str, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    _request, response = answer(**{"X-Request-ID": claimed})
    assert uuid.UUID(response["X-Request-ID"])


def test_what_is_logged_meanwhile_carries_the_id_and_nothing_afterwards_does() -> None:
    _request, response = answer()
    assert response.content.decode() == response["X-Request-ID"]
    assert "request_id" not in get_contextvars()


def test_one_line_is_logged_per_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="http"):
        answer()
    (record,) = caplog.records
    line: Any = record.msg
    assert (line["method"], line["path"], line["status"]) == ("GET", "/requests/", 200)
    assert line["ms"] >= 0


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_a_method_that_no_page_knows_is_turned_away(method: str, client: Client) -> None:
    response = getattr(client, method)("/requests/new/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
