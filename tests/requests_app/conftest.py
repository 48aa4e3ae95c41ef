"""Who and what most tests of the desk begin with."""

from __future__ import annotations

import pytest

from requests_app.models import Entity, User
from tests import factories


@pytest.fixture
def entity() -> Entity:
    return factories.entity(code="US")


@pytest.fixture
def agent(entity: Entity) -> User:
    return factories.person("agent", entity, display_name="Ana Reyes")
