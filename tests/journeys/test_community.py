from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.world import Person
from tests.journeys.gathering import TITLE, Gathering, find_invite, gather, gather_at_work
from tests.journeys.shop_at_work import find_link

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = {
    "en": ("Your personal invitation", "joined through you", "joined the community", "left again", "25 points"),
    "id": ("Tautan ajakan pribadimu", "bergabung", "masuk komunitas", "keluar lagi", "25 poin"),
    "zh": ("专属的 Oven Friends 邀请链接", "接受了你的邀请", "已加入社群", "又离开了", "25 积分"),
}
"""What a member reads: the link's screen, that a friend came, both events in the list, the friend's gift."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gathering(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gathering]:
    """A bot at work beside a group, for all journeys; every journey brings its own people."""
    async with gather_at_work(tmp_path_factory.mktemp("gathering")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gathering]:
    """The same, where friends count only once in the group."""
    async with gather_at_work(tmp_path_factory.mktemp("strict"), strict=True, named="@Oven_Friends") as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "id", "zh"])
async def test_a_friend_comes_by_a_personal_link_and_leaves_again(gathering: Gathering, language: str) -> None:
    """Credited before the friend has met the bot, greeted as invited, both events listed, the credit taken back."""
    world, telegram = gathering.world, gathering.telegram
    link_words, joined, came, left, gift = WORDS[language]
    code = {"zh": "zh-hans"}.get(language, language)
    anna = gathering.add_person(f"Anna-{language}", language=code)
    await gathering.join(anna)
    shown = await gathering.ask(anna, "/community")
    assert link_words in shown.text
    assert TITLE in shown.text
    budi = gathering.add_person(f"Budi-{language}", language=code)
    opened = world.open_link(anna, str(shown.buttons[0].value))
    sent = world.share_draft(anna, world.open_chat(anna, budi), opened)
    world.open_link(budi, find_invite(sent))
    assert gathering.group.holds(budi)
    told = await telegram.until_message(anna, budi.first_name, after=shown)
    assert joined in told.text
    seen = await gathering.ask(anna, "/invites")
    assert came in seen.text
    greeting = await gathering.join(budi)
    assert anna.first_name in greeting.text
    assert gift in greeting.text
    world.leave(budi, gathering.group)
    await telegram.until_message(anna, budi.first_name, after=seen)
    await telegram.until_message(budi, after=greeting)
    listed = (await gathering.ask(anna, "/invites")).text
    assert left in listed
    assert came not in listed


async def test_two_members_links_lead_to_their_own(gathering: Gathering) -> None:
    """Each friend counts for the member whose link it was; the second link of the same friend for nobody."""
    world = gathering.world
    anna, mei = await gathering.add_member("Anna"), await gathering.add_member("Mei")
    annas, meis = await gathering.invite(anna), await gathering.invite(mei)
    one, two = gathering.add_person("Friend-one"), gathering.add_person("Friend-two")
    world.open_link(one, annas)
    world.open_link(two, meis)
    await gathering.settle()
    world.leave(one, gathering.group)
    world.open_link(one, meis)
    await gathering.settle()
    lists = [(await gathering.ask(member, "/invites", " · ")).text for member in (anna, mei)]
    assert ["Friend-one" in text for text in lists] == [True, False]
    assert ["Friend-two" in text for text in lists] == [False, True]
    assert "left again" in lists[0]


async def test_a_friend_counts_once_in_the_group(strict: Gathering) -> None:
    """By the bot's link first: nothing is earned until the friend is in, by whatever way; /community shows the way."""
    world, telegram = strict.world, strict.telegram
    anna, budi = strict.add_person("Anna"), strict.add_person("Budi")
    link = find_link(await strict.join(anna))
    greeting = await strict.join(budi, link)
    assert "a gift waits" in greeting.text
    assert "as soon as" in (await telegram.until_message(anna, "Budi")).text
    way = await strict.ask(budi, "/community")
    assert "waiting for you there" in way.text
    opened = world.open_link(budi, str(way.get_button("Go there").value))
    assert opened.kind == "joined"
    assert "+25 points" in (await telegram.until_message(budi, "You are in")).text
    assert "+50 points" in (await telegram.until_message(anna, "joined through you")).text
    assert "expected" not in (await strict.ask(budi, "/community")).text
    world.leave(budi, strict.group)
    await telegram.until_message(anna, "left")
    assert "0 points" in (await strict.ask(anna, "/rewards")).text


async def test_who_is_in_the_group_already_counts_at_once(strict: Gathering) -> None:
    """Seen there by the bot: the greeting brings the gift."""
    anna, budi = strict.add_person("Anna"), strict.add_person("Budi")
    link = find_link(await strict.join(anna))
    strict.world.join(budi, strict.group)
    await strict.settle()
    assert "25 points" in (await strict.join(budi, link)).text
    await strict.telegram.until_message(anna, "joined through you")


async def test_who_was_in_the_group_before_the_bot_counts_when_they_ask(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Nobody told the bot of them, so it asks Telegram as soon as they look for the way."""
    async with gather(tmp_path_factory.mktemp("late"), rights=None) as gathering:
        budi = gathering.add_person("Budi")
        gathering.world.join(budi, gathering.group)
        gathering.world.add_bot(gathering.admin, gathering.group, rights=["can_invite_users"])
        async with gathering.at_work(strict=True):
            anna = gathering.add_person("Anna")
            link = find_link(await gathering.join(anna))
            assert "a gift waits" in (await gathering.join(budi, link)).text
            assert "expected" not in (await gathering.ask(budi, "/community")).text
            await gathering.telegram.until_message(budi, "You are in")
            await gathering.telegram.until_message(anna, "joined through you")


async def test_what_happens_while_the_bot_is_away_counts_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Friends come and go meanwhile; afterwards everything is as if it had been there."""
    async with gather(tmp_path_factory.mktemp("away")) as gathering:
        async with gathering.at_work():
            anna = await gathering.add_member("Anna")
            link = await gathering.invite(anna)
        stays, goes = gathering.add_person("Stays"), gathering.add_person("Goes")
        for person in (stays, goes):
            gathering.world.open_link(person, link)
        gathering.world.leave(goes, gathering.group)
        for _ in range(2):
            async with gathering.at_work():
                await gathering.telegram.until_message(anna, "Stays")
                await gathering.telegram.until_confirmed()
                assert "Stays · joined the community" in await read(gathering, anna, "/invites", "Goes · left again")
                assert await read(gathering, anna, "/rewards", "Your balance: 50 points")


async def read(gathering: Gathering, member: Person, command: str, expected: str) -> str:
    """The answer to a command that says what is expected, whatever else comes meanwhile."""
    asked = gathering.world.send_text(member, gathering.world.open_chat(member), command)
    return (await gathering.telegram.until_reply(asked, expected)).text
