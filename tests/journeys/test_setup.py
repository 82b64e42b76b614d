"""Three questions, and there is a shop: its settings nobody else can read, and its owner has a first card."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.setup import SetupRefused, set_up
from storage import open_store
from storage.tables import people
from tests.journeys.program import furnish
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


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
    async with home.running() as program:
        await program.until_polling(telegram)
        said_again = world.send_text(sari, world.open_chat(sari), "/admin")
        answer = await telegram.until_reply(said_again, "like to look at")
        assert "Kopi Senja" in answer.text
        assert await program.stop() == 0


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
