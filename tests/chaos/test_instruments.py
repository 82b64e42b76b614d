"""The instruments of chaos themselves: the same seed is the same run, and what is wrong is seen."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.campaign_file import load_campaign
from bot.core.fairness.looking import AROUND, OTHERS, Look
from bot.core.fairness.signals import About, list_signs
from bot.playground.world import Button, Content, World
from bot.playground.world.files import Photo
from bot.playground.world.journal import SECOND, Call
from bot.playground.world.state import FIRST_PERSON_ID
from storage.records import PersonId, ReferralId
from storage.review import Trace
from tests.chaos.audience import TEXT, Audience
from tests.chaos.books import Books, BroadcastBooks, Member
from tests.chaos.broadcast_verdict import Outcome, judge_broadcast
from tests.chaos.crowd import draw_account, find_names, name_person
from tests.chaos.expectation import GREETED, expect
from tests.chaos.findings import Findings, Report
from tests.chaos.joins import CAMPAIGN
from tests.chaos.killer import Killer
from tests.chaos.order import Order
from tests.chaos.pace import Ban, Death, Pulse, count_busiest_second, list_sends_in_bans
from tests.chaos.plan import LANGUAGES, Action, KillPoint, Kind, draw_plan
from tests.chaos.verdict import Evidence, find_unknown_shares, judge

LINK = "https://t.me/passalong_bot?start="
PLAN = [Action(Kind.ARRIVE, 0), Action(Kind.JOIN, 1, 0, "qr"), Action(Kind.SHARE, 0, word="/share")]


def test_the_same_seed_is_the_same_run() -> None:
    """Updates, pauses and moments of death are all drawn from the seed."""
    assert draw_plan(7, updates=500, kills=10) == draw_plan(7, updates=500, kills=10)
    assert draw_plan(7, updates=500, kills=10) != draw_plan(8, updates=500, kills=10)


def test_a_plan_has_its_sizes_and_every_kind_of_action() -> None:
    """As many deaths as ordered, as many updates, and nothing that people do is left out."""
    plan = draw_plan(1, updates=2000, kills=40)
    actions = list(chain.from_iterable(segment.actions for segment in plan))
    assert len(plan) == 40
    assert {len(draw_plan(seed, updates=5000, kills=100)) for seed in range(5)} == {100}
    assert {action.kind for action in actions} == set(Kind)
    assert 2000 <= len(actions) + sum(action.kind is Kind.COME_BACK for action in actions) <= 2001
    assert len(expect(actions).inviters) > 1000


@pytest.mark.parametrize("seed", [1, 7, 91])
def test_a_plan_knows_what_it_has_done(seed: int) -> None:
    """Nobody hides a name that is hidden, comes twice, claims twice, or taps what they have not asked for."""
    actions = list(chain.from_iterable(segment.actions for segment in draw_plan(seed, updates=5000, kills=100)))
    for kinds in ({Kind.HIDE}, {Kind.CLAIM}, GREETED):
        assert max(Counter(action.who for action in actions if action.kind in kinds).values()) == 1
    for asked, tapped in ((Kind.ASK_TOP, Kind.HIDE), (Kind.ASK_LANGUAGE, Kind.SET_LANGUAGE)):
        open_asks: Counter[int] = Counter()
        for action in actions:
            open_asks[action.who] += (action.kind is asked) - (action.kind is tapped)
            assert open_asks[action.who] >= 0


def test_a_run_that_stopped_prints_no_figure_as_if_it_had_run() -> None:
    """It says that it stopped, how far it came, and never how little was lost."""
    order = Order(part="joins", engine="sqlite", seed=91, size=5000, kills=100, folder=Path())
    whole = Report(order=order, findings=Findings(), seconds=1.0, updates=5001, kills=100, figures={"joins": 9})
    cut = replace(whole, stopped="button appear:0 never came", updates=1480)
    assert whole.passed
    assert not cut.passed
    assert {"lost", "doubled", "notices_lost", "updates", "joins"} <= json.loads(whole.render()).keys()
    told = json.loads(cut.render())
    assert told["stopped"] == "button appear:0 never came"
    assert told["after_updates"] == 1480
    assert not {"lost", "doubled", "notices_lost", "updates", "joins"} & told.keys()


def test_a_link_that_comes_late_counts_and_closes_no_ring() -> None:
    """Nia0 came alone and opens the link of Nia2, whom she did not bring; of Nia1, whom she brought, it is refused."""
    came = [Action(Kind.ARRIVE, 0), Action(Kind.JOIN, 1, 0), Action(Kind.ARRIVE, 2)]
    late = expect([*came, Action(Kind.OPEN_OTHER, 0, 2)])
    assert (late.inviters[0], late.claimed) == ((2, ""), {0})
    assert 0 not in expect([*came, Action(Kind.OPEN_OTHER, 0, 1)]).inviters
    assert expect([*came, Action(Kind.OPEN_OTHER, 1, 2)]).inviters[1] == (0, "")


@pytest.mark.parametrize("seed", [1, 7, 1301])
def test_the_crowd_looks_like_people(seed: int) -> None:
    """Nobody's account speaks against them, whoever else came: a friend who is held for that counts later than the plan says."""
    actions = chain.from_iterable(segment.actions for segment in draw_plan(seed, updates=3000, kills=50))
    inviters = expect(actions).inviters
    friends = [make_trace(place, friend, inviter) for place, (friend, (inviter, _)) in enumerate(inviters.items())]
    groups: dict[int, list[Trace]] = {}
    for place, friend in enumerate(friends):
        around = friends[max(0, place - AROUND) : place]
        others = groups.setdefault(friend.inviter_id, [])
        signs = list_signs(Look(friend=friend, others=others[-OTHERS:], around=around, line=friends))
        assert {sign.signal.about for sign in signs} <= {About.RELATIONS}  # they all come within an hour
        others.append(friend)


