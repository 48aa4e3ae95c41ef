"""The admin site, which only shows: events, versions, and what other apps bring to it."""

from audit.admin.rows import ReadOnlyAdmin, VersionedAdmin
from audit.admin.sites import site
from audit.admin.trail import register_versions

__all__ = ["ReadOnlyAdmin", "VersionedAdmin", "register_versions", "site"]
