"""What somebody is to the shop."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the shop; whoever has no row in `role` is a member."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"
    MEMBER = "member"
