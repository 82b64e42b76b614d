from __future__ import annotations

import asyncio

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.community import ChatProblem
from bot.core.links import Attribution
from bot.services.community.inviting import keep_link, view_community
from bot.services.community.membership import come, find_number, leave, move, note_number
from bot.services.community.warning import find_moved, note_look, note_moved
from bot.services.joining.joining import Arrival, start
from bot.services.standing import list_invites
from storage import Store
from storage.checks import list_faults
from storage.records import Invitation, NoticeId, OutboxRow, PersonId, Profile, Referral, ReferralState
from storage.tables import chat_joins, ledgers, outbox, people, referrals, shops
from tests.owed import find_member
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

CHAT = -1001000000077
DAY = 86_400
ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
BUDI = Profile(telegram_id=102, first_name="Budi")
MEI = Profile(telegram_id=103, first_name="Mei")
ANNAS, MEIS, NOBODYS = "https://t.me/+anna", "https://t.me/+mei", "https://t.me/+nob..."


class Scene:
    """A store with a campaign, and what happens in the chat."""

    def __init__(self, store: Store, campaign: Campaign, clock: Clock) -> None:
        self.store, self.campaign, self.clock = store, campaign, clock

    async def start(self, visitor: Profile, payload: str = "") -> Arrival:
        """Somebody starts the bot."""
        return await self.store.write(start, visitor=visitor, payload=payload)

    async def add_member(self, visitor: Profile, link: str) -> PersonId:
        """A member with a personal link."""
        member = (await self.start(visitor)).member
        await self.store.write(keep_link, person_id=member.id, chat_id=CHAT, link=link)
        return member.id

    async def come(self, newcomer: Profile, link: str = "") -> Referral | None:
        """Somebody joins the chat."""
        return await self.store.write(come, chat_id=CHAT, newcomer=newcomer, link=link)

    async def leave(self, who: Profile, *, chat_id: int = CHAT) -> Referral | None:
        """Somebody leaves the chat."""
        return await self.store.write(leave, chat_id=chat_id, telegram_id=who.telegram_id)

    async def list_kinds(self, *, since: int = 0) -> list[tuple[PersonId | None, str]]:
        """Whom the notices are for, and of which kind they are."""
        return [(find_member(notice), notice.kind) for notice in (await self.list_owed())[since:]]

    async def list_owed(self) -> list[OutboxRow]:
        """All notices, in order."""
        return await self.store.read(outbox.list_owed, after=NoticeId(0), limit=500)

    async def list_balances(self, *who: Profile) -> list[int]:
        """Points; 0 for somebody unknown."""
        found = [await self.store.read(people.find_by_telegram_id, each.telegram_id) for each in who]
        return [await self.store.read(ledgers.get_balance, person.id) if person else 0 for person in found]

    async def list_lines(self, visitor: Profile) -> list[Invitation]:
        """A member's invitations."""
        return (await self.store.write(list_invites, visitor=visitor)).lines


@pytest.fixture
async def scene(store: Store, campaign: Campaign, clock: Clock) -> Scene:
    """The shipped campaign."""
    return Scene(store, campaign, clock)


async def test_a_stranger_who_comes_by_a_members_link_is_credited(scene: Scene) -> None:
    """Before they have started the bot, whom it cannot write to; when they do, they are greeted as invited."""
    anna = await scene.add_member(ANNA, ANNAS)
    before = len(await scene.list_owed())
    referral = await scene.come(BUDI, ANNAS)
    assert referral is not None
    assert (referral.inviter_id, referral.source, referral.state) == (anna, "chat", ReferralState.QUALIFIED)
    rules = scene.campaign
    assert await scene.list_balances(ANNA, BUDI) == [rules.inviter_points, rules.invitee_points]
    assert await scene.list_kinds(since=before) == [(anna, "friend_joined"), (None, "join_announced")]
    arrival = await scene.start(BUDI, "Whoever123")
    assert (arrival.attribution, arrival.member.balance) == (Attribution.CREDITED, rules.invitee_points)
    assert (await scene.list_kinds())[-1] == (arrival.member.id, "welcome_invited")
    (line,) = await scene.list_lines(ANNA)
    assert (line.name, line.source, line.state, line.left_at) == ("Budi", "chat", ReferralState.QUALIFIED, None)
    assert await list_faults(scene.store) == []


