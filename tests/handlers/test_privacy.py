from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.journeys.shop_at_work import find_link, open_shop, sqlite_in
from tests.thinning import thin


@pytest.mark.parametrize(
    ("language", "words"),
    thin(
        [
            ("en", ("Forget me", "Shall I", "Yes, forget me", "you are forgotten")),
            ("id", ("Lupakan aku", "Lanjutkan", "Ya, lupakan aku", "kamu kulupakan")),
            ("zh-hans", ("忘掉我", "要继续吗", "是的", "已经忘掉你了")),
        ],
        1,
    ),
)
async def test_two_taps_and_everything_is_forgotten(tmp_path: Path, language: str, words: tuple[str, ...]) -> None:
    """The first tap asks once more, the second one forgets; a friend's list says somebody; /start begins anew."""
    first, sure, second, done = words
    async with open_shop(sqlite_in(tmp_path)) as shop:
        anna = shop.add_person("Anna")
        link = find_link(await shop.join(anna))
        putu = shop.add_person("Putu", language=language)
        old = find_link(await shop.join(putu, link))
        assert "Putu" in (await shop.ask(anna, "/invites", "Putu")).text
        asked = await shop.ask(putu, "/forgetme")
        await shop.tap(putu, asked, first)
        await shop.until_edited(asked, sure)
        await shop.tap(putu, asked, second)
        await shop.until_edited(asked, done)
        assert not asked.chat.messages[asked.id].buttons
        listed = (await shop.ask(anna, "/invites", "Somebody")).text
        assert "Putu" not in listed
        assert find_link(await shop.ask(putu, "/start")) != old
        assert "Putu" not in (await shop.ask(anna, "/invites", "Somebody")).text


async def test_keeping_is_one_tap(tmp_path: Path) -> None:
    """Whoever thinks better of it is at home again, and as well known as before."""
    async with open_shop(sqlite_in(tmp_path)) as shop:
        anna = shop.add_person("Anna")
        link = find_link(await shop.join(anna))
        asked = await shop.ask(anna, "/forgetme")
        await shop.tap(anna, asked, "Forget me")
        await shop.until_edited(asked, "Shall I")
        await shop.tap(anna, asked, "No, let it be")
        await shop.until_edited(asked, "Your link")
        assert link.partition("?start=")[2][:10] in asked.chat.messages[asked.id].text


async def test_everything_is_sent_as_a_file(tmp_path: Path) -> None:
    """/mydata sends what lies in the database about whoever asks, as JSON that can be read."""
    async with open_shop(sqlite_in(tmp_path), settings={"PASSALONG_TIMEZONE": "Asia/Jakarta"}) as shop:
        anna = await shop.add_member("Anna")
        sent = await shop.ask(anna, "/mydata")
        assert sent.content.document is not None
        data = json.loads(sent.content.document.file.read())
        assert data["profile"][0]["first_name"] == "Anna"
        assert data["person"][0]["code"]
        assert "/mydata" in json.dumps(data["inbox"])
        moments = [value for row in data["person"] for name, value in row.items() if name.endswith("_at") and value]
        assert moments
        assert all(moment.endswith("+07:00") for moment in moments), "the shop's time, not the server's"
