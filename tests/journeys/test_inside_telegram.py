from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from bot.playground.world import Message, World
from bot.playground.world.files import Photo
from storage import open_store
from tests.broadcasts.stage import enrol
from tests.journeys.launch_cost import INSIDE_TELEGRAM, compose_table, read_table
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in
from tests.messages.samples import CAMPAIGN
from tests.shipped import change_shipped

CROWD = 60
"""Members who share in the same moment: what one second and a bit lets out; a thousand take half a minute and the same rules."""


@pytest.mark.long
@pytest.mark.asyncio(loop_scope="module")
async def test_the_table_of_launch_cost_is_what_hands_did(shop: ShopAtWork) -> None:
    """Every way inside Telegram is walked and counted; the document says the same, and the ways that matter say 3 and 0."""
    table = await compose_table(shop, INSIDE_TELEGRAM)
    assert table == read_table(), "python -m tests.journeys.launch_cost writes it anew"
    for way in ("Send the card", "Send it again after a reward", "Send it from a list", "Forward the card"):
        assert re.search(rf"^\| {way} \| [^|]+ \| 3 \| 0 \|", table, re.MULTILINE), way


@pytest.mark.asyncio(loop_scope="module")
async def test_a_forwarded_card_brings_the_friend_in_by_its_first_button(shop: ShopAtWork) -> None:
    """Of the buttons only addresses survive, the first is the way in, and it credits the card's owner."""
    anna, budi = await shop.add_member("Anna"), shop.add_person("Budi-forwarded")
    card = await shop.ask(anna, "/share")
    forwarded = shop.world.forward(anna, card, shop.world.open_chat(anna, budi))
    assert forwarded.photo is card.photo
    assert CAMPAIGN.stories[0].headline["en"] in forwarded.text
    assert {button.action for button in forwarded.buttons} == {"url"}
    assert forwarded.buttons[0].text == "Invitation"
    opened = shop.world.open_link(budi, str(forwarded.buttons[0].value))
    assert opened.message is not None
    assert "Anna" in (await shop.telegram.until_reply(opened.message)).text
    assert "Budi-forwarded" in (await shop.telegram.until_message(anna, "Budi-forwarded")).text


@pytest.mark.asyncio(loop_scope="module")
async def test_the_owners_own_tap_on_the_way_in_is_answered_kindly(shop: ShopAtWork) -> None:
    """The button on the card is the friend's; whoever tries it beforehand is told what the friend will see."""
    anna = await shop.add_member("Anna")
    card = await shop.ask(anna, "/share")
    opened = shop.world.open_link(anna, str(card.get_button("Invitation").value))
    assert opened.message is not None
    answer = (await shop.telegram.until_reply(opened.message)).text
    assert "your own link" in answer
    assert "Anna invites you to" in answer


@pytest.mark.asyncio(loop_scope="module")
async def test_every_list_and_reward_leads_to_a_chat(shop: ShopAtWork) -> None:
    """Under each stands the button that opens the chooser of chats."""
    anna = await shop.add_member("Anna")
    card = await shop.ask(anna, "/share")
    await shop.join(shop.add_person("Budi"), find_link(card))
    shown = [await shop.telegram.until_message(anna, "Budi"), card]
    shown += [await shop.ask(anna, command) for command in ("/invites", "/rewards", "/top", "/start", "/qr")]
    for message in shown:
        assert message.get_button("Send to a friend").action == "switch_inline_query_chosen_chat", message.text


async def test_without_inline_mode_the_share_sheet_takes_its_place(tmp_path: Path) -> None:
    """No button needs what is off; the card's sheet carries the story that the card shows, in three taps."""
    world = World()
    world.settings.inline_mode = False
    async with open_shop(sqlite_in(tmp_path), world=world) as shop:
        anna = await shop.add_member("Anna")
        card = await shop.ask(anna, "/share")
        await shop.tap(anna, card, "▶")
        second = CAMPAIGN.stories[1].headline["en"]
        turned = await shop.until_edited(card, second)
        assert not [button for button in turned.buttons if button.action.startswith("switch")]
        tap = shop.world.tap(anna, turned, "Send to a friend")
        sent = shop.world.share_draft(
            anna, shop.world.open_chat(anna, shop.add_person()), shop.world.open_link(anna, tap.url)
        )
        assert second in sent.text
        assert find_link(sent).split("=")[1][:10] == find_link(card).split("=")[1][:10]


