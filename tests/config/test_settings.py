"""Production is secure unless told otherwise; local mode gives up https on this machine alone."""

from __future__ import annotations

import ast
import os
import runpy
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import local

PRODUCTION = {
    "SECRET_KEY": "pZ8!kq2Vw9xLr4Tn7Yb1Mc6Hd3Gf5Js0Ae" * 2,
    "ALLOWED_HOSTS": "desk.example.com, help.example.com",
    "DATABASE_URL": "postgresql://casetrail_app:x@db.example.com/casetrail",
}


def settings_from(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name in set(os.environ) - {"PATH", "HOME"}:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(local.PROJECT / "config" / "settings.py"))


def test_production_is_secure_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(PRODUCTION, monkeypatch)
    assert settings["DEBUG"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 31_536_000
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["X_FRAME_OPTIONS"] == "DENY"
    assert settings["SECURE_PROXY_SSL_HEADER"] is None
    assert settings["ALLOWED_HOSTS"] == ["desk.example.com", "help.example.com"]


def test_the_content_security_policy_allows_nothing_inline_and_no_other_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = settings_from(PRODUCTION, monkeypatch)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["default-src"] == ["'none'"]
    assert {source for sources in policy.values() for source in sources} == {"'none'", "'self'"}


def test_an_empty_environment_is_refused_even_where_a_local_folder_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL is not set"):
        settings_from({}, monkeypatch)


def test_local_mode_answers_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"CASETRAIL_LOCAL": "true", "DATABASE_URL": PRODUCTION["DATABASE_URL"]}
    settings = settings_from(values, monkeypatch)
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["DEBUG"] is False
    assert settings["SESSION_COOKIE_SECURE"] is False
    assert len(settings["SECRET_KEY"]) >= 50


def test_owner_and_sealer_are_absent_unless_their_urls_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_from(PRODUCTION, monkeypatch)
    assert settings["OWNER_DATABASE"] is None
    assert settings["SEALER_DATABASE"] is None


def test_the_owner_has_a_connection_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://casetrail_owner:y@db.example.com/casetrail"
    settings = settings_from({**PRODUCTION, "MIGRATE_DATABASE_URL": url}, monkeypatch)
    assert settings["OWNER_DATABASE"]["USER"] == "casetrail_owner"
    assert settings["DATABASES"]["default"]["USER"] == "casetrail_app"


def test_attachments_lie_outside_everything_that_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folders = {"STATIC_ROOT": "/srv/static", "ATTACHMENTS_ROOT": "/srv/static/files"}
    with pytest.raises(ImproperlyConfigured, match="ATTACHMENTS_ROOT is /srv/static/files"):
        settings_from({**PRODUCTION, **folders}, monkeypatch)


def test_a_limit_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="ATTACHMENT_MAX_BYTES is 0; it must be 1 or"):
        settings_from({**PRODUCTION, "ATTACHMENT_MAX_BYTES": "0"}, monkeypatch)


def test_no_setting_is_given_twice() -> None:
    """The second would win in silence."""
    source = (local.PROJECT / "config" / "settings.py").read_text()
    given = [
        name.id
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for name in statement.targets
        if isinstance(name, ast.Name)
    ]
    assert len(given) > 50
    assert sorted(given) == sorted(set(given))


def test_the_worker_knows_every_module_of_tasks() -> None:
    """Those of apps are found by themselves, those of packages within must be named."""
    named = {path.replace(".", "/") for path in settings.PROCRASTINATE_IMPORT_PATHS}
    within = {
        str(path.relative_to(local.PROJECT).with_suffix(""))
        for path in (local.PROJECT / "requests_app").rglob("*/tasks.py")
    }
    assert "requests_app/mail/tasks" in within
    assert named == within - {"requests_app/tasks"}
