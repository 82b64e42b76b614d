"""The guide knows how far those who play have come."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.playground.page.guide import render_guide
from bot.playground.seed import ADMIN_ID, make_world, seed_world
from bot.playground.world import CallbackAnswer, Content, Message, Person
from tests.playground.visitor import Visitor, visit


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    """Somebody at the page."""
    async with visit() as opened:
        yield opened


def list_done(visitor: Visitor) -> list[str]:
    """The steps that are done."""
    done: list[str] = render_guide(visitor.world, visitor.cast)["done"]
    return done


def say(visitor: Visitor, person: Person, text: str) -> Message:
    """The bot writes to somebody."""
    return visitor.world.post(visitor.world.open_chat(person), Content(text=text))


def tap(visitor: Visitor, person: Person, data: str) -> None:
    """Somebody taps a button that says this, and is answered."""
    callback = visitor.world.forge_tap(person, say(visitor, person, "Choose"), data)
    visitor.world.answer_callback(callback.id, CallbackAnswer())


async def test_the_card_s_way_to_a_friend(visitor: Visitor) -> None:
    """Each step is done by what is seen on the phones, in whatever language the bot speaks."""
    world, anna, budi = visitor.world, visitor.anna, visitor.budi
    assert list_done(visitor) == []
    world.press_start(anna)
    assert list_done(visitor) == []
    card = say(visitor, anna, "Kartu")
    assert list_done(visitor) == ["start"]
    world.forward(anna, card, world.open_chat(anna, budi))
    assert list_done(visitor) == ["start", "pass"]
    world.press_start(budi)
    say(visitor, anna, "+50: Budi")
    assert list_done(visitor) == ["start", "pass", "join", "reward"]


async def test_running_the_shop(visitor: Visitor) -> None:
    """A name is changed once the bot repeats it; what others tap is not the owner's doing."""
    world, sari = visitor.world, visitor.world.people[ADMIN_ID]
    world.send_text(sari, world.open_chat(sari), "/admin")
    assert list_done(visitor) == []
    say(visitor, sari, "Mau melihat apa?")
    assert list_done(visitor) == ["admin"]
    tap(visitor, visitor.anna, "new_from:cafe")
    tap(visitor, sari, "shop_edit:brand")
    world.send_text(sari, world.open_chat(sari), "Kopi Senja")
    assert "rename" not in list_done(visitor)
    say(visitor, sari, "Nama: Kopi Senja")
    assert "rename" in list_done(visitor)
    assert "campaign" not in list_done(visitor)
    for data in ("new_from:cafe", "campaign_edit:2:preview", "campaign_do:2:start"):
        tap(visitor, sari, data)
    assert {"campaign", "preview", "run"} <= set(list_done(visitor))


async def test_having_something_for_points(visitor: Visitor) -> None:
    """The customer takes it, the shop hands it out; neither does the other's part."""
    world, anna, sari = visitor.world, visitor.anna, visitor.world.people[ADMIN_ID]
    world.press_start(anna)
    world.send_text(anna, world.open_chat(anna), "/rewards")
    say(visitor, anna, "50")
    assert "rewards" in list_done(visitor)
    tap(visitor, sari, "redeem_sure:1")
    tap(visitor, anna, "hand_out:1")
    assert not {"take", "hand"} & set(list_done(visitor))
    tap(visitor, anna, "redeem_sure:1")
    tap(visitor, sari, "hand_out:1")
    assert {"take", "hand"} <= set(list_done(visitor))
    visitor.cast.counter = False  # the shop has nothing for points: nobody is led there
    guide = render_guide(world, visitor.cast)
    assert "counter" not in guide["names"]
    assert not {"rewards", "take", "hand"} & set(guide["done"])


async def test_a_shop_of_one_s_own_bears_its_name() -> None:
    """Bot, channel and group are called like the campaign that was brought along, and nobody speaks of bread."""
    world = make_world("Kopi Senja")
    seed_world(world)
    assert world.bot.full_name == "Kopi Senja"
    assert {chat.title for chat in world.chats.values()} >= {"Kopi Senja News", "Kopi Senja Friends"}
    said = [message.text for chat in world.chats.values() for message in chat.list_messages()]
    assert said
    assert not [text for text in said if "bread" in text or "oven" in text or "loaves" in text]
