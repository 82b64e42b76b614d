"""The bot: python-telegram-bot's, silent about its token."""

from __future__ import annotations

from collections.abc import Sequence

from telegram._utils.types import JSONDict
from telegram.error import InvalidToken
from telegram.ext import ExtBot

from bot.gateway.fates import LostAnswer
from bot.gateway.pacing import Priority


class PassalongBot(ExtBot[Priority]):
    """The bot, silent about its token, and able to fetch updates as they came."""

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
            TelegramError: anything but a list of updates came; see `fates.classify`.
        """
        data: JSONDict = {"timeout": poll_seconds, "allowed_updates": list(allowed_updates)}
        if offset is not None:
            data["offset"] = offset
        patience = (self._request[0].read_timeout or 0) + poll_seconds
        result = await self._do_post("getUpdates", data, read_timeout=patience)
        if not isinstance(result, list):
            raise LostAnswer("getUpdates brought something else than a list")
        return list(result)
