"""Where each signal begins to say something, and what it says; and what is usual in a shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.campaigns.fairness import Fairness
from bot.core.durations import DAY_SECONDS, SECOND
from bot.core.fairness.judging import Verdict, compose_evidence, compute_risk, decide_verdict, merge_evidence
from bot.core.fairness.looking import (
    AROUND,
    HOUR_SECONDS,
    KNOWN,
    MOST_QUIET,
    Look,
    Usual,
    compose_usual,
    compute_tail,
    find_window,
    list_gaps,
    measure_usual,
    parse_usual,
)
from bot.core.fairness.signals import (
    COHORT,
    FEW,
    MANY,
    NEAR,
    SIGNALS,
    Cost,
    Numbers,
    Sign,
    find_signal,
    is_even,
    list_signs,
    list_stems_of,
)
from storage.records import PersonId
from storage.review import Trace
from tests.core.test_fairness import HOUR, MINUTE, NOON, USUAL, look_at, make_trace


def find(key: str, look: Look) -> Numbers | None:
    """What the signal of this key says of it."""
    signal = find_signal(key)
    assert signal is not None
    return signal.find(look)


def come(number: int, *, every: float = 0.0, **more: object) -> list[Trace]:
    """So many friends, one every so many minutes."""
    return [make_trace(each, minutes=each * every, **more) for each in range(1, number + 1)]


def quieten(traces: list[Trace], silent: int) -> frozenset[int]:
    """The last so many did nothing more."""
    return frozenset(each.telegram_id for each in traces[-silent:])


def test_relations_are_counted() -> None:
    """Once is enough for a pair and a ring; a row of four is a family's."""
    look = look_at(come(2))
    for key, counts in (("pair", "pairs"), ("ring", "rings")):
        assert [find(key, replace(look, **{counts: number})) for number in (0, 1, 3)] == [None, (1,), (3,)]  # type: ignore[arg-type]
    assert [find("chain", replace(look, line=come(number))) for number in (FEW, FEW + 1)] == [None, (FEW + 1,)]


def test_many_within_an_hour_or_a_day_are_more_than_is_usual() -> None:
    """Not as many; nothing is said in a shop of which nothing is known."""
    for key, usual in (("burst", USUAL.per_hour), ("rush", USUAL.per_day)):
        assert find(key, look_at(come(usual))) is None
        assert find(key, look_at(come(usual + 1))) == (usual + 1, usual)
        assert find(key, look_at(come(usual + 1), usual=Usual())) is None
    apart = [*come(6), make_trace(7, minutes=60), make_trace(8, minutes=61)]
    assert find("burst", look_at(apart[:-1])) == (7, 6)
    assert find("burst", look_at([*come(6), make_trace(7, minutes=60.1)])) is None
    days = [*come(10), make_trace(11, minutes=24 * 60)]
    assert find("rush", look_at(days)) == (11, 10)
    assert find("rush", look_at([*come(10), make_trace(11, minutes=24 * 60 + 0.1)])) is None


def test_a_wave_is_more_than_half_an_hours_friends_in_ten_minutes() -> None:
    """And six at least, whoever brought them."""
    look = look_at(come(1), usual=replace(USUAL, coming_per_hour=12))
    crowd = come(7)[1:]
    assert find("wave", replace(look, around=crowd)) == (7, 12)
    assert find("wave", replace(look, around=crowd[:-1])) is None
    quiet_shop = replace(look, usual=replace(USUAL, coming_per_hour=2))
    assert find("wave", replace(quiet_shop, around=crowd[: MANY - 1])) == (MANY, 2)
    assert find("wave", replace(quiet_shop, around=crowd[: MANY - 2])) is None
    late = [replace(each, joined_at=NOON + 600 * SECOND) for each in crowd]
    early = replace(make_trace(1), joined_at=NOON)
    assert find("wave", replace(look, friend=early, around=late)) == (7, 12)
    later = [replace(each, joined_at=NOON + 601 * SECOND) for each in crowd]
    assert find("wave", replace(look, friend=early, around=later)) is None
    assert find("wave", replace(look, around=crowd, usual=Usual(coming_per_hour=2))) is None


