"""No model of the product may be deleted: neither by what it declares nor by the role's rights."""

from __future__ import annotations

import psycopg
import pytest
from django.apps import apps
from psycopg import sql

from audit import triggers
from audit.triggers import Pair
from tests.audit import sessions


def of_the_product() -> list[Pair]:
    """All but the models that only these tests have."""
    here = set(apps.get_app_config("recorder_models").get_models())
    return [pair for pair in triggers.pairs() if apps.get_model(pair.label) not in here]


PRODUCT = pytest.mark.parametrize("pair", of_the_product(), ids=lambda pair: pair.live)


def test_the_product_has_versioned_models() -> None:
    apps_of = {pair.label.partition(".")[0] for pair in of_the_product()}

    assert apps_of == {"audit", "requests_app", "finance"}


@PRODUCT
def test_no_model_of_the_product_allows_deleting(pair: Pair) -> None:
    assert "delete" not in pair.allow


@PRODUCT
@pytest.mark.usefixtures("committed")
def test_the_application_may_not_delete_even_under_an_event(pair: Pair) -> None:
    delete = sql.SQL("DELETE FROM {}").format(sql.Identifier("public", pair.live))

    with sessions.open("app", application_name="casetrail test") as session:
        session.execute("SELECT audit_open('parent.changed', 'Ana')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(delete)
