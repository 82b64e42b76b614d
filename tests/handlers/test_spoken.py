from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.world import Person
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.thinning import thin

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = r"[^\W\d_]+-[^\W\d_]+-[2-9][0-9]{1,3}"
CHOOSE = {"en": "Choose my own", "id-ID": "Pilih sendiri", "zh-hans": "自己选一个"}
KEPT = {"en": "Done, your spoken code", "id-ID": "Beres, kode lisanmu", "zh-hans": "你的口令现在是"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """One bot at work for this module."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("shop"))) as opened:
        yield opened


async def find_code(shop: ShopAtWork, person: Person, where: str = "/spoken") -> str:
    """The spoken code that a screen shows."""
    text = (await shop.ask(person, where)).text
    found = re.search(CODE, text)
    assert found, text
    return found[0]


@pytest.mark.parametrize("language", CHOOSE)
async def test_a_code_told_by_phone_credits_the_member(shop: ShopAtWork, language: str) -> None:
    """The same on every screen; the friend types it as heard, of whatever language the friend is."""
    anna = await shop.add_member(language=language)
    codes = [await find_code(shop, anna, where) for where in ("/start", "/qr", "/spoken")]
    assert len(set(codes)) == 1
    first, second, number = codes[0].split("-")
    friend = shop.add_person("Caller", language="en")
    await shop.join(friend)
    thanks = await shop.ask(friend, f"{second.upper()} {first} {number}")
    assert "Thank you" in thanks.text
    told = await shop.telegram.until_message(anna, "Caller")
    assert "+50" in told.text


@pytest.mark.parametrize("language", thin(CHOOSE, 2))
async def test_an_own_code_is_chosen_once(shop: ShopAtWork, language: str) -> None:
    """By button and typing; refused kindly until it fits; afterwards the old one still works."""
    anna = await shop.add_member(language=language)
    given = await find_code(shop, anna)
    screen = await shop.ask(anna, "/spoken")
    await shop.tap(anna, screen, CHOOSE[language])
    await shop.until_edited(screen, given)
    refusals = [(await shop.ask(anna, typed)).text for typed in ("ab", "a b!c", "admin", "sh1tty", "maple otter 42")]
    assert len(set(refusals)) == 5
    own = f"chef {language[:2]}"
    assert KEPT[language] in (await shop.ask(anna, own)).text
    again = await shop.ask(anna, "/spoken")
    assert CHOOSE[language] not in [button.text for button in again.buttons]
    assert own.replace(" ", "") in again.text
    for typed in (own.upper(), given):
        friend = await shop.add_member()
        assert "Thank you" in (await shop.ask(friend, typed)).text


async def test_a_taken_code_is_refused(shop: ShopAtWork) -> None:
    """First come, first served; what was typed by the second is not kept."""
    for member, answer in ((await shop.add_member(), "Done"), (await shop.add_member(), "Somebody else was quicker")):
        screen = await shop.ask(member, "/spoken")
        await shop.tap(member, screen, "Choose my own")
        await shop.until_edited(screen, "Which one shall it be")
        assert answer in (await shop.ask(member, "firstcome")).text


async def test_a_name_in_between_is_no_code(shop: ShopAtWork) -> None:
    """Cancel ends the choice; the next text gets the pointer, and the button of an older screen still works."""
    anna = await shop.add_member()
    screen = await shop.ask(anna, "/spoken")
    await shop.tap(anna, screen, "Choose my own")
    prompt = await shop.until_edited(screen, "Which one shall it be")
    await shop.tap(anna, prompt, "Cancel")
    await shop.until_edited(screen, "everything stays")
    assert "I only understand buttons" in (await shop.ask(anna, "mycode")).text


async def test_an_unknown_code_is_called_one(shop: ShopAtWork) -> None:
    """Not somebody's name."""
    await shop.add_member()
    guest = await shop.add_member()
    assert "Nobody has that spoken code" in (await shop.ask(guest, "maple otter 9876")).text


async def test_a_code_like_a_name_hides_nobody(shop: ShopAtWork) -> None:
    """Who chooses another's name as code is only one of those offered."""
    thief, sari = await shop.add_member("Thief"), await shop.add_member("Sarinah")
    screen = await shop.ask(thief, "/spoken")
    await shop.tap(thief, screen, "Choose my own")
    await shop.until_edited(screen, "Which one shall it be")
    await shop.ask(thief, "sarinah")
    guest = await shop.add_member()
    offer = await shop.ask(guest, "Sarinah")
    assert [button.text for button in offer.buttons[:2]] == ["Thief", "Sarinah"]
    await shop.tap(guest, offer, "Sarinah")
    assert (await shop.telegram.until_message(sari, "says that you recommended us")).text
