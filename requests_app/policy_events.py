"""The event kinds of policies, limits and delegations, and how they read."""

from __future__ import annotations

from audit import kinds
from audit.kinds import Explanation as Means
from audit.kinds import Kind


def register() -> None:
    kinds.register(*policies(), *powers())
    kinds.explain(meanings())


def policies() -> tuple[Kind, ...]:
    return (
        Kind("policy.drafted", "Policy drafted", "drafted the policy", "plus"),
        Kind("policy.changed", "Draft of a policy changed", "changed the draft of the policy",
             "edit"),
        Kind("policy.proposed", "Policy proposed", "proposed the policy", "clock",
             needs_reason=True),
        Kind("policy.approved", "Policy approved", "approved the policy", "check",
             needs_reason=True),
        Kind("policy.declined", "Policy declined", "declined the policy", "x", needs_reason=True),
    )  # fmt: skip


def powers() -> tuple[Kind, ...]:
    return (
        Kind("limit.set", "Limit set", "set the limit", "flag", needs_reason=True),
        Kind("limit.ended", "Limit ended", "ended the limit", "minus", needs_reason=True),
        Kind("delegation.given", "Delegation given", "delegated approvals", "swap",
             needs_reason=True),
        Kind("delegation.revoked", "Delegation revoked", "revoked the delegation", "undo",
             needs_reason=True),
    )  # fmt: skip


def meanings() -> dict[str, Means]:
    return {
        "policy.proposed": Means(
            "Its rules never change from then on; the detail counts what differs from the one "
            "before.", ("previous", "added", "removed", "changed"),
        ),
        "policy.approved": Means(
            "By somebody who neither wrote on it nor proposed it; the one before is superseded."
        ),
        "policy.declined": Means("It is kept as it was and never takes effect."),
        "limit.set": Means("What a person, or whoever holds a role, may approve at most."),
        "delegation.given": Means("The taker approves for the giver; both names go on record."),
        "delegation.revoked": Means("It ends at once, and is not given again by this row."),
    }  # fmt: skip
