from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaigns.rewards import Give, Rule
from bot.core.languages import choose_language
from bot.core.links import (
    ALPHABET,
    CODES,
    Attribution,
    Opening,
    Payload,
    Window,
    compose_code,
    compose_link,
    decide_attribution,
    has_check,
    parse_payload,
)
from bot.core.rewards.rules import Occurrence, compose_transfer_key, evaluate
from bot.core.standing import MOST_LISTED, compute_page
from bot.core.throttling import MISSES_ALLOWED, WINDOW_SECONDS, Misses, compute_misses, decide_throttled
from storage.facts import GrantKind
from storage.records import PersonId, ReferralId, Side


@given(st.text(ALPHABET, min_size=10, max_size=10), st.from_regex(r"[a-z0-9]{0,16}", fullmatch=True))
def test_a_link_carries_its_code_and_source(code: str, source: str) -> None:
    """What compose_link writes, parse_payload reads."""
    payload = compose_link("shop_bot", code, source).split("?start=")[1]
    assert parse_payload(payload) == Payload(code, source)
    assert len(payload) <= 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        "A" * 11,
        "_tgr_AAAAA",
        "ÄÖÜAAAAAAA",
        "-AAAAAAAAAA",
    ],
)
def test_anything_else_is_no_payload(text: str) -> None:
    """Only ten base62 characters, with or without a source behind, are a payload."""
    assert parse_payload(text) is None


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("AAAAAAAAAA-", ""),
        ("AAAAAAAAAA--qr", ""),
        ("AAAAAAAAAA_x", ""),
        ("AAAAAAAAAA-x_y", "x"),
        ("AAAAAAAAAA-Instagram", "instagram"),
        ("AAAAAAAAAA-ig-summer", "ig"),
        ("AAAAAAAAAA-" + "a" * 17, ""),
        ("AAAAAAAAAA-ö", ""),
        ("AAAAAAAAAA\n", ""),
        ("AAAAAAAAAA.", ""),
    ],
)
def test_a_spoilt_suffix_costs_no_credit(text: str, source: str) -> None:
    """Whatever was left hanging behind a code: the code counts, and a source if there is a possible one."""
    assert parse_payload(text) == Payload("A" * 10, source)


def test_codes_are_random_and_never_reserved() -> None:
    """Two thousand codes: all different, all readable, none with Telegram's reserved prefix."""
    codes = {compose_code(secrets.randbelow(CODES), bytes(16)) for _ in range(2000)}
    assert len(codes) == 2000
    assert all(parse_payload(code) == Payload(code) for code in codes)
    assert not any(code.startswith("_tgr_") for code in codes)


def test_the_last_character_of_a_code_needs_the_key() -> None:
    """What was made with the key passes, one wrong character or another key does not but by chance: one in 62."""
    key, other = b"shop" * 4, b"shoq" * 4
    codes = [compose_code(secrets.randbelow(CODES), key) for _ in range(2000)]
    assert all(has_check(code, key) for code in codes)
    assert {code[-1] for code in codes} == set(ALPHABET)
    guessed = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(2000)]
    for strangers, with_key in ((codes, other), (guessed, key)):
        assert sum(has_check(code, with_key) for code in strangers) < 2000 / 62 * 3
    assert sum(has_check(f"OldCode00{letter}", key) for letter in ALPHABET) == 1
    assert not any(has_check(codes[0][:length], key) for length in range(10))
    assert not has_check(codes[0] + "A", key)


ME, OTHER = PersonId(1), PersonId(2)


@pytest.mark.parametrize(
    ("newcomer", "window", "code", "inviter", "throttled", "verdict"),
    [
        (True, Window.OPEN, False, None, False, Attribution.UNINVITED),
        (True, Window.OPEN, True, OTHER, False, Attribution.CREDITED),
        (True, Window.OPEN, True, None, False, Attribution.UNKNOWN_CODE),
        (True, Window.OPEN, True, ME, False, Attribution.OWN_CODE),
        (False, Window.OPEN, False, None, False, Attribution.RETURNING),
        (False, Window.OPEN, True, OTHER, False, Attribution.CREDITED),
        (False, Window.CLOSED, True, OTHER, False, Attribution.ALREADY_MEMBER),
        (False, Window.HAS_INVITER, True, OTHER, False, Attribution.ALREADY_MEMBER),
        (False, Window.CLOSED, True, None, False, Attribution.UNKNOWN_CODE),
        (False, Window.OPEN, True, None, False, Attribution.UNKNOWN_CODE),
        (False, Window.OPEN, True, None, True, Attribution.THROTTLED),
        (False, Window.OPEN, True, OTHER, True, Attribution.CREDITED),
        (False, Window.CLOSED, True, OTHER, True, Attribution.ALREADY_MEMBER),
        (False, Window.OPEN, True, ME, True, Attribution.OWN_CODE),
    ],
)
def test_who_can_still_say_by_whom_they_came_is_credited(
    *, newcomer: bool, window: Window, code: bool, inviter: PersonId | None, throttled: bool, verdict: Attribution
) -> None:
    """The whole table of who is credited for whom."""
    opening = Opening(
        visitor_id=ME, newcomer=newcomer, window=window, code=code, inviter_id=inviter, throttled=throttled
    )
    assert decide_attribution(opening) is verdict


