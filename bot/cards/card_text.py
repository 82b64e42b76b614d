"""What a card says to everybody alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """The words and the look that are the same for all members: one template is kept per face."""

    brand: str
    headline: str
    story: str
    """One to three sentences."""
    offer: str
    """What the friend gets, in a few words."""
    invited_by: str
    """The phrase around the inviter's name, with `{name}` in it."""
    invited_without_name: str
    """The phrase for an inviter without a name, or whose script no font of the card covers."""
    scan_hint: str
    language: str
    """`en`, `id` or `zh`."""
    theme: str
    """The name of a file in assets/themes, without its ending."""

    def split_invitation(self) -> tuple[str, str]:
        """The words before and after the name."""
        before, _, after = self.invited_by.partition("{name}")
        return before.strip(), after.strip()
