"""The admin site: events, versions, and what other apps bring to it, to look at; and edits."""

from audit.admin.edits import Edit, EditedAdmin, ReasonForm
from audit.admin.rows import ReadOnlyAdmin, VersionedAdmin
from audit.admin.sites import site
from audit.admin.trail import register_versions

__all__ = [
    "Edit",
    "EditedAdmin",
    "ReadOnlyAdmin",
    "ReasonForm",
    "VersionedAdmin",
    "register_versions",
    "site",
]
