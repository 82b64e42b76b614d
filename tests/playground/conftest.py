from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.playground.calling import Caller, open_caller
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[Bot]:
    """python-telegram-bot's own bot, over HTTP."""
    async with Bot(
        telegram.token,
        base_url=telegram.base_url,
        base_file_url=telegram.base_file_url,
        request=HTTPXRequest(),
        get_updates_request=HTTPXRequest(),
    ) as local:
        yield local


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    """Raw calls to a Telegram of their own, where breaches of the contract are looked at, not failed on."""
    async with open_caller() as own:
        yield own
