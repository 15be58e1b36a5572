"""The tenant and what guards it."""

from .access import ApiKey, Membership, Role
from .audit import AuditEntry
from .notification import Level, Notification
from .preference import Preference
from .vault import Secret, SecretVersion, TestOutcome
from .workspace import Workspace, WorkspaceQuerySet

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Level",
    "Membership",
    "Notification",
    "Preference",
    "Role",
    "Secret",
    "SecretVersion",
    "TestOutcome",
    "Workspace",
    "WorkspaceQuerySet",
]
