"""Members are tagged in the community chat with what they have become."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from telegram.error import BadRequest, TelegramError

from bot.assets import ASSETS
from bot.campaign_file import load_campaign
from bot.core.campaigns.tiers import Tier
from bot.jobs.tagging import set_tags
from bot.services.campaigns.opening import Source, open_shop
from bot.wire.errors import Flooded, LostAnswer
from bot.wire.pacing import Priority
from storage import Store, Tx
from storage.records import PersonId
from storage.tables import honours
from storage.tables.honours import TagOwed
from tests.storage.cast import add_member
from tests.wire.asked import Asked, Call
from tests.wire.stage import store_url

__all__ = ["store_url"]

GROUP, NAME = -1001, "Friend of the house"


async def open_community(store: Store, *, chat: int | None = GROUP) -> None:
    """A shop with a community chat and a tier."""
    campaign = load_campaign(ASSETS / "campaigns" / "welcome.toml").campaign
    campaign = replace(campaign, tiers=(Tier(key="friend", friends=1, name={"en": NAME}),))
    await store.write(open_shop, Source(campaign=campaign), community_chat=chat, community_id=chat)


async def honour(store: Store, *numbers: int, tier: str = "friend") -> list[int]:
    """Members of these numbers become something, or are it no more; returns their Telegram ids."""

    def set_tier(tx: Tx, number: int) -> int:
        member = add_member(tx, number)
        honours.set_tier(tx, member.id, "friend", None)
        honours.set_tier(tx, member.id, tier, None)
        honours.owe_tag(tx, member.id)
        return 7_000_000_000 + number

    return [await store.write(set_tier, number) for number in numbers]


async def list_owed(store: Store) -> list[TagOwed]:
    """Who is still to be tagged."""
    return await store.read(honours.list_tags_owed, after=PersonId(0), limit=10)


def expect(telegram_id: int, tag: str = "Friend of the ho") -> Call:
    """What Telegram is asked for somebody: behind everybody who waits for an answer, and no longer than a tag may be."""
    return "set_chat_member_tag", (GROUP, telegram_id), {"tag": tag, "rate_limit_args": Priority.ERRAND}


async def test_each_is_tagged_once(store: Store) -> None:
    """A few each time; what the chat was told is remembered, so that the same is not told again."""
    telegram = Asked()
    await open_community(store)
    ids = await honour(store, 1, 2, 3)
    for _ in range(3):
        await set_tags(telegram.bot, store, limit=2)
    assert telegram.calls == [expect(each) for each in ids]
    await store.write(honours.owe_other_tag, PersonId(1), f"{GROUP}:Friend of the ho")
    assert await list_owed(store) == []


async def test_who_is_nothing_any_more_loses_the_tag(store: Store) -> None:
    """An empty tag takes it away."""
    telegram = Asked()
    await open_community(store)
    (telegram_id,) = await honour(store, 1, tier="")
    await set_tags(telegram.bot, store)
    assert telegram.calls == [expect(telegram_id, "")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("USER_NOT_PARTICIPANT", "curable"), ("PARTICIPANT_ID_INVALID", "curable"), ("TAG_INVALID", "refused")],
)
async def test_who_is_not_there_holds_up_nobody(
    store: Store, text: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """They are told of once they come; a tag that Telegram will not have is not sent for ever. The log says what it said."""
    caplog.set_level(logging.INFO, "bot.jobs.tagging")
    telegram = Asked(BadRequest(f"Bad Request: {text}"))
    await open_community(store)
    ids = await honour(store, 1, 2)
    await set_tags(telegram.bot, store)
    assert telegram.calls == [expect(each) for each in ids]
    assert await list_owed(store) == []
    assert [(f"({kind})" in said, text.capitalize() in said) for said in caplog.messages] == [(True, True)]


@pytest.mark.parametrize(
    "error",
    [Flooded(7), LostAnswer("timed out"), BadRequest("Bad Request: not enough rights to manage tags")],
    ids=lambda error: type(error).__name__,
)
async def test_what_can_be_put_right_is_asked_for_once_and_stays_owed(store: Store, error: TelegramError) -> None:
    """A missing right makes one request each time, not one for each member."""
    telegram = Asked(error)
    await open_community(store)
    ids = await honour(store, 1, 2)
    await set_tags(telegram.bot, store)
    assert telegram.calls == [expect(ids[0])]
    assert len(await list_owed(store)) == 2
    await set_tags(telegram.bot, store)
    assert await list_owed(store) == []


async def test_without_a_community_chat_nothing_is_asked(store: Store) -> None:
    """What is owed waits until there is one."""
    telegram = Asked()
    await open_community(store, chat=None)
    await honour(store, 1)
    await set_tags(telegram.bot, store)
    assert telegram.calls == []
    assert len(await list_owed(store)) == 1
