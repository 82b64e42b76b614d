from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bot.core.campaigns.fairness import Fairness
from bot.core.durations import SECOND
from bot.core.fairness.asking import CHOICES, PICTURES, SUMS, TRIES, CaptchaKind, compose_captcha
from bot.core.fairness.judging import Verdict, compute_risk, decide_verdict, merge_evidence
from bot.core.fairness.looking import HOUR_SECONDS, OTHERS, Look, Usual, measure_usual
from bot.core.fairness.signals import SIGNALS, About, Sign, list_signs
from storage.records import PersonId, ReferralId
from storage.review import Trace

HOUR, MINUTE, NOON = HOUR_SECONDS * SECOND, 60 * SECOND, 1_760_000_000 * SECOND
USUAL = Usual(known=True, language="id", language_percent=80)


def make_trace(number: int, *, minutes: float = 0, **more: object) -> Trace:
    """The friend number so-and-so, who came so many minutes after noon, of whom nothing is remarkable."""
    trace = Trace(
        referral_id=ReferralId(number),
        inviter_id=PersonId(1),
        invitee_id=PersonId(100 + number),
        telegram_id=500_000_000 + number * 90_000_000,
        first_name=("Budi", "Anna", "王伟", "Omar")[number % 4],
        last_name="",
        username="somebody",
        language="id",
        joined_at=NOON + int(minutes * MINUTE),
        blocked_at=None,
        shared=False,
    )
    return replace(trace, **more)  # type: ignore[arg-type]


def look_at(traces: list[Trace], **more: object) -> Look:
    """The last of them among the others."""
    return replace(Look(friend=traces[-1], others=traces[:-1], usual=USUAL), **more)  # type: ignore[arg-type]


def list_keys(look: Look) -> set[str]:
    """What is seen."""
    return {each.signal.key for each in list_signs(look)}


FRIENDS = [make_trace(number, minutes=number * number * 37) for number in range(1, 9)]
CROWD = [make_trace(number, minutes=number * number / 12) for number in range(1, 21)]
QUIET = frozenset(each.telegram_id for each in CROWD)


@pytest.mark.parametrize(
    ("key", "look"),
    [
        ("pair", look_at(FRIENDS, pairs=1)),
        ("ring", look_at(FRIENDS, rings=2)),
        ("chain", look_at(FRIENDS[-1:], line=FRIENDS[-5:])),
        ("burst", look_at(CROWD[:9])),
        ("rush", look_at([make_trace(number, minutes=number * 100) for number in range(1, 13)])),
        ("wave", look_at(CROWD[:1], around=CROWD[1:10], usual=replace(USUAL, coming_per_hour=6))),
        ("rhythm", look_at([make_trace(number, minutes=number * 30 + number % 3) for number in range(1, 9)])),
        ("numbers", look_at([make_trace(number, telegram_id=8_000_000_000 + 700 * number) for number in range(1, 5)])),
        ("names", look_at([make_trace(number, first_name=f"Lucky {80 + number}") for number in range(1, 5)])),
        ("alike", look_at([make_trace(n, telegram_id=8_000_000_000 + 90_000 * n, username="") for n in range(1, 8)])),
        ("foreign", look_at([make_trace(number, language="vi") for number in range(1, 8)])),
        ("silent", look_at(CROWD, quiet=QUIET)),
        ("hush", look_at(CROWD[-1:], around=CROWD[:-1], quiet=QUIET)),
        ("still", look_at(CROWD[-1:], line=CROWD, quiet=QUIET)),
        ("short", look_at([make_trace(number, blocked_at=NOON + 20 * MINUTE) for number in range(1, 6)])),
        ("returns", look_at(FRIENDS, departures=2)),
        ("rating", look_at(FRIENDS, rating=-3)),
        ("refunds", look_at(FRIENDS, purchases=6, refunds=4)),
        ("hand", look_at(FRIENDS, handed_out=[NOON + number * MINUTE for number in range(6)])),
    ],
)
def test_each_signal_sees_what_it_is_for(key: str, look: Look) -> None:
    """And says it in numbers; of friends of whom nothing is remarkable none says anything."""
    assert key in list_keys(look)
    assert list_keys(look_at(FRIENDS, quiet=frozenset(), purchases=9, refunds=1, rating=5, departures=1)) == set()


def test_every_signal_has_its_line_above() -> None:
    """A new one is tried as well; weights and keys are what the document says."""
    assert len({each.key for each in SIGNALS}) == len(SIGNALS) == 19
    assert all(0 < each.weight <= 100 for each in SIGNALS)