def test_everybody_has_a_name_and_an_account_of_their_own() -> None:
    """A name is read out of any text, and no account is one of the world's own."""
    names = [name_person(number) for number in range(100_000)]
    accounts = {draw_account(number) for number in range(100_000)}
    assert len(set(names)) == len(accounts) == 100_000
    assert not accounts & set(range(FIRST_PERSON_ID, FIRST_PERSON_ID + 1000))
    assert find_names(f"{names[0]}, *{names[1]}* and ({names[99_999]}) came by {names[7]}.") == [
        *(names[0], names[1]),
        *(names[99_999], names[7]),
    ]


def test_a_good_end_has_no_findings() -> None:
    """The books of two people, one invited by the other, with all that was owed to them."""
    assert judge(make_evidence()).list_all() == []


@pytest.mark.parametrize(
    ("changes", "sort"),
    [
        ({"updates": {11: "done", 12: "done"}}, "lost"),
        ({"updates": {11: "done", 12: "done", 13: "open"}}, "lost"),
        ({"referrals": []}, "lost"),
        ({"ledger": Counter({(1, 101, 50): 1})}, "lost"),
        ({"ledger": Counter({(1, 101, 50): 2, (1, 102, 25): 1})}, "doubled"),
        ({"rewards": Counter({(1, 101, 50): 1, (1, 102, 25): 2})}, "doubled"),
        ({"shares": {}}, "lost"),
        ({"shares": {(101, "card"): 2}}, "doubled"),
        ({"misses": {1_000_000_002: 1}}, "doubled"),
        ({"held": [(1, '[["names", [4]]]')]}, "others"),
        ({"notices": [("welcome", 101, "owed", "")]}, "notices_lost"),
        ({"notices": [("welcome", 101, "failed", "500")]}, "notices_lost"),
    ],
)
def test_wrong_books_are_found(changes: dict[str, Any], sort: str) -> None:
    """Whatever is missing counts as lost, whatever is too much as doubled."""
    evidence = make_evidence()
    assert getattr(judge(replace(evidence, books=replace(evidence.books, **changes))), sort)


