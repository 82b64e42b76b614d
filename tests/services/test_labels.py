"""Labels and stories in rules: rates of their own, for whom they are meant, and told as they are."""

from __future__ import annotations

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import JOIN, Condition, Give, Rule
from bot.core.links import compute_story_mark
from bot.core.spoken.own_codes import Unsuitable
from bot.messages.joining.notices import NOTICES
from bot.services.audit import Act, list_acts
from bot.services.joining.joining import credit, qualify, start
from bot.services.joining.notices import FriendJoined, FriendWaiting, Qualified, RevokeReason, WelcomeWaiting
from bot.services.joining.revoking import revoke
from bot.services.labels import give_code, set_label
from bot.services.members import note_owners, view_member
from bot.services.notices import read_notice
from bot.services.privacy import forget
from bot.services.rewards.granting import sum_points
from bot.services.rewards.viewing import list_next
from storage import Store, Tx
from storage.checks import list_faults
from storage.facts import GrantKind
from storage.records import NoticeId, Person, Profile, Referral, Side
from storage.tables import grants, labels, outbox, people, told_stories
from tests.services.test_revoking import add_member
from tests.services.test_rewards import COFFEE, bring, compose_milestone, set_rules
from tests.written import list_written

OWNER = Profile(telegram_id=1, first_name="Rina")
AMBASSADOR = Condition(label=("ambassador",))
KINDS = {notice.kind: notice for notice in NOTICES}


def rate(points: int, who: Side, condition: Condition = AMBASSADOR) -> Rule:
    """In the place of what `[points]` gives."""
    give = Give(kind=GrantKind.POINTS, amount=points)
    return Rule(key=f"rate-{who}", when="joined", who=who, give=give, condition=condition, instead_of=JOIN)


def list_said(tx: Tx) -> dict[str, int]:
    """The points that each kind of notice speaks of."""
    read = [read_notice(row, KINDS) for row in outbox.list_owed(tx, after=NoticeId(0), limit=99) if row.kind in KINDS]
    return {notice.kind: notice.points for notice in read if hasattr(notice, "points")}


def list_points(tx: Tx, referral: Referral) -> tuple[int, int]:
    """What both sides got."""
    given = grants.list_by_referral(tx, referral.id)
    return sum_points(given, Side.INVITER), sum_points(given, Side.INVITEE)


@pytest.mark.parametrize("called", [True, False])
async def test_who_is_labelled_has_rates_of_their_own(store: Store, campaign: Campaign, *, called: bool) -> None:
    """In the place of the usual ones, for both sides, and told so; for everybody else nothing is changed."""
    await set_rules(store, campaign, rate(120, Side.INVITER), rate(80, Side.INVITEE))
    anna = await store.write(add_member)
    if called:
        await store.write(labels.add, anna.id, "ambassador")
    friend = await store.write(bring, anna)
    expected = (120, 80) if called else (campaign.inviter_points, campaign.invitee_points)
    assert await store.read(list_points, friend) == expected
    said = await store.read(list_said)
    assert said[FriendJoined.kind] == expected[0]
    assert (await store.read(people.get, anna.id)).balance == expected[0]
    assert not await list_faults(store)


async def test_a_promise_to_who_waits_is_the_labelled_one(store: Store, strict: Campaign) -> None:
    """Both sides read what it will be, and it is that."""
    await set_rules(store, strict, rate(120, Side.INVITER), rate(80, Side.INVITEE))
    anna = await store.write(add_member)
    await store.write(labels.add, anna.id, "ambassador")
    friend = await store.write(credit, anna, await store.write(add_member, "Budi"), source="qr")
    assert friend is not None
    said = await store.read(list_said)
    assert (said[FriendWaiting.kind], said[WelcomeWaiting.kind]) == (120, 80)
    assert await store.write(qualify, friend.id)
    said = await store.read(list_said)
    assert (said[FriendJoined.kind], said[Qualified.kind]) == (120, 80)


async def test_a_milestone_of_the_labelled_is_theirs_alone(store: Store, campaign: Campaign) -> None:
    """Who is called so reaches it earlier and not the usual one besides; others neither get nor see it."""
    early = compose_milestone(key="early", number=1, condition=AMBASSADOR)
    instead = compose_milestone(key="better", number=2, condition=AMBASSADOR, instead_of="usual")
    usual = compose_milestone(key="usual", number=2)
    await set_rules(store, campaign, early, instead, usual)
    anna, dora = await store.write(add_member), await store.write(add_member, "Dora")
    await store.write(labels.add, anna.id, "ambassador")

    def see(tx: Tx, person: Person) -> list[str]:
        return [step.rule.key for step in list_next(tx, view_member(tx, people.get(tx, person.id)))]

    assert await store.read(see, anna) == ["early", "better"]
    assert await store.read(see, dora) == ["usual"]

    def list_rules(tx: Tx, person: Person) -> set[str]:
        return {row.rule for row in grants.list_of(tx, person.id, limit=9, offset=0)} - {JOIN}

    for person in (anna, dora):
        for _ in range(2):
            await store.write(bring, person)
    assert await store.read(list_rules, anna) == {"early", "better"}
    assert await store.read(list_rules, dora) == {"usual"}


