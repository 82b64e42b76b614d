from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.app import CampaignMistake, run
from bot.playground.faults import drop, error
from bot.settings import read_settings
from tests.journeys.gathering import (
    TITLE,
    Gathering,
    find_invite,
    gather,
    gather_at_work,
    list_warnings,
    write_campaign,
)
from tests.journeys.shop_at_work import open_shop, sqlite_in
from tests.thinning import thin

NOBODY = "Nobody has come"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gathering(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gathering]:
    """A bot at work beside its group, where nothing happens to either; every test brings its own people."""
    async with gather_at_work(tmp_path_factory.mktemp("gathering")) as opened:
        yield opened


async def see_invites(gathering: Gathering, member: object) -> str:
    """What /invites says, once everything is handled."""
    await gathering.settle()
    return (await gathering.ask(member, "/invites")).text  # type: ignore[arg-type]  # a person


async def test_a_member_keeps_their_link(gathering: Gathering) -> None:
    """Asked again it is the same one, by command and by button, named by the member's code; another's is another."""
    before = set(gathering.world.invites)
    anna, mei = await gathering.add_member("Anna"), await gathering.add_member("Mei")
    first = await gathering.ask(anna, "/community")
    link = find_invite(first)
    assert TITLE in first.text
    assert [button.action for button in first.buttons] == ["url", "copy_text", "url", "callback_data"]
    assert first.get_button("Copy").value == {"text": link}
    assert gathering.world.open_link(anna, str(first.get_button("Invite").value)).kind == "share"
    home = await gathering.ask(anna, "/start")
    await gathering.tap(anna, home, "Community")
    await gathering.until_edited(home, link)
    assert await gathering.invite(mei) != link
    names = {invite.name for url, invite in gathering.world.invites.items() if url not in before}
    assert len(names) == 2
    assert all(len(name) == 10 for name in names)
    assert "community" in [each["command"] for each in list_menu(gathering, anna)]


def list_menu(gathering: Gathering, person: object) -> list[dict[str, str]]:
    """The commands that a person's menu offers."""
    chat = gathering.world.open_chat(person)  # type: ignore[arg-type]  # a person
    return gathering.world.profile.list_commands(chat, person)  # type: ignore[arg-type]  # likewise


async def test_a_link_that_was_revoked_is_made_anew(gathering: Gathering) -> None:
    """Telegram says that nobody can come by it any more."""
    anna = await gathering.add_member("Anna")
    link = await gathering.invite(anna)
    gathering.world.revoke_invite(gathering.world.invites[link])
    fresh = await gathering.invite(anna)
    assert fresh != link
    assert await gathering.invite(anna) == fresh


async def test_a_lost_answer_costs_a_link_but_no_member(gathering: Gathering) -> None:
    """Dying between Telegram's yes and the writing down: the next attempt makes another link, which then stays."""
    anna, before = await gathering.add_member("Anna"), len(gathering.world.invites)
    gathering.telegram.faults.order(drop(after_effect=True), "createChatInviteLink")
    link = await gathering.invite(anna)
    assert len(gathering.world.invites) == before + 2
    assert await gathering.invite(anna) == link
    gathering.world.open_link(gathering.add_person("Budi"), link)
    assert "Budi" in await see_invites(gathering, anna)


async def test_joins_that_never_count(gathering: Gathering) -> None:
    """By the group's name, by another's link, added by an admin, a bot, oneself, a rejoin."""
    world, group = gathering.world, gathering.group
    anna = await gathering.add_member("Anna")
    link = await gathering.invite(anna)
    by_name, by_other, added, back = (gathering.add_person(name) for name in ("Ada", "Bob", "Cy", "Di"))
    world.join(by_name, group)
    world.open_link(by_other, world.add_invite(group, gathering.admin).url)
    world.change_member(gathering.admin, group, type(group.members[by_name.id])(person=added))
    robot = world.add_person("Robot", username="some_bot", is_bot=True)
    world.open_link(robot, link)
    world.open_link(anna, link)
    world.join(back, group)
    world.leave(back, group)
    world.open_link(back, link)
    for person in (by_name, by_other, added):
        world.leave(person, group)
        world.open_link(person, link)
    assert NOBODY in await see_invites(gathering, anna)


