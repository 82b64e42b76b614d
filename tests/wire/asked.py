"""Telegram, as a bot that notes what it is asked and answers what the test says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from bot.wire.telegram_bot import PassalongBot

Call = tuple[str, tuple[object, ...], dict[str, object]]
"""A method, and what it was given by place and by name."""


class Asked:
    """Gives out its answers one by one, errors by raising them; a yes, once there are none left."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.calls: list[Call] = []

    def __getattr__(self, method: str) -> Callable[..., Awaitable[object]]:
        """Every method is there."""

        async def answer(*args: object, **named: object) -> object:
            self.calls.append((method, args, named))
            said = self.answers.pop(0) if self.answers else True
            if isinstance(said, Exception):
                raise said
            return said

        return answer

    @property
    def bot(self) -> PassalongBot:
        """For whoever asks."""
        return cast("PassalongBot", self)
