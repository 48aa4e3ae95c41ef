"""Who keeps the approval policies, sets limits and stands in for others, by role in the entity."""

from __future__ import annotations

from collections.abc import Iterable

from audit.actors import Actor
from requests_app import people, policies, rights
from requests_app.models import Entity, Role
from requests_app.rights import Right

KEEPS_POLICIES = frozenset({Role.CONTROLLER, Role.EXECUTIVE})
SETS_LIMITS = frozenset({Role.CONTROLLER, Role.EXECUTIVE})
APPROVES = frozenset(Role(role) for role in policies.APPROVERS)
# Who posts, pays or audits decides nothing, in nobody's name.
NEVER_DECIDES = frozenset({Role.ACCOUNTANT, Role.TREASURER, Role.AUDITOR})
RIGHTS = (
    Right("keep_policies", "Draft, propose and approve who must approve what", KEEPS_POLICIES,
          "Never approve what they wrote on or proposed themselves."),
    Right("set_limits", "Say what others may approve at most", SETS_LIMITS,
          "Never their own limit, nor that of a role they hold."),
    Right("delegate", "Let a colleague approve for them while they are away", APPROVES,
          "For 30 days at most, never handed on."),
)  # fmt: skip


def register() -> None:
    rights.register(*RIGHTS)


def why_not(by: Actor, entity: Entity, roles: Iterable[Role], doing: str) -> str:
    """Why this actor may not; empty if they may. It takes a person: no command decides about who
    decides."""
    if by.person is None:
        return f"{doing} takes a person."
    allowed = frozenset(roles)
    if people.roles_in(by.person, entity.pk) & allowed:
        return ""
    names = " or ".join(sorted(str(role.label).lower() for role in allowed))
    return f"{doing} in {entity.code} needs the role {names} there."
