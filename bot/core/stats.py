"""The figures of word of mouth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Growth:
    """K = invitations per member x conversion of an invitation; above 1 every member brings another."""

    members: int
    invitations: int
    joins: int

    @property
    def invitations_per_member(self) -> float:
        """Cards and codes taken, a member."""
        return self.invitations / self.members if self.members else 0.0

    @property
    def conversion(self) -> float:
        """Members who came by an invitation, an invitation taken."""
        return self.joins / self.invitations if self.invitations else 0.0

    @property
    def k(self) -> float:
        """The product of both."""
        return self.invitations_per_member * self.conversion
