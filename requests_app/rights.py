"""What each role may do, told from the very sets that the services ask."""

from __future__ import annotations

from dataclasses import dataclass

from requests_app import people
from requests_app.models import Role


@dataclass(frozen=True)
class Right:
    name: str
    sentence: str
    roles: frozenset[Role]
    remark: str = ""


EVERYBODY = frozenset(Role)
SHOWN = frozenset(role for role, how in people.PERSONAL_DATA.items() if how == people.SHOWN)
FOR_A_PURPOSE = frozenset(role for role, how in people.PERSONAL_DATA.items() if how != people.NEVER)
RIGHTS = (
    Right("look", "See the requests of the entity, their messages and trails", EVERYBODY,
          "Each look is recorded."),
    Right("export", "Take a list of requests away as a file", EVERYBODY, "Recorded with its hash."),
    Right("colleagues", "See who works in the entity, and as what", EVERYBODY),
    Right("work", "Open and work on requests", people.WORKS_ON_REQUESTS),
    Right("be_assigned", "Be given requests", people.WORKS_ON_REQUESTS),
    Right("redact", "Redact what should never have been written", people.REDACTS,
          "It leaves a tombstone with the reason."),
    Right("arrange", "Arrange due dates, calendars and rules", people.ARRANGES,
          "Each change has its reason."),
    Right("see_customers", "See who customers are", SHOWN, "Others see a pseudonym."),
    Right("reveal", "Have personal data shown for a purpose", FOR_A_PURPOSE,
          "The purpose goes on record; it ends by itself."),
    Right("correct_customers", "Correct names and addresses of customers",
          people.CORRECTS_CUSTOMERS),
    Right("merge_customers", "Merge customers, and undo it", people.MERGES_CUSTOMERS,
          "With a reason."),
    Right("trail", "Read the whole trail of the entity, and the admin site", people.READS_TRAIL),
    Right("accounts", "See sign-ins, sessions and past roles of colleagues", people.READS_TRAIL),
    Right("people", "Add people, give and end roles, deactivate accounts", people.ADMINISTERS,
          "Never their own. An account with roles in several entities takes an administrator of "
          "each."),
    Right("operate", "Open the management page, and try failed jobs again", people.ADMINISTERS),
)  # fmt: skip


_further: list[Right] = []


def register(*rights: Right) -> None:
    """What another app lets roles do."""
    _further.extend(right for right in rights if right not in _further)


def every() -> tuple[Right, ...]:
    return (*RIGHTS, *_further)


def of_role(role: str) -> list[Right]:
    return [right for right in every() if role in right.roles]


def matrix() -> list[tuple[Right, list[tuple[Role, bool]]]]:
    """Each right, and for each role whether it has it."""
    return [(right, [(role, role in right.roles) for role in Role]) for right in every()]
