"""A database with real commits for the tests of one module, and the people who act in it.

Django is not set up yet when this file is read, so what needs it is imported inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

from tests import database

if TYPE_CHECKING:
    from audit.actors import Actor
    from tests.audit.shapes import Project
    from tests.recorder_models.models import Parent


@pytest.fixture(scope="module")
def committed(
    django_db_setup: None, databases: database.Databases, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Like own_database, but shared by a module, whose tests each make rows of their own."""
    with django_db_blocker.unblock(), databases.fresh() as name:
        yield name


@pytest.fixture
def ana(committed: str) -> Actor:
    return new_person()


@pytest.fixture
def ben(committed: str) -> Actor:
    return new_person()


@pytest.fixture
def parent(committed: str) -> Parent:
    from audit.recording import recording
    from tests import factories
    from tests.recorder_models.models import Parent

    with recording("parent.changed", by=factories.TESTER):
        return Parent.objects.create(name="as it was")


def new_person() -> Actor:
    from audit import actors
    from tests import factories

    return actors.user(factories.person())


@pytest.fixture(scope="module")
def shaped(
    databases: database.Databases,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """The first shape, migrated."""
    from tests.audit.shapes import HISTORY, NAME, SIZE, Project

    with django_db_blocker.unblock(), databases.fresh() as name:
        project = Project.new(tmp_path_factory.mktemp("shapes"), name)
        project.models(NAME, SIZE, HISTORY)
        assert project.migrate() == []
        yield project


@pytest.fixture
def project(shaped: Project, databases: database.Databases, tmp_path: Path) -> Iterator[Project]:
    """A copy of it for one test, in which one thing stands."""
    from tests.audit.shapes import NEW

    name = f"{shaped.database}_{tmp_path.parent.name}_{tmp_path.name}"[-60:].lower()
    name = f"{database.PREFIX}{name}"[:60]
    databases.create(name, template=shaped.database)
    copy = shaped.copy(tmp_path / "project", name)
    copy.write(NEW)
    yield copy
    databases.drop(name)
