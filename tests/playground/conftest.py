from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[Bot]:
    """python-telegram-bot's own bot, over HTTP."""
    request = HTTPXRequest(read_timeout=5)
    async with Bot(
        telegram.token,
        base_url=telegram.base_url,
        base_file_url=telegram.base_file_url,
        request=request,
        get_updates_request=HTTPXRequest(read_timeout=5),
    ) as local:
        yield local