async def test_other_chats_do_not_concern_it(gathering: Gathering) -> None:
    """Somebody joins another group that the bot runs, by a link of its own."""
    world = gathering.world
    anna = await gathering.add_member("Anna")
    await gathering.invite(anna)
    other = world.add_group("Elsewhere", gathering.admin)
    world.add_bot(gathering.admin, other, rights=["can_invite_users"])
    world.open_link(gathering.add_person(), world.add_invite(other, world.bot).url)
    assert NOBODY in await see_invites(gathering, anna)
    assert list_warnings(gathering.telegram, gathering.admin) == []


async def test_who_asks_to_be_let_in_counts_once_inside(gathering: Gathering) -> None:
    """Not for asking; approved by an admin, the link says by whom they came."""
    world, group = gathering.world, gathering.group
    anna, budi = await gathering.add_member("Anna"), gathering.add_person("Budi")
    link = await gathering.invite(anna)
    world.invites[link].creates_request = True
    assert world.open_link(budi, link).kind == "asked"
    assert NOBODY in await see_invites(gathering, anna)
    world.approve_request(group, budi, gathering.admin)
    assert "Budi" in (await gathering.telegram.until_message(anna, "joined through you")).text


async def test_missing_rights_are_told_once_and_again_after_the_cure(tmp_path: Path) -> None:
    """The member is answered kindly meanwhile; what was put right and broke again is told again."""
    async with gather_at_work(tmp_path) as gathering:
        world, admin, group = gathering.world, gathering.admin, gathering.group
        anna = await gathering.add_member("Anna")
        world.add_bot(admin, group, rights=["can_delete_messages"])
        await gathering.telegram.until_message(admin, "may not invite")
        for _ in range(3):
            assert "not your fault" in (await gathering.ask(anna, "/community")).text
        assert len(list_warnings(gathering.telegram, admin)) == 1
        world.add_bot(admin, group, rights=["can_invite_users"])
        assert await gathering.invite(anna)
        world.remove_bot(admin, group)
        await gathering.telegram.until_message(admin, "not an admin")
        assert "not your fault" in (await gathering.ask(anna, "/community")).text
        assert len(list_warnings(gathering.telegram, admin)) == 2
        world.add_bot(admin, group, rights=["can_invite_users"])
        assert await gathering.invite(anna)
        world.add_bot(admin, group, rights=["can_delete_messages"])
        await gathering.telegram.until(lambda: len(list_warnings(gathering.telegram, admin)) == 3 or None)


@pytest.mark.parametrize(("rights", "said"), thin([((), "not an admin"), (("can_delete_messages",), "may not invite")]))
async def test_what_is_amiss_from_the_beginning_is_told_once_there_is_an_admin(
    tmp_path: Path, rights: tuple[str, ...], said: str
) -> None:
    """Once for all starts of the program; an admin who could not be written to is told on pressing START."""
    async with gather(tmp_path, rights=rights) as gathering:
        async with gathering.at_work():
            anna = await gathering.add_member("Anna")
            assert "not your fault" in (await gathering.ask(anna, "/community")).text
            await gathering.join(gathering.admin)
            await gathering.telegram.until_message(gathering.admin, said)
        async with gathering.at_work():
            await gathering.ask(anna, "/community")
            await gathering.settle()
        assert len(list_warnings(gathering.telegram, gathering.admin)) == 1