def points(amount: int) -> Give:
    """What is given."""
    return Give(kind=GrantKind.POINTS, amount=amount)


RULES = (
    Rule(key="join", when="joined", who=Side.INVITER, give=points(50)),
    Rule(key="join", when="joined", who=Side.INVITEE, give=points(20)),
    Rule(key="week", when="stayed", number=7, who=Side.INVITEE, give=points(5)),
    Rule(key="third", when="milestone", number=3, who=Side.INVITER, give=Give(kind=GrantKind.COUPON, what="coffee")),
)


@pytest.mark.parametrize(
    ("when", "number", "given"),
    [
        ("joined", 0, [("join", Side.INVITER, ME, 50), ("join", Side.INVITEE, OTHER, 20)]),
        ("stayed", 7, [("week", Side.INVITEE, OTHER, 5)]),
        ("stayed", 6, []),
        ("milestone", 3, [("third", Side.INVITER, ME, 0)]),
        ("milestone", 4, []),
        ("active", 7, []),
    ],
)
def test_an_event_gives_what_the_rules_for_it_say(
    when: str, number: int, given: list[tuple[str, Side, PersonId, int]]
) -> None:
    """To the side they name, whatever other rules there are; without rules nothing."""
    event = Occurrence(when=when, inviter_id=ME, invitee_id=OTHER, number=number)
    found = evaluate(event, RULES)
    assert [(each.rule.key, each.side, each.person_id, each.give.amount) for each in found] == given
    assert evaluate(event, ()) == []
    keys = {compose_transfer_key(ReferralId(1), each.side, each.rule.key) for each in found}
    assert len(keys) == len(given)


def test_an_event_of_the_shops_own_fits_by_its_name() -> None:
    """Letter by letter, and to nothing else that happens."""
    rule = Rule(key="course", when="custom", event="course", who=Side.INVITER, give=points(5))
    for event, fits in (("course", True), ("Course", False), ("courses", False), ("", False)):
        happened = Occurrence(when="custom", event=event, inviter_id=ME, invitee_id=OTHER)
        assert bool(evaluate(happened, [rule])) is fits
    assert evaluate(Occurrence(when="joined", inviter_id=ME, invitee_id=OTHER), [rule]) == []


def test_guessing_is_throttled_and_forgiven() -> None:
    """After a handful of misses within the window one has to wait; a new window starts anew."""
    guesses = None
    for _ in range(MISSES_ALLOWED):
        assert not decide_throttled(guesses, 1000)
        guesses = compute_misses(guesses, 1000)
    assert decide_throttled(guesses, 1000)
    later = 1000 + WINDOW_SECONDS * 1_000_000
    assert not decide_throttled(guesses, later)
    assert compute_misses(guesses, later) == Misses(later, 1)


def test_a_clock_that_was_wrong_throttles_nobody() -> None:
    """What was counted a day ahead is of no use once the clock is right again, and must not bar for a day."""
    ahead = Misses(24 * WINDOW_SECONDS * 1_000_000, MISSES_ALLOWED)
    assert not decide_throttled(ahead, 1000)
    assert compute_misses(ahead, 1000) == Misses(1000, 1)


@given(st.integers(-5, 500), st.integers(0, 2 * MOST_LISTED))
def test_a_page_always_exists(wanted: int, total: int) -> None:
    """Whatever number a button carries, the page shown lies within the list, or within as much of it as can be leafed through."""
    page = compute_page(wanted, total)
    assert 0 <= page.number < page.count
    assert page.offset == 0 or page.offset < total
    assert page.count * page.size >= min(total, MOST_LISTED)
    assert page.is_cut == (total > MOST_LISTED and page.number == page.count - 1)


@pytest.mark.parametrize(
    ("chosen", "telegram", "language"),
    [
        (None, "zh-hans", "zh"),
        (None, "in", "id"),
        ("id", "zh", "id"),
        (None, "fr", "en"),
        (None, "", "en"),
        (None, "zh_TW", "zh"),
        (None, "EN-us", "en"),
    ],
)
def test_the_members_choice_comes_before_telegrams(chosen: str | None, telegram: str, language: str) -> None:
    """Chosen, else Telegram's language in any spelling, else English."""
    assert choose_language(chosen, telegram) == language