def test_a_picture_whose_fate_nobody_knows_is_unknown_and_not_lost() -> None:
    """The bot sends none of them again by itself; more shares missing than such pictures are lost."""
    evidence = make_evidence()
    without = replace(evidence, books=replace(evidence.books, shares={}))
    unsure = replace(without, unsure={without.telegram_ids[0]: 3})
    assert judge(without).lost
    assert judge(unsure).list_all() == []
    assert find_unknown_shares(unsure) == {(0, "card"): 1}
    assert not find_unknown_shares(replace(evidence, unsure=unsure.unsure))


def test_a_first_card_comes_once_behind_the_greeting_by_one_upload() -> None:
    """One that is missing is lost unless its fate is unknown; one too many, or uploaded again, is doubled."""
    evidence = make_evidence()
    *others, first, other, again = evidence.sent
    without = replace(evidence, sent=[*others, first, again])
    assert judge(without).notices_lost
    unknown = replace(without, books=replace(without.books, unknown_cards=frozenset({102})))
    assert judge(unknown).list_all() == []
    assert judge(replace(evidence, sent=[*evidence.sent, other])).doubled
    *_, fresh, _ = make_evidence().sent
    assert judge(replace(evidence, sent=[*others, first, other, fresh, again])).doubled
    unasked = replace(evidence, expected=expect(PLAN[:2]), books=replace(evidence.books, shares={}))
    assert judge(replace(unasked, sent=[first, *others, other])).others
    assert not judge(replace(evidence, sent=[first, *others, other, again])).others


def test_an_answer_to_share_is_said_again_only_over_a_death() -> None:
    """Whether or not the books have learnt of it; without a death since the card before it is doubled."""
    evidence = make_evidence()
    *_, last = evidence.sent
    repeated = replace(evidence, sent=[*evidence.sent, replace(last, at=last.at + 5 * SECOND)])
    assert judge(repeated).doubled
    assert judge(replace(repeated, deaths=[last.at + 6 * SECOND])).doubled
    died = replace(repeated, deaths=[last.at + SECOND])
    assert judge(died).list_all() == []
    assert judge(replace(died, expected=expect(PLAN[:2]))).doubled
    unsure = replace(died, books=replace(died.books, shares={}), unsure={died.telegram_ids[0]: 1})
    assert judge(unsure).list_all() == []


@pytest.mark.parametrize("place", range(4))
def test_a_message_that_nobody_got_is_found(place: int) -> None:
    """Both greetings, the inviter's news and the channel's: each is missed."""
    evidence = make_evidence()
    sent = [each for number, each in enumerate(evidence.sent) if number != place]
    assert judge(replace(evidence, sent=sent)).notices_lost


@pytest.mark.parametrize(
    ("states", "received", "sort"),
    [
        (["sent", "sent"], [1, 1], ""),
        (["sent", "unknown"], [1, 1], ""),
        (["sent", "sent"], [1, 2], "doubled"),
        (["sent", "sent"], [1, 0], "lost"),
        (["sent", "sending"], [1, 0], "lost"),
        (["sent"], [1, 0], "lost"),
        (["sent", "failed"], [1, 1], "others"),
        (["unknown", "unknown"], [1, 0], "others"),
    ],
)
def test_what_is_wrong_with_a_broadcast_is_found(states: list[str], received: list[int], sort: str) -> None:
    """Somebody who got it twice, or not at all though listed as sent, or has no final state, or is one unknown too many."""
    findings = judge_broadcast(make_outcome(states, received))
    assert [name for name in Findings.__dataclass_fields__ if getattr(findings, name)] == ([sort] if sort else [])


