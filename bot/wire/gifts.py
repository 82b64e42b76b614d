"""Sending Telegram gifts that members have earned: looked at before, claimed, and never sent again by themselves."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from telegram.error import TelegramError

from bot.core.gifts import WORDS_LIMIT, Accepted, Offer, decide_trouble, parse_accepted, parse_offers, read_refusal
from bot.messages.gifts import say_gift_words
from bot.messages.texts import Texts
from bot.services.gifts import sending
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.pacing import Priority
from bot.wire.snapshot import Snapshots
from bot.wire.stars import ask_balance
from bot.wire.telegram_bot import PassalongBot
from storage.gift import DueGift, Trouble
from storage.store import Store

logger = logging.getLogger(__name__)

PAGE = 20
_UNSENT = frozenset(
    {FailureKind.NOT_SENT, FailureKind.FLOOD, FailureKind.TOKEN_BAD, FailureKind.CONFLICT, FailureKind.MIGRATED}
)
"""Telegram certainly did nothing, and may do it another time."""


@dataclass(slots=True)
class _Till:
    """What the bot can give."""

    offers: Mapping[str, Offer]
    balance: int
    """Stars."""


async def send_gifts(bot: PassalongBot, snapshots: Snapshots, store: Store) -> None:
    """Send what is due. What Telegram cannot say now is asked again at the next run."""
    if await store.read(sending.is_interrupted):
        await store.write(sending.give_up)
    due = await store.read(sending.list_due, limit=PAGE)
    if not due:
        return
    try:
        till = await _open_till(bot)
        for each in due:
            await _give(bot, snapshots, store, till, each)
    except TelegramError as error:
        logger.warning("Gifts cannot be sent now: %s", classify(error).text)


async def _open_till(bot: PassalongBot) -> _Till:
    offers = parse_offers(await bot.post_raw("getAvailableGifts", {}, priority=Priority.ERRAND))
    return _Till(offers=offers, balance=await ask_balance(bot, priority=Priority.ERRAND))


async def _give(bot: PassalongBot, snapshots: Snapshots, store: Store, till: _Till, due: DueGift) -> None:
    """Look whether it can be sent, claim it, send it, note what came of it.

    Raises:
        TelegramError: before it was claimed, Telegram could not be asked.
    """
    offer, accepted = till.offers.get(due.gift), await _ask_accepted(bot, due)
    trouble = Trouble.UNREACHABLE if accepted is None else decide_trouble(offer, accepted, till.balance)
    stars = offer.stars if offer is not None else 0
    if trouble is not Trouble.NONE:
        await store.write(sending.note_trouble, due, trouble, stars=stars)
        return
    texts = Texts(await store.read(sending.choose_language, due))
    words = say_gift_words(texts, snapshots.current.shop)[:WORDS_LIMIT]
    if not await store.write(sending.claim, due, stars=stars):
        return
    left: list[bool] = []
    try:
        await bot.give_gift(due.telegram_id, due.gift, words, on_leave=lambda: left.append(True))
    except Exception as error:  # noqa: BLE001 -- every error is classified
        await _face(store, till, due, classify(error), stars=stars, left=bool(left))
        return
    till.balance -= stars
    await store.write(sending.note_sent, due.grant_id)


async def _ask_accepted(bot: PassalongBot, due: DueGift) -> Accepted | None:
    """Which gifts somebody takes; None where Telegram finds nobody."""
    try:
        chat = await bot.post_raw("getChat", {"chat_id": due.telegram_id}, priority=Priority.ERRAND)
    except TelegramError as error:
        if classify(error, due.telegram_id).kind in {FailureKind.BLOCKED, FailureKind.REFUSED}:
            return None
        raise
    return parse_accepted(chat)


async def _face(store: Store, till: _Till, due: DueGift, failure: Failure, *, stars: int, left: bool) -> None:
    """Draw the conclusion from a failure: what Telegram has refused was not sent, what it has not answered may have been."""
    logger.warning("A gift could not be sent (%s): %s", failure.kind, failure.text)
    if failure.kind in _UNSENT or not left:
        await store.write(sending.note_trouble, due, Trouble.NONE, error=failure.text, stars=stars)
    elif failure.kind is FailureKind.UNKNOWN:
        till.balance -= stars
        await store.write(sending.note_doubt, due.grant_id, error=failure.text)
    else:
        await store.write(sending.note_trouble, due, read_refusal(failure.text), error=failure.text, stars=stars)
