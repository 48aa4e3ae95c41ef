"""Settings come from the environment; whatever is missing or wrong is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, refuse_if_wrong

APP = {"role": "casetrail_app", "pool": False, "server_side_cursors": True, "idle_timeout": 60}
GOOD_KEY = "pZ8!kq2Vw9xLr4Tn7Yb1Mc6Hd3Gf5Js0Ae" * 2


def test_every_missing_value_is_named_in_one_message_with_an_example() -> None:
    env = Environment({})
    env.secret_key()
    env.words("ALLOWED_HOSTS", example="desk.example.com")
    env.database("DATABASE_URL", **APP)
    with pytest.raises(ImproperlyConfigured) as refusal:
        refuse_if_wrong(env)
    message = str(refusal.value)
    assert "SECRET_KEY=$(openssl" in message
    assert "ALLOWED_HOSTS=desk.example.com" in message
    assert "DATABASE_URL=postgresql://casetrail_app:PASSWORD@" in message


def test_nothing_is_refused_when_nothing_is_wrong() -> None:
    env = Environment({"SECRET_KEY": GOOD_KEY})
    assert env.secret_key() == GOOD_KEY
    refuse_if_wrong(env)


@pytest.mark.parametrize("key", ["tiny", "a" * 80, "django-insecure-" + GOOD_KEY, "changeme" * 9])
def test_a_short_or_placeholder_secret_key_is_refused(key: str) -> None:
    env = Environment({"SECRET_KEY": key})
    env.secret_key()
    assert "openssl rand" in env.faults[0]
    assert key not in env.faults[0]


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(GOOD_KEY + "\n")
    env = Environment({"SECRET_KEY_FILE": str(tmp_path / "key")})
    assert env.secret_key() == GOOD_KEY
    assert env.faults == []


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    env = Environment({"SECRET_KEY_FILE": str(tmp_path / "none")})
    env.required("SECRET_KEY", "x")
    assert str(tmp_path / "none") in env.faults[0]


def test_a_value_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("one")
    env = Environment({"NAME": "two", "NAME_FILE": str(tmp_path / "key")})
    env.text("NAME")
    assert "both set" in env.faults[0]


@pytest.mark.parametrize("value", ["True", "1", "yes", "on"])
def test_a_boolean_other_than_true_or_false_is_refused(value: str) -> None:
    env = Environment({"DEBUG": value})
    assert env.boolean("DEBUG", default=False) is False
    assert "must be true or false" in env.faults[0]


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), ("", True)])
def test_a_boolean_is_true_false_or_its_default(value: str, *, expected: bool) -> None:
    assert Environment({"X": value}).boolean("X", default=True) is expected


@pytest.mark.parametrize("value", ["ten", "-1", "1.5", "٣"])
def test_a_number_that_is_not_whole_is_refused(value: str) -> None:
    env = Environment({"WEB_THREADS": value})
    assert env.integer("WEB_THREADS", default=4) == 4
    assert "whole number" in env.faults[0]


def test_a_database_url_becomes_django_settings() -> None:
    url = "postgresql://app:p%40ss@db.example:6543/case%20trail?sslmode=verify-full"
    settings = Environment({"DATABASE_URL": url}).database("DATABASE_URL", **APP)
    assert (settings["USER"], settings["PASSWORD"]) == ("app", "p@ss")
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "6543")
    assert settings["NAME"] == "case trail"
    assert settings["OPTIONS"]["sslmode"] == "verify-full"


def test_a_socket_folder_with_a_space_survives_in_a_database_url() -> None:
    url = "postgresql://app:x@/casetrail?host=%2Fsrv%2Fmy%20desk"
    assert Environment({"U": url}).optional_database("U")["HOST"] == "/srv/my desk"


def test_the_server_ends_a_forgotten_transaction_of_the_application() -> None:
    env = Environment({"DATABASE_URL": "postgresql://app@db/casetrail"})
    options = env.database("DATABASE_URL", **APP)["OPTIONS"]
    assert "idle_in_transaction_session_timeout=60s" in options["options"]


def test_the_url_has_the_last_word_on_the_memory_of_a_query() -> None:
    given = "postgresql://app@db/casetrail?options=-c%20work_mem%3D8MB"
    env = Environment({"DATABASE_URL": given})
    told = env.database("DATABASE_URL", **APP)["OPTIONS"]["options"]
    assert told.index("work_mem=32MB") < told.index("work_mem=8MB")


def test_a_pool_and_connections_kept_open_exclude_each_other() -> None:
    env = Environment({"DATABASE_URL": "postgresql://app@db/casetrail"})
    settings = env.database("DATABASE_URL", **{**APP, "pool": True})
    assert settings["OPTIONS"]["pool"] is True
    assert settings["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize(
    "url", ["mysql://root:hunter2@db/x", "hunter2", "postgresql://:hunter2@", "postgresql://h/%zz"]
)
def test_a_url_that_is_not_postgresql_is_refused_without_repeating_it(url: str) -> None:
    env = Environment({"DATABASE_URL": url})
    env.database("DATABASE_URL", **APP)
    assert "DATABASE_URL is not a PostgreSQL URL" in env.faults[0]
    assert "hunter2" not in env.faults[0]