def test_a_rhythm_is_told_with_its_pause_in_minutes() -> None:
    """Of all of them, else of the last eight pauses; six of them at least."""
    assert find("rhythm", look_at(come(MANY + 1, every=30))) == (MANY + 1, 30)
    assert find("rhythm", look_at(come(MANY, every=30))) is None
    assert find("rhythm", look_at(come(MANY + 1, every=0.4))) is None
    uneven = [make_trace(number, minutes=number * number * 50) for number in range(1, 5)]
    steady = [make_trace(number, minutes=10_000 + number * 45) for number in range(5, 15)]
    assert find("rhythm", look_at([*uneven, *steady])) == (9, 45)
    assert find("rhythm", look_at([*uneven, *steady[:8]])) is None
    assert find("rhythm", look_at([*uneven, *steady[:9]])) == (9, 45)
    assert find("rhythm", look_at(come(7, every=90.7))) == (7, 91)


def test_pauses_are_even_by_a_fifth() -> None:
    """And not of a few seconds, which are one moment."""
    assert is_even([30] * 6)
    assert not is_even([29] * 6)
    assert is_even([80, 120] * 3)
    assert not is_even([79, 121] * 3)
    assert list_gaps([5 * SECOND, 1 * SECOND, 2 * SECOND + SECOND // 2]) == [1, 2]


def test_accounts_made_one_after_the_other_are_counted() -> None:
    """The friend among them; each of the company once, though they came by the same member and around."""
    made = [make_trace(number, telegram_id=8_000_000_000) for number in range(1, 5)]
    assert find("numbers", look_at(made)) == (4,)
    assert find("numbers", look_at(made[:3])) is None
    assert find("numbers", look_at(made[:3], around=made[:2])) is None
    assert find("numbers", look_at(made[:3], around=[make_trace(9, telegram_id=8_000_000_000)])) == (4,)
    for distance, told in ((NEAR, (4,)), (NEAR + 1, None)):
        apart = [replace(each, telegram_id=8_000_000_000 + distance) for each in made[:3]]
        assert find("numbers", look_at([*apart, made[3]])) == told


def test_names_that_count_on_are_counted() -> None:
    """In the friend's company or in the row, in which the friend is one of them; a word, and a number behind it."""
    named = [make_trace(number, first_name=f"Lucky {80 + number}", username="") for number in range(1, 6)]
    assert find("names", look_at(named[:4])) == (4,)
    assert find("names", look_at(named[:3])) is None
    assert find("names", look_at(named[:1], line=named[:3])) == (3,)
    assert find("names", look_at(named[:1], line=named[:2])) is None
    assert find("names", look_at(named[:2], line=named[:5])) == (5,)
    assert find("names", look_at(named[:4], line=named[:3])) == (4,)
    plain = make_trace(9, first_name="Anna")
    assert find("names", look_at([*named[:4], plain])) is None
    assert find("names", look_at(named[:1], line=[plain] * 5)) is None
    assert list_stems_of("Lucky 81", "", "cat_9") == {"lucky", "cat_"}
    assert list_stems_of("Anna", "Maria 7", "") == {"anna maria"}
    assert list_stems_of("Jo1", "", "ab12") == list_stems_of("1234", "", "") == frozenset()
    assert find(
        "names", look_at([replace(each, first_name="A", last_name=f"Bee {n}") for n, each in enumerate(named[:4])])
    ) == (4,)


def test_friends_alike_are_six_in_ten() -> None:
    """Of six at least: of the same language, without a username, made in the same weeks."""
    alike = [make_trace(number, telegram_id=8_000_000_000, username="") for number in range(1, 11)]
    named = [replace(each, username="x") for each in alike]
    assert find("alike", look_at(alike[:MANY])) == (MANY, MANY)
    assert find("alike", look_at(alike[: MANY - 1])) is None
    assert find("alike", look_at([*named[:4], *alike[4:]])) == (6, 10)
    assert find("alike", look_at([*named[:5], *alike[5:]])) is None
    assert find("alike", look_at([named[0], *named[:4], *alike[4:]])) is None
    assert find("alike", look_at([*alike[:9], named[9]])) is None
    for distance, told in ((COHORT, (10, 10)), (COHORT + 1, None)):
        others = [replace(each, telegram_id=8_000_000_000 + distance) for each in alike[:9]]
        assert find("alike", look_at([*others, alike[9]])) == told
    other = [replace(each, language="vi") for each in alike[:5]]
    assert find("alike", look_at([*other, *alike[5:]])) is None


def test_a_foreign_language_is_nine_in_ten_of_six() -> None:
    """Where most speak another, and so many do."""
    foreign = [make_trace(number, language="vi") for number in range(1, 11)]
    own = make_trace(20)
    assert find("foreign", look_at(foreign[:MANY])) == (MANY, MANY)
    assert find("foreign", look_at(foreign[: MANY - 1])) is None
    assert find("foreign", look_at([own, *foreign[:9]])) == (9, 10)
    assert find("foreign", look_at([own, *foreign[:8]])) is None
    assert find("foreign", look_at([*foreign, own])) is None
    for percent, told in ((60, (10, 10)), (59, None)):
        assert find("foreign", look_at(foreign, usual=replace(USUAL, language_percent=percent))) == told
    assert find("foreign", look_at(foreign, usual=Usual(language="id"))) is None


def test_silence_is_told_where_chance_does_not_explain_it() -> None:
    """Of friends, of those around, of a row; where the friend is silent too, and there are six of them."""
    crowd = come(12)
    usual = replace(USUAL, quiet_percent=50)
    looks: dict[str, Callable[[list[Trace], frozenset[int]], Look]] = {
        "silent": lambda traces, quiet: look_at(traces, quiet=quiet, usual=usual),
        "hush": lambda traces, quiet: look_at(traces[-1:], around=traces[:-1], quiet=quiet, usual=usual),
        "still": lambda traces, quiet: look_at(traces[-1:], line=traces, quiet=quiet, usual=usual),
    }
    for key, least in (("silent", 8), ("hush", 9), ("still", 6)):
        look = looks[key]
        assert find(key, look(crowd[:least], quieten(crowd[:least], least))) == (least, least)
        fewer = crowd[: least - 1]
        assert find(key, look(fewer, quieten(fewer, least - 1))) is None
        assert find(key, look(crowd, quieten(crowd[:-1], 11))) is None
        assert find(key, replace(look(crowd, quieten(crowd, 12)), quiet=None)) is None
        assert find(key, replace(look(crowd, quieten(crowd, 12)), usual=Usual())) is None
        assert find(key, look(crowd, quieten(crowd, 12))) == (12, 12)
        assert find(key, look(crowd, quieten(crowd, 8))) is None
    assert compute_tail(8, 8, 50) == pytest.approx(1 / 256)
    assert compute_tail(3, 2, 50) == pytest.approx(0.5)
    assert compute_tail(3, 0, 65) == pytest.approx(1.0)
    assert compute_tail(2, 1, 10) == pytest.approx(0.19)


def test_few_are_never_too_silent() -> None:
    """Fewer than six say nothing, however unlikely it is."""
    crowd, usual = come(MANY), replace(USUAL, quiet_percent=1)
    for size, told in ((MANY, (MANY, MANY)), (MANY - 1, None)):
        some = crowd[-size:]
        quiet = quieten(some, size)
        assert find("silent", look_at(some, quiet=quiet, usual=usual)) == told
        assert find("hush", look_at(some[-1:], around=some[:-1], quiet=quiet, usual=usual)) == told
        assert find("still", look_at(some[-1:], line=some, quiet=quiet, usual=usual)) == told


def test_who_left_within_two_hours_had_the_bot_for_a_short_while() -> None:
    """Four of them, half at least, the friend among them."""
    short = [make_trace(number, blocked_at=NOON + 2 * HOUR) for number in range(1, 5)]
    stayed = [make_trace(number) for number in range(5, 10)]
    assert find("short", look_at(short)) == (4, 4)
    assert find("short", look_at(short[:3])) is None
    assert find("short", look_at([*stayed[:4], *short])) == (4, 8)
    assert find("short", look_at([*stayed[:5], *short])) is None
    assert find("short", look_at([*short, stayed[0]])) is None
    longer = replace(short[0], blocked_at=NOON + 2 * HOUR + SECOND)
    assert find("short", look_at([longer, *short[1:]])) is None


def test_conduct_standing_and_money_at_their_borders() -> None:
    """Twice away, a rating below nothing, four refunds and more than half, six handed out within ten minutes."""
    look = look_at(come(2))
    assert [find("returns", replace(look, departures=number)) for number in (1, 2)] == [None, (2,)]
    assert [find("rating", replace(look, rating=each)) for each in (None, 1, 0, -1)] == [None, None, None, (-1,)]
    refunds = [(FEW, 7, (4, 7)), (FEW, 8, None), (FEW - 1, 3, None), (5, 10, None), (5, 9, (5, 9))]
    for given_back, bought, told in refunds:
        assert find("refunds", replace(look, refunds=given_back, purchases=bought)) == told
    moments = [NOON + number * 2 * MINUTE for number in range(6)]
    assert find("hand", replace(look, handed_out=moments)) == (6,)
    assert find("hand", replace(look, handed_out=moments[:5])) is None
    assert find("hand", replace(look, handed_out=[*moments[:5], NOON + 10 * MINUTE + SECOND])) is None
    assert find("hand", look) is None


def test_the_fullest_stretch_holds_the_moment() -> None:
    """Of so many seconds, wherever it begins; what lies beyond it does not count."""
    moments = [second * SECOND for second in (0, 1, 2, 10, 11, 12, 13, 20, 30)]
    assert find_window(moments, 11 * SECOND, 3) == 4
    assert [find_window(moments, 11 * SECOND, seconds) for seconds in (9, 10)] == [4, 5]
    assert [find_window(moments, 2 * SECOND, seconds) for seconds in (8, 10)] == [3, 4]
    assert find_window(moments, 30 * SECOND, 10) == 2
    assert find_window(moments, 30 * SECOND, 9) == 1
    assert find_window(moments, 25 * SECOND, 1) == 0
    assert find_window([], 0, 9) == 0


def test_what_is_usual_is_measured_by_nineteen_in_twenty() -> None:
    """Of the hours and days of each member, and of the hours of the shop; never below what is fixed."""
    busy = [
        make_trace(member * 100 + number, minutes=member * 24 * 60 + (number // 9) * 60, inviter_id=member)
        for member in range(1, 11)
        for number in range(18)
    ]
    usual = measure_usual(busy, busy[:100], frozenset(each.telegram_id for each in busy[:80]))
    assert usual == Usual(
        known=True,
        per_hour=9,
        per_day=18,
        coming_per_hour=12,
        quiet_percent=80,
        language="id",
        language_percent=100,
    )
    crowded = [replace(each, inviter_id=PersonId(1 + number % 3), joined_at=NOON) for number, each in enumerate(busy)]
    assert measure_usual(crowded, [], frozenset()) == Usual(
        known=True,
        per_hour=60,
        per_day=60,
        coming_per_hour=180,
        quiet_percent=65,
        language="id",
        language_percent=100,
    )
    spread = [make_trace(number, minutes=number * 60, inviter_id=number) for number in range(KNOWN)]
    few = measure_usual(spread, spread, frozenset(each.telegram_id for each in spread))
    assert (few.known, few.per_hour, few.per_day, few.coming_per_hour, few.quiet_percent) == (
        True,
        6,
        10,
        12,
        MOST_QUIET,
    )
    assert measure_usual(spread[:-1], spread, frozenset()) == Usual()
    mixed = [replace(each, language="en" if number % 3 else "id") for number, each in enumerate(spread)]
    told = measure_usual(mixed, spread[:3], frozenset(each.telegram_id for each in spread[:2]))
    assert (told.language, told.language_percent, told.quiet_percent) == ("en", 66, 66)


def test_of_twenty_hours_nineteen_do_not_exceed_what_is_usual() -> None:
    """The busiest of twenty does, that of twenty-one does not; a few busy hours among many are seldom."""
    busiest = [make_trace(900 + number, minutes=9 * 24 * 60, inviter_id=99) for number in range(15)]
    twenty = [
        make_trace(member * 10 + number, minutes=member * 24 * 60 + 12 * 24 * 60, inviter_id=member)
        for member in range(19)
        for number in range(7)
    ]
    high = measure_usual([*twenty, *busiest], [], frozenset())
    assert (high.per_hour, high.per_day, high.coming_per_hour) == (15, 15, 15)
    low = measure_usual([*twenty, *busiest, make_trace(999, minutes=1, inviter_id=100)], [], frozenset())
    assert (low.per_hour, low.per_day) == (7, 10)
    rare = [make_trace(500 + n, minutes=99_999, inviter_id=1) for n in range(8)]
    lonely = [make_trace(number, minutes=number * 3000, inviter_id=number) for number in range(200)]
    assert measure_usual([*lonely, *rare], [], frozenset()).per_hour == 6


def test_what_is_usual_is_kept_and_read_again() -> None:
    """In as few letters as it can be; the fixed numbers where nothing was kept."""
    assert parse_usual(compose_usual(USUAL)) == USUAL
    assert parse_usual("") == Usual()
    assert compose_usual(Usual()).startswith('{"known":false,"per_hour":6,')
    assert " " not in compose_usual(USUAL)
    assert (HOUR_SECONDS, DAY_SECONDS, AROUND) == (3600, 86_400, 24)


def test_evidence_is_kept_heaviest_first_and_merged() -> None:
    """Of the same signal the newer; one that an earlier version knew is left out."""
    pair, burst, names = (find_signal(key) for key in ("pair", "burst", "names"))
    assert pair is not None
    assert burst is not None
    assert names is not None
    signs = [Sign(burst, (7, 6)), Sign(pair, (1,)), Sign(names, (4,))]
    assert compose_evidence(signs) == (("pair", (1,)), ("names", (4,)), ("burst", (7, 6)))
    merged = merge_evidence((("burst", (9, 6)), ("gone", (1,)), ("chain", (5,))), signs[:2])
    assert [(each.signal.key, each.numbers) for each in merged] == [("burst", (7, 6)), ("chain", (5,)), ("pair", (1,))]
    assert compute_risk(signs) == 50 + 25 + 40
    assert find_signal("gone") is None


def test_signals_are_looked_at_by_what_they_cost() -> None:
    """Cheap ones with the friend's coming, the others by a job, and Telegram is asked last."""
    look = look_at(come(7), pairs=1, rating=-1)
    assert [each.signal.key for each in list_signs(look)] == ["pair", "burst", "rating"]
    for cost, keys in ((Cost.JOIN, ["burst"]), (Cost.LATER, ["pair"]), (Cost.CALL, ["rating"])):
        assert [each.signal.key for each in list_signs(look, [cost])] == keys
    assert {each.cost for each in SIGNALS} == set(Cost)
    assert decide_verdict([], Fairness()) is Verdict.ALLOW


def test_verdicts_at_their_borders() -> None:
    """A threshold holds from itself on; a question is asked where a campaign has them, whatever else there is."""
    made = {each.key: Sign(each, (1,)) for each in SIGNALS}
    two, three = [made["pair"], made["burst"]], [made["pair"], made["burst"], made["names"]]
    assert decide_verdict(two, Fairness(hold_at=75)) is Verdict.HOLD
    assert decide_verdict(two, Fairness(hold_at=76)) is Verdict.ALLOW
    assert decide_verdict(two, Fairness(hold_at=76, captcha_at=75)) is Verdict.ASK
    assert decide_verdict(two, Fairness(hold_at=76, captcha_at=76)) is Verdict.ALLOW
    assert decide_verdict(three, Fairness(refuse_at=115)) is Verdict.REFUSE
    assert decide_verdict(three, Fairness(refuse_at=116)) is Verdict.HOLD
    weak = [made["pair"], made["burst"], made["foreign"]]
    assert decide_verdict(weak, Fairness(refuse_at=95)) is Verdict.HOLD
