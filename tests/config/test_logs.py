"""In production each line of the log is one JSON object, wherever it comes from."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import structlog

from config import logs


def line(record: logging.LogRecord, *, readable: bool = False) -> str:
    form = logs.configuration(readable=readable, level="INFO")["formatters"]["lines"]
    make = form.pop("()")
    return make(**form).format(record)


def record(message: str, *arguments: object, error: Any = None) -> logging.LogRecord:
    return logging.LogRecord("some.library", logging.WARNING, "", 1, message, arguments, error)


def test_a_line_of_any_library_is_one_json_object() -> None:
    text = line(record("two\nlines from %s", "here"))
    assert "\n" not in text
    parsed = json.loads(text)
    assert parsed["event"] == "two\nlines from here"
    assert (parsed["level"], parsed["logger"]) == ("warning", "some.library")


def test_a_line_carries_the_id_of_the_http_request_it_belongs_to() -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc-123-def"):
        assert json.loads(line(record("slow")))["request_id"] == "abc-123-def"


def test_a_traceback_stays_within_its_line() -> None:
    try:
        raise ValueError("no such entity")
    except ValueError:
        text = line(record("failed", error=sys.exc_info()))
    assert "ValueError: no such entity" in json.loads(text)["exception"]


def test_a_value_that_json_does_not_know_is_written_as_text() -> None:
    assert json.loads(line(record("kept %s", {1, 2})))["event"] == "kept {1, 2}"


def test_local_lines_are_for_people() -> None:
    assert "kept" in line(record("kept"), readable=True)