async def test_a_newcomer_who_started_the_bot_alone_is_credited_when_they_come(scene: Scene) -> None:
    """Within the days in which they could also say by whom they came; both are told."""
    anna = await scene.add_member(ANNA, ANNAS)
    budi = (await scene.start(BUDI)).member.id
    before = len(await scene.list_owed())
    assert await scene.come(BUDI, ANNAS) is not None
    assert {recipient for recipient, _ in await scene.list_kinds(since=before)} == {anna, budi, None}


@pytest.mark.parametrize("link", ["", NOBODYS, MEIS + "x"])
async def test_any_other_way_credits_nobody(scene: Scene, link: str) -> None:
    """By name, by another's link, let in by an admin: nobody is credited, and no name is kept."""
    await scene.add_member(ANNA, ANNAS)
    assert await scene.come(BUDI, link) is None
    assert await scene.store.read(people.find_by_telegram_id, BUDI.telegram_id) is None
    seen = await scene.store.read(chat_joins.find, CHAT, BUDI.telegram_id)
    assert seen is not None
    assert seen.left_at is None
    assert await scene.store.read(referrals.count_all) == 0


async def test_a_rejoin_is_never_credited(scene: Scene) -> None:
    """Not after coming by another way, not after leaving a chat in which they were before the bot."""
    await scene.add_member(ANNA, ANNAS)
    await scene.come(BUDI)
    await scene.leave(BUDI)
    assert await scene.come(BUDI, ANNAS) is None
    await scene.leave(MEI)
    assert await scene.come(MEI, ANNAS) is None
    assert await scene.list_balances(ANNA) == [0]


async def test_nobody_comes_by_themselves_or_by_whom_they_brought(scene: Scene) -> None:
    """One's own link does nothing for oneself; two cannot have brought each other."""
    anna = await scene.add_member(ANNA, ANNAS)
    assert await scene.come(ANNA, ANNAS) is None
    code = (await scene.store.read(people.get, anna)).code
    mei = (await scene.start(MEI, code)).member
    await scene.store.write(keep_link, person_id=mei.id, chat_id=CHAT, link=MEIS)
    await scene.store.write(leave, chat_id=CHAT, telegram_id=ANNA.telegram_id)
    grown = CHAT - 1
    counted = await scene.store.write(come, chat_id=grown, newcomer=ANNA, link=MEIS)
    assert counted is None


async def test_an_old_member_is_no_newcomer(scene: Scene) -> None:
    """Who has been a member for longer than a newcomer may take to say so was not brought by a link."""
    await scene.add_member(ANNA, ANNAS)
    await scene.start(BUDI)
    scene.clock.advance(scene.campaign.rules.claim_days * DAY)
    assert await scene.come(BUDI, ANNAS) is None


async def test_the_first_of_two_links_counts(scene: Scene) -> None:
    """Whoever brought somebody stays; a second member's link changes nothing, whatever comes between."""
    anna, _ = await scene.add_member(ANNA, ANNAS), await scene.add_member(MEI, MEIS)
    first = await scene.come(BUDI, ANNAS)
    assert await scene.come(BUDI, MEIS) is None
    await scene.leave(BUDI)
    assert await scene.come(BUDI, MEIS) is None
    assert first is not None
    assert first.inviter_id == anna
    assert await scene.list_balances(ANNA, BUDI, MEI) == [0, 0, 0]
    assert await list_faults(scene.store) == []


async def test_an_older_link_of_a_member_still_counts(scene: Scene) -> None:
    """A friend may hold it for long; the newest is the one that is shown."""
    anna = await scene.add_member(ANNA, ANNAS)
    scene.clock.advance(1)
    await scene.store.write(keep_link, person_id=anna, chat_id=CHAT, link=ANNAS + "2")
    assert (await scene.store.read(view_community, visitor=ANNA, chat_id=CHAT)).link == ANNAS + "2"
    assert await scene.come(BUDI, ANNAS) is not None


@BOTH_ENGINES
async def test_told_twice_it_counts_once(scene: Scene) -> None:
    """However many tell at the same moment that somebody came, and then that they left."""
    await scene.add_member(ANNA, ANNAS)
    came = await asyncio.gather(*(scene.come(BUDI, ANNAS) for _ in range(8)))
    assert len([each for each in came if each]) == 1
    left = await asyncio.gather(*(scene.leave(BUDI) for _ in range(8)))
    assert len([each for each in left if each]) == 1
    assert await scene.list_balances(ANNA, BUDI) == [0, 0]
    assert await list_faults(scene.store) == []


