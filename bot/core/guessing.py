"""How often somebody may try a code that does not exist."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_SECONDS = 3600
MISSES_ALLOWED = 5

_WINDOW = WINDOW_SECONDS * 1_000_000


@dataclass(frozen=True, slots=True)
class Guesses:
    """Unknown codes tried since `window_at`."""

    window_at: int
    misses: int


def decide_throttled(guesses: Guesses | None, now: int) -> bool:
    """Whether this person has to wait before another code is looked up."""
    return guesses is not None and now < guesses.window_at + _WINDOW and guesses.misses >= MISSES_ALLOWED


def compute_guesses(guesses: Guesses | None, now: int) -> Guesses:
    """The count after one more miss; an old window starts anew."""
    if guesses is None or now >= guesses.window_at + _WINDOW:
        return Guesses(now, 1)
    return Guesses(guesses.window_at, guesses.misses + 1)