def test_the_document_says_what_is_looked_at() -> None:
    """docs/fairness.md names each signal with its kind and weight, and each field of the block with its usual value."""
    told = (Path(__file__).parents[2] / "docs" / "fairness.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (\d+) \|", told, re.MULTILINE)
    assert rows == [(each.key, each.about.name.lower(), str(each.weight)) for each in SIGNALS]
    block = tomllib.loads(told.split("```toml")[1].split("```")[0])
    assert block == {"fairness": asdict(Fairness())}


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda each: each.key)
def test_one_signal_alone_never_holds_anybody(signal: object) -> None:
    """However strong it is, and however low the threshold; several of one kind are one."""
    strict = Fairness(hold_at=1, refuse_at=1)
    signs = [Sign(each, (9, 9)) for each in SIGNALS if each.about is getattr(signal, "about", None)]
    assert decide_verdict(signs, strict) is Verdict.ALLOW
    assert compute_risk(signs) == max(each.signal.weight for each in signs)


def test_two_kinds_hold_and_three_refuse() -> None:
    """By the thresholds of the campaign; 0 is never."""
    heaviest = {about: max((s for s in SIGNALS if s.about is about), key=lambda s: s.weight) for about in About}
    two = [Sign(heaviest[about], (5, 5)) for about in (About.RELATIONS, About.ACCOUNTS)]
    three = [*two, Sign(heaviest[About.CONDUCT], (5, 5))]
    assert decide_verdict(two, Fairness()) is Verdict.HOLD
    assert decide_verdict(two, Fairness(hold_at=96, captcha_at=40)) is Verdict.ASK
    assert decide_verdict(two, Fairness(refuse_at=1)) is Verdict.HOLD
    assert decide_verdict(three, Fairness()) is Verdict.REFUSE
    assert decide_verdict(three, Fairness(refuse_at=0)) is Verdict.HOLD
    assert merge_evidence((("pair", (1,)), ("gone", ())), three) == three


def test_a_family_on_one_phone_is_never_held() -> None:
    """Five in one evening with one name, new accounts made one after the other, and none of them ever comes back."""
    family = [
        make_trace(n, minutes=n * 7, telegram_id=8_200_000_000 + n * 2_000, last_name="Santoso", username="")
        for n in range(1, 6)
    ]
    quiet = frozenset(each.telegram_id for each in family)
    for usual in (USUAL, Usual()):
        for place in range(len(family)):
            others = [*family[:place], *family[place + 1 :]]
            look = Look(friend=family[place], others=others, around=others, usual=usual, quiet=quiet)
            assert decide_verdict(list_signs(look), Fairness()) is Verdict.ALLOW


def test_what_is_usual_is_the_shops_own() -> None:
    """It is known by a hundred friends; a farm that was looked at does not make itself usual, for it is left out."""
    came = [make_trace(n, minutes=n * 60, language="en" if n % 4 else "id") for n in range(1, 121)]
    usual = measure_usual(came, came, frozenset(each.telegram_id for each in came[:90]))
    assert (usual.known, usual.language, usual.language_percent, usual.quiet_percent) == (True, "en", 75, 75)
    assert not measure_usual(came[:99], came, frozenset()).known
    assert {"burst", "silent"}.isdisjoint(list_keys(look_at(CROWD, quiet=QUIET, usual=Usual())))
    assert len(CROWD) <= OTHERS


def test_a_question_has_one_answer_and_does_not_say_which() -> None:
    """Among nine different pictures, or eight numbers; in whatever order chance puts them."""
    for turn in range(9):
        shuffle = lambda choices, turn=turn: [*choices[turn:], *choices[:turn]]  # noqa: E731
        picture, words = (
            compose_captcha(ReferralId(1), kind, shuffle=shuffle, tries=TRIES, now=NOON) for kind in CaptchaKind
        )
        assert len(set(picture.choices)) == CHOICES
        assert set(picture.choices) <= PICTURES.keys()
        assert picture.choices[picture.answer] == picture.question
        first, second = (int(each) for each in words.question.split("+"))
        assert len(set(words.choices)) == SUMS
        assert words.choices[words.answer] == str(first + second)
        assert first != second
        assert {first, second} <= set(range(1, 10))
        assert all(1 <= int(choice) <= 24 for choice in words.choices)
        assert max(abs(int(choice) - first - second) for choice in words.choices) <= 7
        assert (words.kind, words.tries, words.expires_at) == (CaptchaKind.WORDS, TRIES, NOON + 600 * SECOND)
        assert (picture.kind, picture.referral_id) == (CaptchaKind.PICTURE, 1)
    shown = compose_captcha(ReferralId(1), CaptchaKind.WORDS, shuffle=list, tries=2, now=NOON)
    assert (shown.question, shown.choices, shown.answer) == ("1+2", ("1", "2", "4", "5", "6", "7", "8", "3"), 7)