@pytest.mark.parametrize(
    ("fault", "sort"), [("", "lost"), ("status 403", "lost"), ("drop before", ""), ("html 502", "")]
)
def test_an_answer_is_owed_unless_nobody_can_know_whether_it_arrived(fault: str, sort: str) -> None:
    """A question without an answer is a loss, but for one whose answer was cut off on its way."""
    outcome = make_outcome(["sent", "sent"], [1, 1])
    person = outcome.audience.members[0]
    question = outcome.world.send_text(person, outcome.world.open_chat(person), "/help")
    outcome.audience.asked.append(question)
    answer = {"chat_id": person.id, "text": "What I can do"}
    outcome.world.journal.note_call(question.at, "sendMessage", answer).fault = fault
    findings = judge_broadcast(outcome)
    assert [name for name in Findings.__dataclass_fields__ if getattr(findings, name)] == ([sort] if sort else [])


def test_a_send_inside_a_known_ban_is_found() -> None:
    """Not those that were on their way, nor those of a bot that died before it heard of the ban, or wrote it down."""
    calls = [make_call(1, "getMe", 9)]
    calls += [make_call(2 + number, "sendMessage", at) for number, at in enumerate((9.9, 10.1, 12, 13.1))]
    bans = [Ban(10 * SECOND, 13 * SECOND)]
    informed, ignorant = Death(11 * SECOND, 13 * SECOND + 9), Death(11 * SECOND, 0)
    deaf, hasty = Death(9 * SECOND + 1, 0), Death(10 * SECOND + 9, 13 * SECOND + 9)
    deaths = (informed, ignorant, deaf, hasty)
    found = [list_sends_in_bans(calls, bans, [death], travel_seconds=0.3) for death in deaths]
    assert [[call.number for call in each] for each in found] == [[4], [], [], []]


def make_call(number: int, method: str, second: float) -> Call:
    """A request that came so many seconds after the beginning of time."""
    return Call(number=number, at=int(second * SECOND), method=method, params={})


