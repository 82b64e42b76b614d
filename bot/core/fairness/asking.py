"""A question that people answer at a glance: a named picture among others, or a sum in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from bot.core.durations import SECOND
from storage.records import ReferralId
from storage.review import Captcha

PICTURES = {
    "umbrella": "☂",
    "house": "🏠",
    "fish": "🐟",
    "apple": "🍎",
    "key": "🔑",
    "cat": "🐱",
    "tree": "🌳",
    "bicycle": "🚲",
    "clock": "⏰",
    "flower": "🌻",
    "boat": "⛵",
    "glasses": "👓",
}
"""By name, each told in every language; drawn by the font of signs."""

CHOICES, SUMS = 9, 8
"""Pictures, and numbers under a sum, to choose from."""

TRIES = 3
ANSWER_SECONDS = 600
"""For so long a question can be answered; then another can be asked for."""


class CaptchaKind(StrEnum):
    """How it is asked."""

    PICTURE = "picture"
    WORDS = "words"


Shuffle = Callable[[Sequence[str]], list[str]]
"""In an order that nobody can foresee."""


def compose_captcha(referral_id: ReferralId, kind: CaptchaKind, *, shuffle: Shuffle, tries: int, now: int) -> Captcha:
    """A question of this kind."""
    question, choices, right = (_ask_picture if kind is CaptchaKind.PICTURE else _ask_sum)(shuffle)
    return Captcha(
        referral_id=referral_id,
        kind=kind,
        question=question,
        choices=tuple(choices),
        answer=choices.index(right),
        tries=tries,
        expires_at=now + ANSWER_SECONDS * SECOND,
    )


def _ask_picture(shuffle: Shuffle) -> tuple[str, list[str], str]:
    shown = shuffle([*PICTURES])[:CHOICES]
    wanted = shuffle(shown)[0]
    return wanted, shown, wanted


def _ask_sum(shuffle: Shuffle) -> tuple[str, list[str], str]:
    """Two numbers up to nine; what is right stands among what is near."""
    first, second = (int(each) for each in shuffle([str(number) for number in range(1, 10)])[:2])
    right = first + second
    near = [str(each) for each in range(max(1, right - 7), right + 8) if each != right]
    choices = shuffle([*shuffle(near)[: SUMS - 1], str(right)])
    return f"{first}+{second}", choices, str(right)
