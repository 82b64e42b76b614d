"""Why a gift cannot be sent, before Telegram is asked to and by its words afterwards."""

from __future__ import annotations

import pytest

from bot.core.gifts import Accepted, Offer, compute_due, decide_trouble, parse_accepted, parse_offers, read_refusal
from storage.gift import Trouble

ALL = Accepted(unlimited=True, limited=True)
HEART = Offer(stars=15, is_limited=False, left=None)
CAKE = Offer(stars=50, is_limited=True, left=1)


@pytest.mark.parametrize(
    ("offer", "accepted", "balance", "trouble"),
    [
        (HEART, ALL, 15, Trouble.NONE),
        (HEART, ALL, 14, Trouble.BALANCE),
        (HEART, ALL, -3, Trouble.BALANCE),
        (HEART, Accepted(unlimited=False, limited=True), 15, Trouble.DECLINED),
        (CAKE, Accepted(unlimited=False, limited=True), 50, Trouble.NONE),
        (CAKE, Accepted(unlimited=True, limited=False), 50, Trouble.DECLINED),
        (Offer(stars=50, is_limited=True, left=0), ALL, 50, Trouble.GONE),
        (None, ALL, 10**6, Trouble.GONE),
        (HEART, Accepted(unlimited=False, limited=False), 0, Trouble.DECLINED),
        (None, Accepted(unlimited=False, limited=False), 0, Trouble.GONE),
    ],
)
def test_what_is_missing_is_said_and_stars_last(
    offer: Offer | None, accepted: Accepted, balance: int, trouble: Trouble
) -> None:
    """Nobody shall buy Stars for a gift that could not be sent all the same."""
    assert decide_trouble(offer, accepted, balance) is trouble


def test_a_gift_is_limited_where_anything_bounds_it() -> None:
    """By all users or by the bot alone, whichever leaves fewer; a fraction of a Star pays nothing."""
    said = [
        {"id": "1", "star_count": 15},
        {"id": "2", "star_count": 25, "total_count": 9, "remaining_count": 4},
        {"id": "3", "star_count": 25, "remaining_count": 4, "personal_total_count": 2, "personal_remaining_count": 0},
    ]
    offers = parse_offers({"gifts": said})
    assert [(each.is_limited, each.left) for each in offers.values()] == [(False, None), (True, 4), (True, 0)]


def test_a_chat_that_says_nothing_of_gifts_takes_them() -> None:
    """Then Telegram decides."""
    assert parse_accepted({"id": 1}) == ALL
    said = {"unlimited_gifts": False, "limited_gifts": True, "unique_gifts": True}
    assert parse_accepted({"accepted_gift_types": said}) == Accepted(unlimited=False, limited=True)


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("Forbidden: USER_DISALLOWED_STARGIFTS", Trouble.DECLINED),
        ("Bad Request: USER_PRIVACY_RESTRICTED", Trouble.DECLINED),
        ("Bad Request: BALANCE_TOO_LOW", Trouble.BALANCE),
        ("Bad Request: have not enough Telegram Stars", Trouble.BALANCE),
        ("Bad Request: STARGIFT_USAGE_LIMITED", Trouble.GONE),
        ("Bad Request: STARGIFT_USER_USAGE_LIMITED", Trouble.GONE),
        ("Bad Request: STARGIFT_INVALID", Trouble.GONE),
        ("Bad Request: STARGIFT_NOT_FOUND", Trouble.GONE),
        ("Bad Request: gift not found", Trouble.GONE),
        ("Forbidden: bot was blocked by the user", Trouble.UNREACHABLE),
        ("Forbidden: user is deactivated", Trouble.UNREACHABLE),
        ("Bad Request: user not found", Trouble.UNREACHABLE),
        ("Bad Request: PEER_ID_INVALID", Trouble.UNREACHABLE),
        ("Bad Request: have no access to the gift receiver", Trouble.UNREACHABLE),
        ("Bad Request: STARGIFT_PREMIUM_NEEDED", Trouble.REFUSED),
        ("", Trouble.REFUSED),
    ],
)
def test_a_refusal_is_read_by_its_words(words: str, trouble: Trouble) -> None:
    """In those of the Bot API's server and of the API behind it; what is not known is told as it is."""
    assert read_refusal(words) is trouble


def test_a_gift_is_tried_again_sooner_where_it_may_help() -> None:
    """At once where the way was not there, soon for want of Stars, late where somebody has to change something."""
    waits = [compute_due(trouble, 0) for trouble in (Trouble.NONE, Trouble.BALANCE, Trouble.DECLINED, Trouble.REFUSED)]
    assert waits == sorted(waits)
    assert waits[0] < waits[1] < waits[2]