def test_a_second_is_too_busy_only_if_no_delay_explains_it() -> None:
    """What a stalled runner has seen all at once may have come one by one before."""
    moments = [0, SECOND // 2, SECOND - 1, SECOND]
    assert count_busiest_second(moments, lambda _at: 0) == 3
    assert count_busiest_second(moments, lambda at: SECOND // 10 if at == 0 else 0) == 3
    assert count_busiest_second([1, *moments[1:]], lambda _at: 0) == 4
    assert count_busiest_second([1, *moments[1:]], lambda at: 2 if at == 1 else 0) == 3


async def test_a_death_hangs_on_the_request_that_was_drawn() -> None:
    """Requests of the dead do not count, and one that must not have its effect is told apart."""
    living: list[int | None] = [None]
    killer = Killer(lambda: living[0], lambda: 0)
    killer.arm(KillPoint(2, "before"))
    assert killer.on_request(1, "sendMessage", "before")
    living[0] = 2**22 + 1  # a process number that no system gives
    assert killer.on_request(2, "sendMessage", "before")
    assert killer.on_request(2, "sendMessage", "after")
    assert not killer.on_request(3, "sendMessage", "before")
    assert await killer.until_struck(1)


def make_trace(place: int, friend: int, inviter: int) -> Trace:
    """Somebody of the crowd who has just come."""
    return Trace(
        referral_id=ReferralId(place + 1),
        inviter_id=PersonId(inviter + 1),
        invitee_id=PersonId(friend + 1),
        telegram_id=draw_account(friend),
        first_name=name_person(friend),
        last_name="",
        username="",
        language=LANGUAGES[friend % len(LANGUAGES)],
        joined_at=place * SECOND,
        blocked_at=None,
        shared=False,
    )


def make_evidence() -> Evidence:
    """The first came alone, the second by her link; she took her card once."""
    world = World()
    owner, people = world.add_person("Owner"), [world.add_person(name_person(number)) for number in range(2)]
    channel = world.add_channel("News", owner)
    world.add_bot(owner, channel)
    for person in people:
        world.press_start(person)
    say(world, people[0].id, f"Hi! {LINK}AAAAAAAAAA")
    say(world, people[1].id, f"{name_person(0)} invited you. {LINK}BBBBBBBBBB")
    say(world, people[0].id, f"{name_person(1)} joined", ["invites:0", "rewards:0"])
    say(world, channel.id, f"{name_person(1)} came by {name_person(0)}")
    first, second = Photo((), b"1"), Photo((), b"2")
    for person, photo in ((people[0], first), (people[1], second), (people[0], first)):
        hand_card(world, person.id, photo)
    return Evidence(
        expected=expect(PLAN),
        campaign=load_campaign(CAMPAIGN).campaign,
        handed={11, 12, 13},
        books=make_books([person.id for person in people]),
        sent=world.sent,
        channel=channel,
        telegram_ids={number: person.id for number, person in enumerate(people)},
        unsure={},
    )


def make_books(telegram_ids: list[int]) -> Books:
    """The books that belong to it."""
    campaign = load_campaign(CAMPAIGN).campaign
    gains = [campaign.inviter_points, campaign.invitee_points]
    codes = ["AAAAAAAAAA", "BBBBBBBBBB"]
    members = [
        Member(
            telegram_id=telegram_id,
            id=101 + number,
            code=codes[number],
            started_at=1,
            language=None,
            anonymous=False,
            blocked_at=None,
            score=1 - number,
            balance=gains[number],
        )
        for number, telegram_id in enumerate(telegram_ids)
    ]
    both = Counter({(1, 101, gains[0]): 1, (1, 102, gains[1]): 1})
    return Books(
        people={member.telegram_id: member for member in members},
        referrals=[(1, 101, 102, "qr")],
        ledger=both,
        rewards=both,
        shares={(101, "card"): 1},
        misses={},
        updates=dict.fromkeys((11, 12, 13), "done"),
        notices=[("welcome", 101, "sent", "")],
    )


def make_outcome(states: list[str], received: list[int]) -> Outcome:
    """A broadcast to two people after one death with one message in flight."""
    world = World()
    people = [world.add_person(name_person(number)) for number in range(2)]
    for person, count in zip(people, received, strict=True):
        world.press_start(person)
        for _ in range(count):
            say(world, person.id, TEXT)
    deliveries = [(person.id, state) for person, state in zip(people, states, strict=False)]
    return Outcome(
        audience=Audience(people[0], people[1:]),
        books=BroadcastBooks(state="done", deliveries=deliveries),
        world=world,
        listed=" ".join(str(person.id) for person in people),
        kills=1,
        in_flight=1,
    )


def hand_card(world: World, chat_id: int, photo: Photo) -> None:
    """Have the bot send somebody's card."""
    keyboard = ((Button("▶", "callback_data", "story:next", {}),),)
    world.post(world.get_chat(chat_id), Content(text="Nia invites you", photo=photo, keyboard=keyboard))


def say(world: World, chat_id: int, text: str, data: list[str] | None = None) -> None:
    """Have the bot write."""
    keyboard = tuple((Button(each, "callback_data", each, {}),) for each in data or [])
    world.post(world.get_chat(chat_id), Content(text=text, keyboard=keyboard))


def test_a_moment_is_as_late_as_the_longest_stall_around_it() -> None:
    """However many there were: found among them, not counted through."""
    pulse, dice, at, stalls = Pulse(World()), Random(3), 0, []
    for _ in range(200):
        ended = at + dice.choice((10_000, 15_000, 60_000, 2_000_000))
        pulse.note(at, ended)
        stalls.append((at, ended, ended - at - 10_000))
        at = ended
    for moment in [dice.randrange(at) for _ in range(300)]:
        felt = [stall for began, ended, stall in stalls if stall > 10_000 and began <= moment <= ended + 10_000]
        assert pulse.find_delay(moment) == max(felt, default=0)