@pytest.mark.parametrize(("seconds", "held"), [(0, True), (7 * DAY - 1, True), (7 * DAY, False), (300 * DAY, False)])
async def test_leaving_within_the_hold_takes_the_credit_back(scene: Scene, seconds: int, held: bool) -> None:
    """Until the last second of it; afterwards nothing changes any more."""
    await scene.add_member(ANNA, ANNAS)
    await scene.come(BUDI, ANNAS)
    scene.clock.advance(seconds)
    taken = await scene.leave(BUDI)
    earned = [scene.campaign.inviter_points, scene.campaign.invitee_points]
    assert (taken is not None) is held
    assert await scene.list_balances(ANNA, BUDI) == ([0, 0] if held else earned)
    (line,) = await scene.list_lines(ANNA)
    state = ReferralState.REVOKED if held else ReferralState.QUALIFIED
    assert (line.state, line.earned, line.left_at) == (state, 0 if held else earned[0], scene.clock.now)
    assert ((await scene.list_kinds())[-1][1] == "friend_revoked") is held
    assert await scene.come(BUDI, ANNAS) is None
    assert await scene.leave(BUDI) is None
    assert await scene.list_balances(ANNA, BUDI) == ([0, 0] if held else earned)
    assert await list_faults(scene.store) == []


async def test_leaving_takes_nothing_back_that_did_not_come_by_the_chat(scene: Scene) -> None:
    """A friend who came by the bot's link and is in the chat besides owes it nothing."""
    anna = (await scene.start(ANNA)).member
    await scene.start(BUDI, anna.code)
    await scene.come(BUDI)
    assert await scene.leave(BUDI) is None
    assert await scene.list_balances(ANNA) == [scene.campaign.inviter_points]


async def test_a_waiting_friend_qualifies_by_whatever_way_they_come(scene: Scene, strict: Campaign) -> None:
    """Also by another member's link, which credits that member with nothing; leaving again takes it back."""
    scene.campaign = strict
    anna = await scene.add_member(ANNA, ANNAS)
    await scene.add_member(MEI, MEIS)
    code = (await scene.store.read(people.get, anna)).code
    await scene.start(BUDI, code)
    assert (await scene.store.read(view_community, visitor=BUDI, chat_id=CHAT)).waits
    assert await scene.list_balances(ANNA, BUDI) == [0, 0]
    counted = await scene.come(BUDI, MEIS)
    assert counted is not None
    assert counted.inviter_id == anna
    assert not (await scene.store.read(view_community, visitor=BUDI, chat_id=CHAT)).waits
    assert await scene.list_balances(ANNA, BUDI, MEI) == [strict.inviter_points, strict.invitee_points, 0]
    assert await scene.leave(BUDI) is not None
    assert await scene.come(BUDI, ANNAS) is None
    assert await scene.list_balances(ANNA, BUDI, MEI) == [0, 0, 0]
    assert await list_faults(scene.store) == []


async def test_who_was_once_there_can_still_qualify(scene: Scene, strict: Campaign) -> None:
    """What is asked is to be in the chat; the hold then counts from the referral."""
    scene.campaign = strict
    anna = (await scene.start(ANNA)).member
    await scene.come(BUDI)
    await scene.leave(BUDI)
    scene.clock.advance(30 * DAY)
    await scene.start(BUDI, anna.code)
    assert await scene.list_balances(ANNA) == [0]
    assert await scene.come(BUDI) is not None
    assert await scene.list_balances(ANNA) == [strict.inviter_points]
    assert await scene.leave(BUDI) is not None


async def test_who_is_inside_already_counts_at_once(scene: Scene, strict: Campaign) -> None:
    """Starting the bot by a friend's link, seen in the chat before; leaving within the hold takes it back."""
    scene.campaign = strict
    anna = (await scene.start(ANNA)).member
    await scene.come(BUDI)
    scene.clock.advance(30 * DAY)
    arrival = await scene.start(BUDI, anna.code)
    assert arrival.member.balance == strict.invitee_points
    assert (await scene.list_kinds())[-1][1] == "join_announced"
    assert await scene.leave(BUDI) is not None
    assert await scene.list_balances(ANNA, BUDI) == [0, 0]


