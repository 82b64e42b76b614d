from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.world import Message, Person
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in
from tests.shipped import change_shipped

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMUNITY = "@little_oven_friends"


def write_campaign(folder: Path) -> Path:
    """The shipped campaign, in which a friend counts only once in the community chat."""
    return change_shipped(folder / "strict.toml", ("join_community = false", "join_community = true"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A shop whose friends have to come into its group."""
    folder = tmp_path_factory.mktemp("shop")
    settings = {"PASSALONG_CAMPAIGN": str(write_campaign(folder)), "PASSALONG_COMMUNITY_CHAT": COMMUNITY}
    async with open_shop(sqlite_in(folder), settings=settings) as opened:
        group = opened.world.add_group("Oven Friends", opened.admin, username=COMMUNITY.removeprefix("@"))
        opened.world.add_bot(opened.admin, group, rights=["can_invite_users"])
        yield opened


async def bring(shop: ShopAtWork) -> tuple[Person, Person]:
    """A member, and a friend who came by their link and does not count yet."""
    anna, budi = shop.add_person("Anna"), shop.add_person("Budi")
    await shop.join(budi, find_link(await shop.join(anna)))
    await shop.telegram.until_message(anna, "Budi came through you")
    return anna, budi


async def remind(shop: ShopAtWork, anna: Person) -> Message:
    """Have Anna tap the button of the first friend on her list."""
    listed = await shop.ask(anna, "/invites")
    assert "1. Budi · not in our community yet" in listed.text
    await shop.tap(anna, listed, "Remind 1")
    return listed


async def test_a_friend_is_reminded_by_one_tap(shop: ShopAtWork) -> None:
    """The friend reads what is missing and from whom; the list says it is done, and offers it no more."""
    anna, budi = await bring(shop)
    listed = await remind(shop, anna)
    reminder = await shop.telegram.until_message(budi, "A kind word from Anna")
    assert "community" in reminder.text
    done = await shop.until_edited(listed, "sent Budi a kind word")
    assert "reminded" in done.text
    assert "Remind 1" not in [button.text for button in done.buttons]
    await shop.tap(budi, reminder, "What to do")
    await shop.until_edited(reminder, "waiting for you there")


async def test_a_friend_may_decline_reminders(shop: ShopAtWork) -> None:
    """One tap; the inviter sees it, and even an old button brings nothing more."""
    anna, budi = await bring(shop)
    stale = await shop.ask(anna, "/invites")
    await remind(shop, anna)
    reminder = await shop.telegram.until_message(budi, "A kind word from Anna")
    await shop.tap(budi, reminder, "No reminders please")
    await shop.until_edited(reminder, "remind you any more")
    await shop.tap(anna, stale, "Remind 1")
    declined = await shop.until_edited(stale, "so I leave it at that")
    assert "Remind 1" not in [button.text for button in declined.buttons]
    sent = [
        one for one in shop.world.journal.sent if "A kind word" in one.message.text and one.message.chat.id == budi.id
    ]
    assert len(sent) == 1


async def test_sharing_again_turns_to_another_story(shop: ShopAtWork) -> None:
    """Each time a card with a story that was not the last."""
    anna, _ = await bring(shop)
    first = await shop.ask(anna, "/share")
    await shop.ask(anna, "/help")
    listed = await shop.ask(anna, "/invites")
    await shop.tap(anna, listed, "Share again")
    second = await shop.telegram.until_message(anna, lambda message: message.photo is not None, after=listed)
    await shop.ask(anna, "/help")
    await shop.tap(anna, listed, "Share again")
    third = await shop.telegram.until_message(anna, lambda message: message.photo is not None, after=second)
    headlines = [message.text.split("\n")[0] for message in (first, second, third)]
    assert len(set(headlines)) == 3


async def test_nudges_are_switched_under_privacy(shop: ShopAtWork) -> None:
    """Off and on again, in place."""
    anna = await shop.add_member("Anna")
    privacy = await shop.ask(anna, "/privacy")

    async def until_offered(label: str) -> None:
        def find() -> bool:
            return label in [button.text for button in privacy.chat.messages[privacy.id].buttons]

        await shop.telegram.until(find, what=label)

    await shop.tap(anna, privacy, "No more nudges")
    await until_offered("Nudge me now and then")
    await shop.tap(anna, privacy, "Nudge me now and then")
    await until_offered("No more nudges")
