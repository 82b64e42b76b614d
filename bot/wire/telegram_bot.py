"""The bot: python-telegram-bot's, silent about its token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from telegram.error import InvalidToken
from telegram.ext import ExtBot

from bot.wire.errors import LostAnswer
from bot.wire.pacing import Priority
from bot.wire.ptb import JSONDict, call_method, find_poll_patience


class PassalongBot(ExtBot[Priority]):
    """The bot, silent about its token, able to fetch updates as they came and to post without building objects."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"PassalongBot[id={self.token.partition(':')[0]}]"

    async def initialize(self) -> None:
        """Ask Telegram who we are; the base class's words for a refused token hold the token."""
        try:
            await super().initialize()
        except InvalidToken as error:
            said = str(error.__cause__ or "no reason given")
        else:
            return
        raise InvalidToken(f"Telegram refuses the bot's token ({said})")

    async def fetch_updates(
        self, *, offset: int | None, poll_seconds: int, allowed_updates: Sequence[str]
    ) -> list[object]:
        """One long poll: updates as raw JSON values, oldest first.

        Raises:
            TelegramError: anything but a list of updates came; see `failures.classify`.
        """
        data: JSONDict = {"timeout": poll_seconds, "allowed_updates": list(allowed_updates)}
        if offset is not None:
            data["offset"] = offset
        patience = find_poll_patience(self) + poll_seconds
        result = await call_method(self, "getUpdates", data, read_timeout=patience)
        if not isinstance(result, list):
            raise LostAnswer("getUpdates brought something else than a list")
        return list(result)

    async def post_raw(
        self,
        method: str,
        parameters: Mapping[str, object],
        *,
        priority: Priority = Priority.INTERACTIVE,
        on_start: Callable[[], None] | None = None,
    ) -> JSONDict:
        """Call a method that returns an object, and return that as JSON; no defaults are added.

        Args:
            method: Such as sendMessage.
            parameters: Of simple types, or keyboards; what is nested may be JSON text.
            priority: Who goes first at the gate.
            on_start: Called as the request leaves the gate: until then nothing was sent for sure.

        Raises:
            TelegramError: see `failures.classify`.
        """

        async def call() -> bool | JSONDict | list[JSONDict]:
            if on_start is not None:
                on_start()
            return cast("JSONDict", await call_method(self, method, parameters))

        gate = self.rate_limiter
        through_gate = gate and gate.process_request(call, (), {}, method, dict(parameters), priority)
        result = await (through_gate or call())
        if not isinstance(result, dict):
            raise LostAnswer(f"{method} brought something else than an object")
        return result
