"""Three questions, and there is a shop: its settings nobody else can read, and its owner has a first card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.core.setting import SettingMistake
from bot.setup import SetupRefused, set_up
from storage import open_store
from storage.tables import people
from tests.journeys.program import furnish
from tests.proxies import serve_proxy
from tests.storage.migrated import lay_migrated
from tests.telegram import LocalTelegram, telegram
from tests.thinning import thin

__all__ = ["telegram"]

FAR = "http://telegram.test:8081"
"""Nowhere to be reached but through a proxy."""


async def test_three_questions_make_a_shop(tmp_path: Path, telegram: LocalTelegram) -> None:
    """Whoever presses START behind the link is the owner, gets a card with the shop's name, and runs the shop."""
    world = telegram.world
    asked: list[str] = []
    sari, other = world.add_person("Sari"), world.add_person("Mallory")
    answers = [telegram.token, "", "Kopi Senja"]

    def ask(question: str) -> str:
        asked.append(question)
        if "START" in question:
            link = question.split()[2]
            world.press_start(other)
            world.open_link(sari, link)
        return answers.pop(0)

    environment = {"PASSALONG_BOT_API_URL": telegram.url}
    said: list[str] = []
    await set_up(ask=ask, say=said.append, environment=environment, folder=tmp_path)
    assert len(asked) == 3
    card = await telegram.until_message(sari, lambda message: message.photo is not None)
    assert "Sari" in card.text
    env = tmp_path / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    assert f"PASSALONG_ADMIN_IDS={sari.id}\n" in env.read_text()
    home = furnish(tmp_path, telegram, BOT_TOKEN="", DATABASE_URL="", BOT_API_URL="")
    async with replace(home, forks=True).running() as program:
        await program.until_polling(telegram)
        said_again = world.send_text(sari, world.open_chat(sari), "/admin")
        answer = await telegram.until_reply(said_again, "like to look at")
        assert "Kopi Senja" in answer.text
        assert await program.stop() == 0


@pytest.mark.parametrize(
    ("kind", "name"), thin([("http", "PASSALONG_PROXY"), ("http", "http_proxy"), ("socks5", "ALL_PROXY")], 2)
)
async def test_all_of_it_goes_through_the_proxy(tmp_path: Path, telegram: LocalTelegram, kind: str, name: str) -> None:
    """As the bot itself does, and the bot finds it again where it was named for it alone."""
    sari = telegram.world.add_person("Sari")
    telegram.world.press_start(sari)
    lay_migrated(tmp_path / "passalong.db")
    left = [telegram.token, str(sari.id), "Kopi Senja"]
    async with serve_proxy(kind, urlsplit(telegram.url).port or 0, login="shop:pass") as proxy:
        address = f"{kind}://shop:pass@127.0.0.1:{proxy.port}"
        environment = {"PASSALONG_BOT_API_URL": FAR, name: address}
        await set_up(ask=lambda _: left.pop(0), say=list[str]().append, environment=environment, folder=tmp_path)
        assert set(proxy.asked_for) == {FAR.removeprefix("http://")}
    await telegram.until_message(sari, lambda message: message.photo is not None)
    assert (f"PASSALONG_PROXY={address}\n" in (tmp_path / ".env").read_text()) == (name == "PASSALONG_PROXY")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://shop:wrong@127.0.0.1:{port}", "wants another user name and password. Look at PASSALONG_PROXY"),
        ("socks5://shop:wrong@127.0.0.1:{port}", "The proxy socks5://127.0.0.1:\\d+ (refuses|cannot)"),
        ("http://127.0.0.1:1", "cannot be reached"),
        ("socks5://127.0.0.1:1", "cannot be reached"),
    ],
)
async def test_a_proxy_in_the_way_is_named(tmp_path: Path, telegram: LocalTelegram, address: str, words: str) -> None:
    """Nobody looks for the mistake at Telegram, and the password is not said."""
    async with serve_proxy(address.partition(":")[0], urlsplit(telegram.url).port or 0, login="shop:pass") as proxy:
        environment = {"PASSALONG_BOT_API_URL": FAR, "PASSALONG_PROXY": address.format(port=proxy.port)}
        with pytest.raises(SetupRefused, match=words) as refusal:
            await set_up(ask=lambda _: telegram.token, say=list[str]().append, environment=environment, folder=tmp_path)
    assert "wrong" not in str(refusal.value)


async def test_a_proxy_that_is_none_is_a_mistaken_setting(tmp_path: Path) -> None:
    """Told before anything is asked."""
    with pytest.raises(SettingMistake, match="PASSALONG_PROXY is no address of a proxy"):
        await set_up(ask=str, say=list[str]().append, environment={"PASSALONG_PROXY": "ftp://x"}, folder=tmp_path)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (["nonsense"], "This is no token"),
        (["123456:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], "Telegram says: Unauthorized"),
        (["TOKEN", "17", "x" * 33], "1 to 32 characters; this one has 33"),
        (["TOKEN", "17", " "], "this one has 0"),
    ],
)
async def test_what_cannot_be_is_told_and_nothing_is_written(
    tmp_path: Path, telegram: LocalTelegram, answers: list[str], words: str
) -> None:
    """In a sentence, before anything lies in the folder."""
    left = [telegram.token if answer == "TOKEN" else answer for answer in answers]
    environment = {"PASSALONG_BOT_API_URL": telegram.url}
    with pytest.raises(SetupRefused, match=words):
        await set_up(ask=lambda _: left.pop(0), say=list[str]().append, environment=environment, folder=tmp_path)
    assert not (tmp_path / ".env").exists()


async def test_settings_that_are_there_are_left_alone(tmp_path: Path, telegram: LocalTelegram) -> None:
    """Whoever has a shop does not lose it by asking twice."""
    (tmp_path / ".env").write_text("PASSALONG_BOT_TOKEN=mine\n")
    with pytest.raises(SetupRefused, match="already"):
        await set_up(ask=str, say=list[str]().append, environment={}, folder=tmp_path)
    assert (tmp_path / ".env").read_text() == "PASSALONG_BOT_TOKEN=mine\n"


async def test_a_number_names_the_owner(tmp_path: Path, telegram: LocalTelegram) -> None:
    """Somebody who has not pressed START cannot be written to, and is told what to do; the shop is there."""
    lay_migrated(tmp_path / "passalong.db")
    left = [telegram.token, "77001", "Kopi Senja"]
    with pytest.raises(SetupRefused, match="Press START"):
        await set_up(
            ask=lambda _: left.pop(0),
            say=list[str]().append,
            environment={"PASSALONG_BOT_API_URL": telegram.url},
            folder=tmp_path,
        )
    async with open_store(f"sqlite:///{tmp_path}/passalong.db") as store:
        assert await store.read(people.find_by_telegram_id, 77001) is not None
    assert "PASSALONG_ADMIN_IDS=77001" in (tmp_path / ".env").read_text()