@pytest.mark.long
async def test_a_theme_changed_between_two_taps_shows_at_the_next(tmp_path: Path) -> None:
    """The bot comes back with another theme: an old card turns into a new one in place, each uploaded once."""
    world, url = World(), sqlite_in(tmp_path)
    async with open_shop(url, world=world) as shop:
        anna = await shop.add_member("Anna")
        card = await shop.ask(anna, "/share")
        await shop.ask(anna, "/help")
    before = card.photo
    changed = change_shipped(tmp_path / "changed.toml", ('theme = "sunrise"', 'theme = "salon"'))
    async with open_shop(url, world=world, settings={"PASSALONG_CAMPAIGN": str(changed)}) as shop:
        uploads = count_uploads(world)
        query = shop.world.type_inline(anna, shop.world.open_chat(anna, shop.add_person()), "")
        assert "photo" not in {result.kind for result in (await shop.telegram.until_results(query)).results}
        await shop.tap(anna, card, "1/5")
        await shop.telegram.until(lambda: card.chat.messages[card.id].photo is not before, what="the new look")
        await shop.ask(anna, "/help")
        fresh = await shop.ask(anna, "/share")
        assert fresh.photo is card.chat.messages[card.id].photo
        assert count_uploads(world) == uploads + 1


async def test_cards_kept_by_nobody_are_made_again(tmp_path: Path) -> None:
    """Deleting what was remembered of pictures costs one upload, and nothing else."""
    async with open_shop(sqlite_in(tmp_path)) as shop:
        anna = await shop.add_member("Anna")
        first = await shop.ask(anna, "/share")
        await shop.ask(anna, "/help")
        with sqlite3.connect(tmp_path / "shop.db", timeout=10) as connection:
            connection.execute("DELETE FROM card")
        connection.close()
        second = await shop.ask(anna, "/share")
        await shop.ask(anna, "/help")
        third = await shop.ask(anna, "/share")
        assert second.photo is not first.photo
        assert third.photo is second.photo


@pytest.mark.long
async def test_a_crowd_that_shares_at_once_is_served_within_the_limits(tmp_path: Path) -> None:
    """At Telegram's own pace everybody gets their own card, uploaded once, and no limit is broken."""
    url, guests = sqlite_in(tmp_path), list(range(6_000_000_001, 6_000_000_001 + CROWD))
    async with open_store(url) as store:
        await store.write(enrol, guests)
    settings = {"PASSALONG_SEND_RATE": "30", "PASSALONG_CHAT_RATE": "1"}
    async with open_shop(url, settings=settings) as shop:
        people = [shop.world.add_person(f"Guest{number}", person_id=guest) for number, guest in enumerate(guests)]
        for person in people:
            shop.world.open_chat(person).started = True
        shop.world.floods.enabled = True
        asked = [shop.world.send_text(person, shop.world.open_chat(person), "/share") for person in people]
        cards = [await shop.telegram.until_reply(said, lambda card: card.photo is not None) for said in asked]
        assert [code_of(card) for card in cards] == [f"{guest:010d}" for guest in guests]
        assert len({id(card.photo) for card in cards}) == count_uploads(shop.world) == CROWD
        assert shop.world.floods.breaches == 0
        assert shop.world.busiest_second() <= 30


def code_of(card: Message) -> str:
    """Whose link a card carries."""
    return find_link(card).split("?start=")[1][:10]


def count_uploads(world: World) -> int:
    """How many pictures were uploaded."""
    return len({id(thing) for thing in world.files.owners.values() if isinstance(thing, Photo)})
