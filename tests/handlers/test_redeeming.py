"""A member has something for their points, and the counter hands it out: in the chat, as people see it."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from bot.assets import ASSETS
from bot.campaign_file import SHIPPED
from bot.playground.world import Message, Person
from tests.handlers.test_team import tap
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


COFFEE = """
[[catalogue]]
key = "coffee"
price = 30
give = { coupon = "coffee" }
picture = "cups.jpg"
name = { en = "A coffee", id = "Satu kopi", zh = "一杯咖啡" }
"""


def write_campaign(folder: Path) -> str:
    """The campaign that ships, and a coffee for points that has a picture."""
    shutil.copy(ASSETS / "playground" / "pictures" / "cups.jpg", folder)
    path = folder / "campaign.toml"
    path.write_text(f"{SHIPPED.read_text('utf-8')}\n{COFFEE}", encoding="utf-8")
    return str(path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """At work, with its owner in it."""
    folder = tmp_path_factory.mktemp("counter")
    async with open_shop(sqlite_in(folder), settings={"PASSALONG_CAMPAIGN": write_campaign(folder)}) as at_work:
        await at_work.join(at_work.admin)
        yield at_work


async def add_rich(shop: ShopAtWork, name: str, language: str = "en") -> Person:
    """Somebody who has brought a friend, and 50 points with it."""
    person = shop.add_person(name, language=language)
    link = find_link(await shop.join(person))
    friend = shop.add_person()
    await shop.join(friend, link)
    await shop.telegram.until_message(person, friend.first_name)
    return person


async def take_croissant(shop: ShopAtWork, person: Person, labels: tuple[str, str]) -> Message:
    """Two taps in /rewards; returns the picture for the counter."""
    rewards = await shop.ask(person, "/rewards")
    asked = await tap(shop, person, rewards, labels[0])
    await tap(shop, person, asked, labels[1])
    return await shop.telegram.until(
        lambda: next((each for each in asked.chat.messages.values() if each.id > asked.id and each.photo), None),
        what="the code for the counter",
    )


def read_link(shop: ShopAtWork, picture: Message) -> str:
    """Where the code on a picture leads."""
    assert picture.photo is not None
    image = Image.open(io.BytesIO(picture.photo.biggest.file.read()))
    (found,) = zxingcpp.read_barcodes(image)
    return found.text


async def test_two_taps_bring_a_croissant_to_the_counter(shop: ShopAtWork) -> None:
    """The balance, the question, the code; it is scanned with any camera, handed out once, and everybody is told."""
    anna = await add_rich(shop, "Anna")
    picture = await take_croissant(shop, anna, ("A croissant: 40 points", "Yes, I take it"))
    link = read_link(shop, picture)
    reference = re.search(r"say (\w{4}-\w{4})", picture.text)
    assert reference is not None
    assert link.endswith(f"?start=use_{reference[1].replace('-', '')}")
    opened = shop.world.open_link(shop.admin, link)
    assert opened.message is not None
    seen = await shop.telegram.until_reply(opened.message)
    assert "A croissant for Anna" in seen.text
    assert "not handed out yet" in seen.text
    done = await tap(shop, shop.admin, seen, "Hand it out")
    assert "✓ Handed out." in done.text
    await shop.telegram.until_message(anna, "A croissant was handed out to you")
    again = await shop.ask(shop.admin, f"/check {reference[1].lower()}")
    assert "handed out already" in again.text
    rewards = await shop.ask(anna, "/rewards")
    assert "Your balance: 10 points" in rewards.text
    assert "40 points · A croissant" in rewards.text


async def test_a_slip_is_taken_back_by_a_tap(shop: ShopAtWork) -> None:
    """It waits again, and the member hears of it."""
    budi = await add_rich(shop, "Budi")
    picture = await take_croissant(shop, budi, ("A croissant: 40 points", "Yes, I take it"))
    opened = shop.world.open_link(shop.admin, read_link(shop, picture))
    assert opened.message is not None
    seen = await shop.telegram.until_reply(opened.message)
    done = await tap(shop, shop.admin, seen, "Hand it out")
    back = await tap(shop, shop.admin, done, "A slip: take it back")
    assert "not handed out yet" in back.text
    await shop.telegram.until_message(budi, "still waits for you there")


async def test_a_code_for_the_counter_opens_for_the_team_and_its_member_alone(shop: ShopAtWork) -> None:
    """A stranger who scans it is told whose it is to open; /check is no command of theirs."""
    citra, tono = await add_rich(shop, "Citra"), await shop.add_member("Tono")
    picture = await take_croissant(shop, citra, ("A croissant: 40 points", "Yes, I take it"))
    link = read_link(shop, picture)
    payload = link.split("start=")[1]
    assert "for the counter of Little Oven" in (await shop.ask(tono, f"/start {payload}")).text
    assert "for the counter of Little Oven" in (await shop.ask(tono, "/start use_nothing")).text
    assert "I only understand buttons" in (await shop.ask(tono, "/check K7F3-9QXM")).text
    own = await shop.ask(citra, f"/start {payload}", lambda message: message.photo is not None)
    assert read_link(shop, own) == link
    assert "no such reference" in (await shop.ask(shop.admin, "/check K7F3-9QXM")).text
    assert "camera" in (await shop.ask(shop.admin, "/check")).text


async def test_not_now_leaves_everything_as_it_was(shop: ShopAtWork) -> None:
    """In another language as well."""
    dewi = await add_rich(shop, "Dewi", language="id")
    asked = await tap(shop, dewi, await shop.ask(dewi, "/rewards"), "Satu kroisan: 40 poin")
    back = await tap(shop, dewi, asked, "Nanti saja")
    assert "Saldomu: 50 poin" in back.text


async def look_at_coffee(shop: ShopAtWork, person: Person) -> Message:
    """Open it in /rewards; returns its picture."""
    rewards = await shop.ask(person, "/rewards")
    await shop.tap(person, rewards, "A coffee: 30 points")
    return await shop.telegram.until(
        lambda: next((each for each in rewards.chat.messages.values() if each.id > rewards.id and each.photo), None),
        what="the picture of the coffee",
    )


async def test_a_coupon_is_looked_at_paid_and_waited_for(shop: ShopAtWork) -> None:
    """Its picture is uploaded once for everybody and stays in its place; at an empty pool one is told first, and has the points back."""
    eka, fajar = await add_rich(shop, "Eka"), await add_rich(shop, "Fajar")
    first, second = [await look_at_coffee(shop, each) for each in (eka, fajar)]
    assert first.photo is not None
    assert second.photo is not None
    assert second.photo is first.photo
    assert "All of them are given out right now" in first.text
    paid = await tap(shop, eka, first, "Yes, I take it")
    assert paid.id == first.id
    assert "you are in line for it" in paid.text
    await shop.ask(shop.admin, "/coupons", "coffee: 0 left, 1 waiting")
    back = await tap(shop, eka, paid, "Rather have the points back")
    assert "A coffee was given back" in back.text
    rewards = await shop.ask(eka, "/rewards")
    assert "Your balance: 50 points" in rewards.text
    assert "30 points · A coffee, given back on" in rewards.text
