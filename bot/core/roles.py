"""Who may do what: every question of authority is decided here, and closed unless it says otherwise."""

from __future__ import annotations

from storage.role import Role

Roles = frozenset[Role]

OWNERS: Roles = frozenset({Role.OWNER})
MANAGERS: Roles = OWNERS | {Role.MANAGER}
TEAM: Roles = MANAGERS | {Role.STAFF}
EVERYBODY: Roles = TEAM | {Role.MEMBER}

TEAM_PREFIX = "team-"
"""How the start payload of a link into the team begins; no code has a hyphen there."""


def decide_allowed(role: Role, roles: Roles) -> bool:
    """Whether somebody of that role may do what is open to `roles`; nobody may what is open to none."""
    return role in roles


def decide_higher(role: Role, other: Role) -> bool:
    """Whether a role may do more than another."""
    order = list(Role)
    return order.index(role) < order.index(other)
