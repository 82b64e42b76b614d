from __future__ import annotations

from pathlib import Path

import pytest

from bot.campaign_file import SHIPPED, load_campaign
from bot.doctor.chats import CHOSEN
from bot.doctor.examination import examine
from bot.playground.world import Chat
from bot.playground.world.webhooks import Webhook
from bot.services.campaigns.opening import Source, open_shop
from storage import open_store
from storage.tables import shops
from storage.tx import Tx
from tests.journeys.test_process_chats import ANNOUNCE, COMMUNITY
from tests.telegram import LocalTelegram, telegram
from tests.thinning import leave_to_long, thin

__all__ = ["telegram"]

PUBLIC = "https://share.example.org"


def compose_settings(telegram: LocalTelegram, folder: Path, **more: str) -> dict[str, str]:
    """An environment with a bot that Telegram knows and a database that is still to be made."""
    settings = {
        "BOT_TOKEN": telegram.token,
        "BOT_API_URL": telegram.url,
        "DATABASE_URL": f"sqlite:///{folder / 'passalong.db'}",
        "ADMIN_IDS": "5000000001",
    }
    return {f"PASSALONG_{name}": value for name, value in (settings | more).items()}


@pytest.mark.parametrize(
    ("setting", "name"),
    thin([*(("ANNOUNCE_CHAT", name) for name in ANNOUNCE), *(("COMMUNITY_CHAT", name) for name in COMMUNITY)], step=8),
)
async def test_a_shops_chat_is_found_as_it_is(
    setting: str, name: str, telegram: LocalTelegram, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its state and what to do are said, and anything serious is the command's status."""
    arrange, state, cure = {"ANNOUNCE_CHAT": ANNOUNCE, "COMMUNITY_CHAT": COMMUNITY}[setting][name]
    chat = arrange(telegram.world, telegram.world.add_person("Sari"))
    named = str(chat.id if isinstance(chat, Chat) else chat)
    status = await examine(compose_settings(telegram, tmp_path, **{setting: named}), tmp_path / ".env")
    said = capsys.readouterr().out
    assert state in said
    assert cure in said
    assert status == ("FAIL" in said)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"SEND_RATE": "many"}, "PASSALONG_SEND_RATE"),
        ({"BOT_TOKEN": "4242:nobody-knows-this-token-at-all-really"}, "token"),
        leave_to_long(({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "database")),
        ({"ADMIN_IDS": ""}, "note  owners: there is none"),
        leave_to_long(({"SNED_RATE": "3"}, "PASSALONG_SNED_RATE")),
    ],
)
async def test_what_is_amiss_is_named(
    wrong: dict[str, str], said: str, telegram: LocalTelegram, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A value that cannot be, a token nobody knows, a database that is not there, nobody who runs the shop."""
    await examine(compose_settings(telegram, tmp_path, **wrong), tmp_path / ".env")
    assert said in capsys.readouterr().out


def choose_place(tx: Tx, announce: str | None, community: str | None, zone: str | None) -> None:
    """What the panel writes."""
    shops.set_announce_chat(tx, announce)
    shops.set_community_chat(tx, community, None)
    shops.set_zone(tx, zone)


async def test_what_the_shop_chose_in_the_chat_is_looked_at(
    telegram: LocalTelegram, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its chats and its zone as they hold, not as the settings once said; a chat given up there is not looked at."""
    settings = compose_settings(telegram, tmp_path, ANNOUNCE_CHAT="@old_news", COMMUNITY_CHAT="@old_regulars")
    async with open_store(settings["PASSALONG_DATABASE_URL"]) as store:
        campaign = load_campaign(SHIPPED).campaign
        await store.write(
            open_shop, Source(campaign=campaign), announce_chat="@old_news", community_chat="@old_regulars"
        )
        await store.write(choose_place, "@new_news", None, "Asia/Jakarta")
    await examine(settings, tmp_path / ".env")
    said = capsys.readouterr().out
    assert "announce chat: @new_news: cannot be found" in said
    assert f"Look at {CHOSEN}:" in said
    assert "regulars" not in said
    assert f"Asia/Jakarta, by {CHOSEN}" in said


async def test_how_updates_come_is_told(
    telegram: LocalTelegram, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Telegram says of the webhook is held against the settings."""
    telegram.world.press_start(telegram.world.add_person("Ann"))
    for url, error, said in (
        ("", "", "is not set yet"),
        ("https://elsewhere.example.org/x", "", "leads elsewhere"),
        (f"{PUBLIC}/telegram", "", f"Telegram brings updates to {PUBLIC}/telegram"),
        (f"{PUBLIC}/telegram", "Connection refused", "Telegram cannot bring updates, and 1 wait: Connection refused"),
    ):
        telegram.world.webhook = Webhook(url=url)
        if error:
            telegram.world.webhook.note_error(telegram.world.now, error)
        await examine(compose_settings(telegram, tmp_path, PUBLIC_URL=PUBLIC, WEBHOOK="true"), tmp_path / ".env")
        assert said in capsys.readouterr().out


async def test_a_webhook_that_nobody_wants_is_told(
    telegram: LocalTelegram, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bot takes it away by itself; where none is set and none is wanted nothing is said."""
    await examine(compose_settings(telegram, tmp_path), tmp_path / ".env")
    assert "webhook" not in capsys.readouterr().out
    telegram.world.webhook = Webhook(url="https://elsewhere.example.org/x")
    await examine(compose_settings(telegram, tmp_path), tmp_path / ".env")
    assert "PASSALONG_WEBHOOK is not" in capsys.readouterr().out