async def test_who_left_again_waits(scene: Scene, strict: Campaign) -> None:
    """Having been in the chat once is not being there."""
    scene.campaign = strict
    anna = (await scene.start(ANNA)).member
    await scene.come(BUDI)
    await scene.leave(BUDI)
    assert (await scene.start(BUDI, anna.code)).member.balance == 0


async def test_a_group_that_became_a_supergroup_forgets_nobody(scene: Scene) -> None:
    """The hold goes on under the new number, a rejoin stays one, and a restart knows the number."""
    await scene.add_member(ANNA, ANNAS)
    await scene.come(BUDI, ANNAS)
    grown = CHAT - 5
    await scene.store.write(move, old_id=CHAT, new_id=grown)
    for _ in range(2):
        await scene.store.write(note_moved, old_id=CHAT, new_id=grown, title="Oven", admin_ids={ANNA.telegram_id})
    assert await scene.store.read(find_moved, chat=CHAT) == grown
    assert await scene.store.read(find_moved, chat=grown) is None
    told = [notice for notice in await scene.list_owed() if notice.kind == "admin_warning"]
    assert [notice.payload for notice in told] == [{"warning": "moved", "chat": "Oven", "number": str(grown)}]
    assert await scene.leave(BUDI, chat_id=grown) is not None


async def test_a_group_that_moved_unseen_by_admins_is_known_after_a_restart(scene: Scene) -> None:
    """Nobody could be told, yet the bot remembers."""
    await scene.store.write(note_moved, old_id=CHAT, new_id=CHAT - 5, title="", admin_ids=[9])
    assert await scene.store.read(find_moved, chat=CHAT) == CHAT - 5
    assert await scene.list_owed() == []


async def test_admins_are_told_once_until_it_was_put_right(scene: Scene) -> None:
    """Every admin who has started the bot; the same trouble again only after none or another."""
    await scene.start(ANNA)
    admins = [ANNA.telegram_id, BUDI.telegram_id]

    async def look(problem: ChatProblem | None) -> bool:
        scene.clock.advance(1)
        return await scene.store.write(note_look, chat="@Oven", title="", problem=problem, admin_ids=admins)

    rights, admin = ChatProblem.NO_INVITING, ChatProblem.NO_ADMIN
    looks = [rights, rights, None, rights, admin, admin, rights, None]
    assert [await look(problem) for problem in looks] == [True, False, False, True, True, False, True, False]
    kinds = [notice for notice in await scene.list_owed() if notice.kind == "admin_warning"]
    assert [notice.payload["warning"] for notice in kinds] == ["no_inviting", "no_inviting", "no_admin", "no_inviting"]
    assert {notice.payload["chat"] for notice in kinds} == {"@Oven"}


async def test_without_an_admin_to_tell_it_is_told_later(scene: Scene) -> None:
    """Once one of them has started the bot and it is looked at again."""
    arguments = {"chat": CHAT, "title": "Oven", "problem": ChatProblem.NO_CHAT, "admin_ids": [ANNA.telegram_id]}
    assert not await scene.store.write(lambda tx: note_look(tx, **arguments))  # type: ignore[arg-type]  # a test's shorthand
    await scene.start(ANNA)
    assert await scene.store.write(lambda tx: note_look(tx, **arguments))  # type: ignore[arg-type]  # likewise


async def test_a_newcomer_is_remembered_where_they_were_seen(scene: Scene) -> None:
    """The row of the chat names the referral that counts by it."""
    await scene.add_member(ANNA, ANNAS)
    referral = await scene.come(BUDI, ANNAS)
    seen = await scene.store.read(chat_joins.find, CHAT, BUDI.telegram_id)
    assert referral is not None
    assert seen is not None
    assert (seen.referral_id, seen.person_id) == (referral.id, referral.invitee_id)


async def test_the_number_of_the_chat_that_the_shop_names_is_known(store: Store) -> None:
    """Since it became a supergroup, or was looked up; a number is its own; a name that nobody has looked up has none."""
    assert await store.read(find_number, chat=CHAT) == CHAT
    assert await store.read(find_number, chat="@other") is None
    assert await store.read(find_number, chat=-5) == -5
    await store.write(shops.set_community_chat, "@ours", -7)
    assert await store.read(find_number, chat="@ours") == -7
    await store.write(note_number, -8)
    assert await store.read(find_number, chat="@ours") == -8
    await store.write(note_moved, old_id=-5, new_id=-1005, title="Ours", admin_ids=[])
    assert await store.read(find_number, chat=-5) == -1005
