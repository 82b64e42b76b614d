"""What a member becomes by friends, all the way: the word, the card, the lists, and the tag in the community chat."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.gathering import gather
from tests.journeys.shop_at_work import find_link
from tests.shipped import keep_stories, write_campaign


def compose_campaign() -> str:
    """A story of the shipped campaign with a tier of one friend, and a contest that is under way."""
    today = datetime.now(UTC).date()
    names = 'name = { en = "Friend of the house", id = "Sahabat toko", zh = "老朋友" }'
    tier = f'\n[[tiers]]\nkey = "friend"\nfriends = 1\nbadge = "🌟"\ncolour = "#b8860b"\n{names}\n'
    contest = (
        f'\n[[contests]]\nkey = "race"\nfrom = {today - timedelta(days=2)}\nuntil = {today + timedelta(days=9)}\n'
        f"{names}\nprizes = [{{ place = 1, give = {{ points = 500 }} }}]\n"
    )
    return keep_stories(1) + tier + contest


@pytest.mark.long
async def test_a_friend_makes_a_member_something(tmp_path: Path) -> None:
    """Told with a card that shows it, in /invites, /top and /contests; and tagged in the group."""
    campaign = write_campaign(tmp_path / "own.toml", compose_campaign())
    settings = {"PASSALONG_CAMPAIGN": str(campaign)}
    async with (
        gather(tmp_path, rights=("can_invite_users", "can_manage_tags")) as gathering,
        gathering.at_work(settings=settings),
    ):
        world, telegram = gathering.world, gathering.telegram
        anna = await gathering.add_member("Anna")
        world.join(anna, gathering.group)
        assert "more friend" in (await gathering.ask(anna, "/invites")).text
        link = find_link(await gathering.ask(anna, "/share"))
        budi = gathering.add_person("Budi")
        await gathering.join(budi, link)
        told = await telegram.until_message(anna, "You are 🌟 Friend of the house now")
        assert (await telegram.until_message(anna, "", after=told)).photo is not None
        assert "You are 🌟 Friend of the house." in (await gathering.ask(anna, "/invites")).text
        top = await gathering.ask(anna, "/top")
        assert "🥇 Anna 🌟 · 1" in top.text
        await gathering.tap(anna, top, "Week")
        await gathering.until_edited(top, "This week")
        assert "🥇 Anna 🌟 · 1" in top.text
        assert "🥇 Anna · 1" in (await gathering.ask(anna, "/contests")).text
        await telegram.until_call("setChatMemberTag")
        member = gathering.group.find_member(anna)
        assert member is not None
        assert member.tag == "Friend of the ho"


def end_contest(folder: Path) -> None:
    """Let the contest have ended just now, while the bot is away, which looks at once when it is back."""
    with closing(sqlite3.connect(folder / "shop.db")) as raw, raw:
        raw.execute("UPDATE due_job SET due_at = 0 WHERE name = 'contests'")
        for table in ("contest", "board"):
            where = "" if table == "contest" else "WHERE id = (SELECT board_id FROM contest)"
            raw.execute(f"UPDATE {table} SET ends_at = ? {where}", (time.time_ns() // 1_000,))


async def test_results_are_let_out_by_taps(tmp_path: Path) -> None:
    """The owner looks it over, strikes somebody off, is asked once more, and tells them: once, with the prize."""
    campaign = write_campaign(tmp_path / "own.toml", compose_campaign())
    settings = {"PASSALONG_CAMPAIGN": str(campaign)}
    async with gather(tmp_path) as gathering:
        telegram, owner = gathering.telegram, gathering.admin
        async with gathering.at_work(settings=settings):
            await gathering.join(owner)
            anna, budi = [await gathering.add_member(name) for name in ("Anna", "Budi")]
            for member, friends in ((anna, 2), (budi, 1)):
                link = find_link(await gathering.ask(member, "/share"))
                for _ in range(friends):
                    await gathering.join(gathering.add_person(), link)
        end_contest(tmp_path)
        async with gathering.at_work(settings=settings):
            screen = await telegram.until_message(owner, "is over. Nothing is told yet")
            await gathering.tap(owner, screen, "Look it over")
            screen = await telegram.until_message(owner, "1. Anna · 2")
            assert "2. Budi · 1" in screen.text
            await gathering.tap(owner, screen, "Strike off 1")
            await gathering.until_edited(screen, "Why is Anna taken out?")
            await gathering.tap(owner, screen, "belongs to the team")
            await gathering.until_edited(screen, "belongs to the team")
            await gathering.tap(owner, screen, "Let the results out")
            await gathering.until_edited(screen, "are told once")
            await gathering.tap(owner, screen, "Yes, tell them")
            await telegram.until_message(owner, "To be shown wherever you like.")
            assert "500" in (await telegram.until_message(budi, "you have won: 🥇")).text
            assert "🥇 Budi" in (await gathering.ask(anna, "/contests")).text
            won = [each for each in telegram.world.open_chat(budi).list_messages() if "you have won" in each.text]
            assert len(won) == 1
            assert not [each for each in telegram.world.open_chat(anna).list_messages() if "you have won" in each.text]
