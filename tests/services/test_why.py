"""Where is my reward? Everybody sees their own, in every state, and what comes next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Condition, Give, Limit, Rule
from bot.core.rewards.steps import compute_stayed, list_steps
from bot.jobs.rewards import arrive_due, free_due
from bot.messages.standing import render_invites
from bot.messages.texts import Texts
from bot.messages.why import render_answer, say_stages
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.rewards.viewing import explain, list_why
from bot.services.standing import list_invites, list_rewards
from storage import Store, open_store
from storage.facts import EventKind, GrantId, GrantKind, GrantState
from storage.records import PersonId, Side
from storage.tables import people
from tests.messages.samples import make_shop
from tests.messages.telegram_html import read_html
from tests.services.test_revoking import add_member
from tests.services.test_rewards import COFFEE, bring, compose_milestone, compose_rule
from tests.services.test_rewards_with_time import STAYED, enter, set_rules
from tests.storage.clock import Clock
from tests.storage.test_upgrading import begin_before_rules

DAY = 24 * 3600 * 1_000_000


async def test_all_that_the_rules_gave_is_shown_with_its_reason(store: Store, campaign: Campaign, clock: Clock) -> None:
    """What is held, what is there, what went back, page by page; whose it is not sees nothing of it."""
    rules = [compose_rule(hold_days=3, limit=Limit(first=1), at_limit="tell"), compose_milestone(number=2)]
    await set_rules(store, campaign, *rules)
    anna, other = [await store.write(add_member, name) for name in ("Anna", "Other")]
    friends = [await store.write(bring, anna) for _ in range(2)]
    view = await store.read(list_why, visitor=anna.profile)
    states = [(line.row.rule, line.row.state, line.friend) for line in view.lines]
    assert states == [
        ("third", GrantState.AVAILABLE, "Friend"),
        ("each", GrantState.DECLINED, "Friend"),
        ("join", GrantState.AVAILABLE, "Friend"),
        ("each", GrantState.HELD, "Friend"),
        ("join", GrantState.AVAILABLE, "Friend"),
    ]
    assert all(line.rule is not None and line.happened is EventKind.QUALIFIED for line in view.lines)
    number = view.lines[0].row.id
    mine, others = [await store.read(explain, visitor=each.profile, grant_id=number) for each in (anna, other)]
    assert (mine.grant, others.grant) == (view.lines[0], None)
    assert (await store.read(explain, visitor=anna.profile, grant_id=GrantId(10**6))).grant is None
    live = (await store.read(list_rewards, visitor=anna.profile)).live
    assert [line.row.state for line in live] == [GrantState.HELD]
    clock.advance(3 * DAY // 1_000_000)
    await free_due(store)
    live = (await store.write(list_rewards, visitor=anna.profile)).live
    assert not live  # points lie in the balance, and the coffee waits at the counter
    await store.write(revoke, friends[1].id, reason=RevokeReason.LEFT)
    gone = (await store.read(list_why, visitor=anna.profile)).lines[0].row
    assert (gone.state, gone.reason) == (GrantState.REVOKED, "score")


async def test_the_next_step_and_each_friends_way_are_told(store: Store, campaign: Campaign, clock: Clock) -> None:
    """How many friends more, and how long each has stayed."""
    await set_rules(store, campaign, STAYED, compose_milestone(number=3), compose_milestone(key="fifth", number=5))
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    await enter(store, friend)
    clock.advance(3.5 * DAY // 1_000_000)
    view = await store.write(list_invites, visitor=anna.profile)
    assert [(step.rule.key, step.missing) for step in view.steps] == [("third", 2), ("fifth", 4)]
    assert [(each.kind, each.have, each.wanted) for each in view.stages[friend.id]] == [
        (EventKind.JOINED, 1, 1),
        (EventKind.STAYED, 3, 7),
    ]


async def test_both_sides_see_each_step_turn_green(store: Store, campaign: Campaign, clock: Clock) -> None:
    """Who brought the friend and the friend themselves read the same, before and after; who came by nobody reads nothing."""
    first = Rule(key="first", when="purchased", who=Side.INVITEE, give=COFFEE, condition=Condition(nth=1))
    await set_rules(store, campaign, STAYED, first)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    budi = await store.read(people.get, friend.invitee_id)
    await store.write(people.set_started, budi.id)
    await enter(store, friend)

    async def look() -> tuple[str, str]:
        texts, shop = Texts("en"), make_shop()
        hers, own = [await store.write(list_invites, visitor=each.profile) for each in (anna, budi)]
        assert not hers.own_way.stages
        assert own.own_way.inviter == "Anna"
        shown = read_html(render_invites(texts, shop, own).text).text
        assert "by Anna" in shown
        said = say_stages(texts, own.own_way.stages)
        assert said in shown
        return said, say_stages(texts, hers.stages[friend.id])

    clock.advance(3.5 * DAY // 1_000_000)
    assert await look() == ("came ✓ · stayed 3 of 7 days · first purchase \u2013",) * 2
    clock.advance(4 * DAY // 1_000_000)
    await arrive_due(store)
    assert await look() == ("came ✓ · stayed for 7 days ✓ · first purchase \u2013",) * 2


def test_steps_are_those_ahead_and_days_are_whole() -> None:
    """The nearest first; what is reached is no step, and a stay that was broken off is none."""
    rules = [replace(compose_milestone(), number=number) for number in (9, 3, 5, 7)]
    coming = Rule(key="x", when="milestone", number=9, who=Side.INVITEE, give=COFFEE)
    assert [step.missing for step in list_steps([*rules, coming], 3, "2026-12-01")] == [2, 4, 6]
    assert list_steps([compose_rule(give=Give(kind=GrantKind.POINTS, amount=1))], 0, "2026-12-01") == []
    ending = replace(compose_milestone(), condition=Condition(until="2026-12-01"))
    assert [len(list_steps([ending], 0, day)) for day in ("2026-12-01", "2026-12-02")] == [1, 0]
    assert [compute_stayed(7, due, 0) for due in (None, 7 * DAY, 7 * DAY - 1, DAY, 1, 0, -DAY)] == [0, 0, 0, 6, 6, 7, 7]


async def test_what_was_earned_before_there_were_rules_keeps_its_sentence(
    empty_store_url: str, campaign: Campaign
) -> None:
    """The points that it was, whatever a friend brings today."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_before_rules, empty_store_url).result()
    async with open_store(empty_store_url) as store:
        today = replace(campaign, inviter_points=77, invitee_points=88)
        await store.write(open_shop, Source(campaign=today))
        zoe = await store.write(people.get, PersonId(1))
        view = await store.write(list_why, visitor=zoe.profile)
        assert [(line.row.rule, line.row.points) for line in view.lines] == [("join", 50), ("join", 50)]
        answer = await store.write(explain, visitor=zoe.profile, grant_id=view.lines[-1].row.id)
    said = read_html(render_answer(Texts("en"), make_shop(), answer).text).text
    assert "+50 points" in said
    assert "whoever invited them gets 50 points" in said
    assert "77" not in said
