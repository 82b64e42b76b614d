"""Having something for points: the reference that is shown at the counter, and what may become of it when."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto

from storage.facts import RedemptionState

REFERENCE_LENGTH = 8
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what looks like another sign, and without U, so that it spells nothing: 8 of 30 are 39 bits, and only the team
can try one."""

USE_PREFIX = "use_"
"""How the start payload behind the code at the counter begins; no member's code has an underscore."""

UNDO_SECONDS = 120
"""For so long the counter can take back that it has handed something out."""

_LOOKS_LIKE = str.maketrans({"0": "Q", "O": "Q", "I": "J", "1": "J", "L": "J", "U": "V"})
_NOISE = re.compile(r"[\s\-_.·]+")


class Use(Enum):
    """What the counter can do with a reference."""

    READY = auto()
    USED = auto()
    """It was handed out already."""
    OVER = auto()
    """Its time is over, and the points are back."""
    UNPAID = auto()
    """Its member has not said yes yet."""


def compose_reference(draw: Callable[[str], str]) -> str:
    """A new reference: each sign by `draw(REFERENCE_ALPHABET)`."""
    return "".join([draw(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH)])


def show_reference(reference: str) -> str:
    """As people read it: `K7F3-9QXM`."""
    return f"{reference[:4]}-{reference[4:]}"


def parse_reference(text: str) -> str | None:
    """Read a reference however it was typed: small letters, gaps, signs that look alike; None for what is none."""
    link = re.search(rf"{USE_PREFIX}(\w+)", text)
    typed = _NOISE.sub("", link[1] if link else text).upper().translate(_LOOKS_LIKE)
    fits = len(typed) == REFERENCE_LENGTH and all(sign in REFERENCE_ALPHABET for sign in typed)
    return typed if fits else None


def decide_use(state: RedemptionState, expires_at: int, now: int) -> Use:
    """What can be done with it at the counter now."""
    if state is RedemptionState.USED:
        return Use.USED
    if state is RedemptionState.REDEEMED and now < expires_at:
        return Use.READY
    return Use.UNPAID if state is RedemptionState.RESERVED and now < expires_at else Use.OVER


def decide_undo(used_at: int | None, now: int) -> bool:
    """Whether what was handed over at that moment can still be taken back."""
    return used_at is not None and now < used_at + UNDO_SECONDS * 1_000_000