async def test_a_head_start_is_a_stamp_and_no_friend(store: Store, campaign: Campaign) -> None:
    """Two friends fill a card of three; the score stays two, one friend less takes the reward back, and the next brings it again."""
    await set_rules(store, campaign, compose_milestone(head_start=1))
    anna = await store.write(add_member)

    def look(tx: Tx) -> tuple[int, list[tuple[str, int | None]], list[int]]:
        rows = [row for row in grants.list_of(tx, anna.id, limit=9, offset=0) if row.rule == "third"]
        member = view_member(tx, people.get(tx, anna.id))
        return member.score, [(row.state, row.threshold) for row in rows], [s.missing for s in list_next(tx, member)]

    first = await store.write(bring, anna)
    assert await store.read(look) == (1, [], [1])
    await store.write(bring, anna)
    assert await store.read(look) == (2, [("available", 2)], [])
    await store.write(revoke, first.id, reason=RevokeReason.LEFT)
    assert await store.read(look) == (1, [("revoked", 2)], [1])
    await store.write(bring, anna)
    assert (await store.read(look))[1] == [("available", 2), ("revoked", 2)]


@pytest.mark.parametrize(("told", "given"), [("first", True), ("second", False), ("", False)])
async def test_a_rule_can_ask_for_the_story(store: Store, campaign: Campaign, told: str, *, given: bool) -> None:
    """By whose card the friend came; a link that says nothing, or another story, brings the usual alone."""
    keys = dict(zip(("first", "second"), (story.key for story in campaign.stories), strict=False))
    rule = Rule(key="story", when="joined", who=Side.INVITER, give=COFFEE, condition=Condition(story=(keys["first"],)))
    await set_rules(store, campaign, rule)
    anna = await store.write(add_member)
    mark = f"-{compute_story_mark(keys[told])}" if told else ""
    visitor = Profile(telegram_id=77, first_name="Budi")
    arrival = await store.write(start, visitor=visitor, payload=f"{anna.code}-qr{mark}")

    def look(tx: Tx) -> tuple[str, bool]:
        (row,) = [each for each in grants.list_of(tx, anna.id, limit=9, offset=0) if each.rule == JOIN]
        assert row.referral_id is not None
        rules = {each.rule for each in grants.list_by_referral(tx, row.referral_id)}
        return told_stories.find(tx, row.referral_id), "story" in rules

    assert arrival.greeted_by_notice
    assert await store.read(look) == (keys.get(told, ""), given)


async def test_a_code_that_the_team_gives_leads_to_its_member(store: Store) -> None:
    """In a link and said aloud, in capitals or not; nobody else gets it or one that reads like it, and older ones go on."""
    await store.write(note_owners, telegram_ids=[1])
    await store.write(start, visitor=OWNER, payload="")
    anna, dora = await store.write(add_member), await store.write(add_member, "Dora")

    async def give(person: Person, code: str) -> Unsuitable | None:
        view = await store.write(give_code, visitor=OWNER, person_id=person.id, text=code, shop_names=["Kopi"])
        return view.refused

    await give(anna, "ANNA")
    assert (await store.read(people.get, anna.id)).spoken_code is None, "she has no label yet"
    for person in (anna, dora):
        await store.write(set_label, visitor=OWNER, person_id=person.id, label="ambassador", given=True)
    assert await give(anna, "ANNA") is None
    for code, why in (
        ("anna", Unsuitable.TAKEN),
        ("4nna", Unsuitable.ALIKE),
        ("kopi", Unsuitable.RESERVED),
        ("an", Unsuitable.LENGTH),
    ):
        assert await give(dora, code) is why, code
    assert await give(anna, "annas") is None
    for number, payload in enumerate(("anna", "ANNA-poster", "annas", f"{anna.code}-qr")):
        await store.write(start, visitor=Profile(telegram_id=100 + number, first_name="Eka"), payload=payload)
    assert (await store.read(people.get, anna.id)).score == 4
    acts = [(line.act, line.subject, line.after) for line in await store.read(list_acts, most=9)]
    assert ("code_given", "Anna", "ANNA") in acts
    assert ("labelled", "Dora", "ambassador") in acts
    rina = await store.read(people.find_by_telegram_id, OWNER.telegram_id)
    assert rina is not None
    assert await store.read(list_written, Act.CODE_GIVEN) == [
        (Act.CODE_GIVEN, rina.id, "", anna.id, "", "ANNA"),
        (Act.CODE_GIVEN, rina.id, "", anna.id, "anna", "ANNAS"),
    ]
    assert await store.write(forget, telegram_id=anna.profile.telegram_id)
    assert await store.read(labels.list_of, anna.id) == []
