"""What a member becomes by friends, all the way: the word, the card, the lists, and the tag in the community chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.journeys.gathering import gather
from tests.journeys.shop_at_work import find_link
from tests.shipped import SHIPPED, write_campaign


def compose_campaign() -> str:
    """The shipped campaign with a tier of one friend, and a contest that is under way."""
    today = datetime.now(UTC).date()
    names = 'name = { en = "Friend of the house", id = "Sahabat toko", zh = "老朋友" }'
    tier = f'\n[[tiers]]\nkey = "friend"\nfriends = 1\nbadge = "🌟"\ncolour = "#b8860b"\n{names}\n'
    contest = (
        f'\n[[contests]]\nkey = "race"\nfrom = {today - timedelta(days=2)}\nuntil = {today + timedelta(days=9)}\n'
        f"{names}\nprizes = [{{ place = 1, give = {{ points = 500 }} }}]\n"
    )
    return SHIPPED + tier + contest


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
