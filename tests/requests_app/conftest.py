"""The entity and the agent of most tests here. Imports wait until Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from requests_app.models import Entity, User


@pytest.fixture
def entity() -> Entity:
    from tests import factories

    return factories.entity(code="US")


@pytest.fixture
def agent(entity: Entity) -> User:
    from tests import factories

    return factories.person("agent", entity, display_name="Ana Reyes")
