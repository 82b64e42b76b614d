"""Who may do what: every question of authority is decided here, and closed unless it says otherwise."""

from __future__ import annotations

from storage.role import Role

Roles = frozenset[Role]

OWNERS: Roles = frozenset({Role.OWNER})
MANAGERS: Roles = OWNERS | {Role.MANAGER}
TEAM: Roles = MANAGERS | {Role.STAFF}
EVERYBODY: Roles = TEAM | {Role.MEMBER}


def decide_allowed(role: Role, roles: Roles) -> bool:
    """Whether somebody of that role may do what is open to `roles`; nobody may what is open to none."""
    return role in roles