async def test_a_chat_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name; when it appears and lets the bot in, all works without a restart."""
    async with gather(tmp_path) as gathering, gathering.at_work(named="@oven_friends_to_be"):
        world, admin = gathering.world, gathering.admin
        await gathering.join(admin)
        anna = await gathering.add_member("Anna")
        assert "not your fault" in (await gathering.ask(anna, "/community")).text
        assert "PASSALONG_COMMUNITY_CHAT" in (await gathering.telegram.until_message(admin, "find")).text
        late = world.add_group("To be", admin, username="oven_friends_to_be")
        world.add_bot(admin, late, rights=["can_invite_users"])
        await gathering.settle()
        world.open_link(gathering.add_person("Budi"), await gathering.invite(anna))
        assert "Budi" in await see_invites(gathering, anna)


async def test_joins_count_before_the_name_was_ever_looked_up(tmp_path: Path) -> None:
    """After a restart during which Telegram says nothing of the chat, an update says enough."""
    async with gather(tmp_path) as gathering:
        async with gathering.at_work(named="@OVEN_friends"):
            anna = await gathering.add_member("Anna")
            link = await gathering.invite(anna)
        gathering.telegram.faults.order(error(500, after_effect=False), "getChat", times=-1)
        gathering.world.open_link(gathering.add_person("Budi"), link)
        async with gathering.at_work(named="@OVEN_friends"):
            assert "Budi" in (await gathering.telegram.until_message(anna, "joined through you")).text


async def test_a_name_that_somebody_else_took_over_leads_nobody_away(tmp_path: Path) -> None:
    """The chat is known by its number since its name was first looked up; admins are told, with the other's number."""
    async with gather(tmp_path) as gathering:
        world, admin = gathering.world, gathering.admin
        async with gathering.at_work(named="@OVEN_friends"):
            await gathering.join(admin)
            anna = await gathering.add_member("Anna")
            link = await gathering.invite(anna)
        thief = gathering.add_person("Thief")
        gathering.group.username = ""
        taken = world.add_group("Free points", thief, username="oven_friends")
        world.add_bot(thief, taken, rights=["can_invite_users"])
        async with gathering.at_work(named="@OVEN_friends"):
            told = await gathering.telegram.until_message(admin, "leads to another chat now")
            assert str(taken.id) in told.text
            assert await gathering.invite(anna) == link
            world.join(gathering.add_person("Lured"), taken)
            world.open_link(gathering.add_person("Budi"), link)
            said = await see_invites(gathering, anna)
        assert "Budi" in said
        assert "Lured" not in said


async def test_a_group_that_becomes_a_supergroup_is_followed(tmp_path: Path) -> None:
    """Told by Telegram or met by chance; the old links still count, also after a restart with the old number."""
    async with gather(tmp_path, basic=True) as gathering:
        world, admin = gathering.world, gathering.admin
        async with gathering.at_work():
            await gathering.join(admin)
            anna = await gathering.add_member("Anna")
            link = await gathering.invite(anna)
            budi = gathering.add_person("Budi")
            world.open_link(budi, link)
            await gathering.telegram.until_message(anna, "joined through you")
            grown = world.upgrade_group(admin, gathering.group)
            told = await gathering.telegram.until_message(admin, "supergroup")
            assert str(grown.id) in told.text
            fresh = await gathering.invite(anna)
            assert fresh != link
        async with gathering.at_work():
            assert await gathering.invite(anna) == fresh
            world.open_link(gathering.add_person("Mei"), fresh)
            await gathering.telegram.until_message(anna, "Mei")
            world.leave(budi, grown)
            await gathering.telegram.until_message(anna, "left")
        assert len(list_warnings(gathering.telegram, admin)) == 1


async def test_without_a_community_the_command_is_no_command(tmp_path: Path) -> None:
    """The usual pointer, no button, nothing in the menu."""
    async with open_shop(sqlite_in(tmp_path)) as shop:
        anna = shop.add_person("Anna")
        home = await shop.join(anna)
        assert "Community" not in [button.text for button in home.buttons]
        assert "/help" in (await shop.ask(anna, "/community")).text
        chat = shop.world.open_chat(anna)
        assert "community" not in [each["command"] for each in shop.world.profile.list_commands(chat, anna)]


async def test_a_campaign_that_counts_in_no_chat_is_refused(tmp_path: Path) -> None:
    """Nobody would ever count: the start says so, with the line."""
    path = write_campaign(tmp_path, strict=True)
    values = {
        "PASSALONG_BOT_TOKEN": "42:secret",
        "PASSALONG_DATABASE_URL": sqlite_in(tmp_path),
        "PASSALONG_CAMPAIGN": str(path),
    }
    with pytest.raises(CampaignMistake, match=r"line \d+, rules.join_community"):
        await run(read_settings(values), asyncio.Event())
