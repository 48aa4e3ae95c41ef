"""People, entities, customers, requests and all that belongs to them, shown on the admin site."""

from audit.admin import register_versions
from requests_app.admin import lookups, people, policies, records
from requests_app.admin.rows import EntityAdmin
from requests_app.models import ApprovalLimit, ApprovalPolicy, Delegation, RoleGrant

__all__ = ["EntityAdmin", "lookups", "people", "policies", "records"]

register_versions(
    "requests_app",
    {
        RoleGrant: ("person", "entity"), ApprovalPolicy: ("entity",),
        ApprovalLimit: ("person", "entity"), Delegation: ("giver", "taker", "entity"),
    },
)  # fmt: skip
