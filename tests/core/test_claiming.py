from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.claiming import (
    Claim,
    Offer,
    Outcome,
    compose_label,
    compose_offer,
    compute_end,
    decide_found,
    decide_named,
    decide_window,
    find_offered,
    parse_claim,
    parse_offer,
)
from bot.core.links import Addresses, Payload, Window
from storage.records import PersonId

DAY = 86_400_000_000
SHOP = Addresses("shop_bot", "https://oven.example")


@pytest.mark.parametrize(
    ("started_at", "referred", "now", "window"),
    [
        (0, False, 0, Window.OPEN),
        (0, False, 7 * DAY - 1, Window.OPEN),
        (0, False, 7 * DAY, Window.CLOSED),
        (5, False, 7 * DAY, Window.OPEN),
        (None, False, 0, Window.CLOSED),
        (0, True, 0, Window.HAS_INVITER),
        (0, True, 9 * DAY, Window.HAS_INVITER),
    ],
)
def test_naming_an_inviter_has_its_time(started_at: int | None, referred: bool, now: int, window: Window) -> None:
    """From the start for the campaign's days, and never for who has an inviter."""
    assert decide_window(started_at=started_at, claim_days=7, has_referral=referred, now=now) is window
    assert compute_end(5, 7) == 5 + 7 * DAY


@pytest.mark.parametrize(
    ("typed", "claim"),
    [
        ("Anna", Claim(words="Anna")),
        ("  Anna\u202e  Kusuma ", Claim(words="Anna Kusuma")),
        ("@anna_k", Claim(username="anna_k")),
        ("\uff20anna_k", Claim(username="anna_k")),
        ("https://t.me/anna_k", Claim(username="anna_k")),
        ("https://t.me/shop_bot?start=AbCdEfGh12-fwd", Claim(payload=Payload("AbCdEfGh12", "fwd"))),
        ("t.me/shop_bot?start=AbCdEfGh12", Claim(payload=Payload("AbCdEfGh12"))),
        ("https://t.me/shop_bot?start=Anna-qr", Claim(payload=Payload("anna", "qr"))),
        ("https://t.me/shop_bot?start=me", Claim(words="https://t.me/shop_bot?start=me")),
        ("@a b", Claim(words="@a b")),
        ("maple-otter-42", Claim(words="maple-otter-42", is_told=True)),
        ("Call @shop_bot and say maple\u2011otter\u201142, that is all.", Claim(words="maple-otter-42", is_told=True)),
        ("maple-otter-42 or honey-river-77", Claim(words="maple-otter-42 or honey-river-77")),
        ("https://t.me/+AbCdEfGh12_-", Claim(invite="https://t.me/+AbCdEfGh12_-")),
        ("come: t.me/joinchat/AbCdEfGh12!", Claim(invite="https://t.me/+AbCdEfGh12")),
        ("Anna\ntg://user?id=7001", Claim(telegram_id=7001, words="Anna")),
        ("tg://openmessage?user_id=7001", Claim(telegram_id=7001)),
        ("Anna tg://user?id=7001 tg://user?id=7001", Claim(telegram_id=7001, words="Anna")),
        ("tg://join?invite=AbCdEfGh12", Claim(invite="https://t.me/+AbCdEfGh12")),
        ("AbCdEfGh12", Claim(payload=Payload("AbCdEfGh12"), words="AbCdEfGh12")),
        ("Alexandria", Claim(payload=Payload("Alexandria"), words="Alexandria")),
        ("it was @anna_k!", Claim(username="anna_k")),
        ("\u200b", Claim()),
    ],
)
def test_what_newcomers_write_is_read(typed: str, claim: Claim) -> None:
    """Names, usernames, links of members and of their profiles."""
    assert parse_claim(typed, SHOP) == claim


@pytest.mark.parametrize(
    "typed", ["Anna", "Anna Maria K.", "@anna_k", "maple otter 42", "小美", "t.me/shop_bot?start=AbCdEfGh12"]
)
def test_names_are_taken_for_names(typed: str) -> None:
    """Short, with a letter or digit in it."""
    assert decide_named(typed, SHOP)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "?",
        "hello?",
        "\U0001f600",
        "a" * 130,
        "你们几点开门\uff1f",
        "could you tell me where exactly your nice shop is",
    ],
)
def test_sentences_are_not(typed: str) -> None:
    """A question to the shop is answered as ever."""
    assert not decide_named(typed, SHOP)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (("Anna", "Kusuma"), "Anna K."),
        (("Anna", ""), "Anna"),
        (("", "Kusuma"), "Kusuma"),
        (("", "", "anna_k"), "anna_k"),
        (("小美", "王"), "小美 王"),
        (("Anna", "\U0001f600"), "Anna"),
        (("An\u202ena", "\u00e9clair"), "Anna \u00c9."),
        (("Anna", "ßmith"), "Anna S."),
    ],
)
def test_strangers_see_first_name_and_initial(name: tuple[str, ...], label: str) -> None:
    """Never the whole name of somebody they only guess."""
    assert compose_label(*name) == label


@given(st.integers(1, 2**62), st.lists(st.integers(1, 2**62).map(PersonId), min_size=1, max_size=5))
def test_only_who_was_offered_can_be_chosen(number: int, ids: list[PersonId]) -> None:
    """An offer survives its keeping; another search's number or a place beyond its end chooses nobody."""
    offer = Offer(number, tuple(ids))
    assert parse_offer(compose_offer(offer)) == offer
    assert [find_offered(offer, number, place) for place in range(len(ids))] == ids
    assert find_offered(offer, number, len(ids)) is None
    assert find_offered(offer, number + 1, 0) is None
    assert find_offered(None, number, 0) is None


@pytest.mark.parametrize("argument", ["", "17", " "])
def test_no_offer_is_none(argument: str) -> None:
    """An expectation without people."""
    assert parse_offer(argument) is None


@pytest.mark.parametrize(("count", "outcome"), [(0, Outcome.NOBODY), (1, Outcome.CREDITED), (2, Outcome.SEVERAL)])
def test_one_is_credited_and_several_are_offered(count: int, outcome: Outcome) -> None:
    """Nobody, one, several."""
    assert decide_found([PersonId(n) for n in range(count)]) is outcome
