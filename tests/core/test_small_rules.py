"""Rules that fit in a line: numbers and texts that are bounded, and who may do what."""

from __future__ import annotations

from bot.core.addresses import compute_neighbourhood, is_of_this_machine, parse_network
from bot.core.choosing import MOST, OUTCOME_LIMIT, Asked, Result, clean_outcome, compute_result, parse_asked, pick_words
from bot.core.club import (
    DROPS_SHOWN,
    NAME_LIMIT,
    QUANTITY_LIMIT,
    Dropping,
    clean_name,
    decide_opened,
    list_rivals,
    parse_quantity,
)
from bot.core.community import ChatProblem, Coming, decide_credited, decide_held, decide_lapsed, decide_problem
from bot.core.durations import DAY
from bot.core.face import KEPT_PIXELS, choose_size, decide_look_due
from bot.core.ideas import (
    ANSWER_LIMIT,
    EACH_DAY,
    IDEA_LIMIT,
    Taking,
    clean_answer,
    clean_idea,
    compute_since,
    decide_taken,
)
from bot.core.names import clean_text
from bot.core.numbers import parse_whole_number
from bot.core.printing import parse_placement
from bot.core.retention import KEPT, Ends, Keeping, compute_promised_days, describe_end
from bot.core.testimonials import NAME_LIMIT as AUTHOR_LIMIT
from bot.core.testimonials import clean_author, compose_key
from storage.records import PersonId


def test_texts_are_cleaned_and_cut_to_their_place() -> None:
    """An idea, an answer to it, what came of a question, what a drop is called."""
    for clean, limit in (
        (clean_idea, IDEA_LIMIT),
        (clean_answer, ANSWER_LIMIT),
        (clean_outcome, OUTCOME_LIMIT),
        (clean_name, NAME_LIMIT),
    ):
        assert clean(" a\n b ") == "a b"
        assert clean("x" * (limit + 1)) == "x" * limit
        assert clean("\u200b") == ""


def test_an_author_has_a_name_or_none() -> None:
    """As it may stand in a headline, where braces mean points."""
    assert clean_author(" Anna {x} ", anonymous=False) == "Anna (x)"
    assert clean_author("x" * (AUTHOR_LIMIT + 1), anonymous=False) == "x" * AUTHOR_LIMIT
    assert clean_author("Anna", anonymous=True) == ""
    assert compose_key(7) == "in-words-of-7"


def test_drops_are_bounded_by_their_pool_and_by_each_other() -> None:
    """As many coupons as there are, and as many drops as can be shown."""
    assert [parse_quantity(said) for said in ("1", str(QUANTITY_LIMIT), "0", str(QUANTITY_LIMIT + 1), "x")] == [
        1,
        QUANTITY_LIMIT,
        None,
        None,
        None,
    ]
    assert decide_opened(5, ready=5, others=DROPS_SHOWN - 1) is Dropping.OPENED
    assert decide_opened(6, ready=5, others=0) is Dropping.FEW
    assert (
        decide_opened(5, ready=5, others=DROPS_SHOWN) is decide_opened(6, ready=5, others=DROPS_SHOWN) is Dropping.MANY
    )


def test_who_tapped_first_is_who_came_first() -> None:
    """Of the same button; others, and what is no tap, stand in nobody's way."""
    updates = [
        (7, b'{"callback_query": {"data": "claim:1"}}'),
        (None, b'{"callback_query": {"data": "claim:1"}}'),
        (8, b'{"callback_query": {"data": "claim:12"}}'),
        (9, b'{"message": {"text": "claim:1"}}'),
        (6, b"claim:1"),
        (5, b'["claim:1"]'),
        (3, b'{"callback_query": {"data": "claim:1"}}'),
        (7, b'{"callback_query": {"data": "claim:1"}}'),
    ]
    assert list_rivals(updates, "claim:1") == [7, 3]


def test_ideas_are_so_many_a_day() -> None:
    """The next one tomorrow."""
    assert [decide_taken(lately) for lately in (0, EACH_DAY - 1, EACH_DAY)] == [Taking.TAKEN, Taking.TAKEN, Taking.MANY]
    assert compute_since(5 * DAY) == 4 * DAY


def test_a_question_has_its_options_below() -> None:
    """From two to ten different ones, each short enough for a button."""
    assert parse_asked(" Tea or\tcoffee? \n\nTea\nCoffee ") == Asked(
        question="Tea or coffee?", options=["Tea", "Coffee"]
    )
    longest = f"{'q' * 200}\n{'a' * 32}\nb"
    assert parse_asked(longest) == Asked(question="q" * 200, options=["a" * 32, "b"])
    ten = "\n".join(["?", *(f"o{number}" for number in range(MOST))])
    asked = parse_asked(ten)
    assert asked is not None
    assert len(asked.options) == MOST
    for wrong in ("", "?", "?\na", f"{ten}\no10", f"{'q' * 201}\na\nb", f"?\n{'a' * 33}\nb", "?\nTea\nTEA"):
        assert parse_asked(wrong) is None, wrong


def test_what_most_have_chosen_is_said_with_who_is_level() -> None:
    """The first of those that are; nobody has chosen where there are no votes."""
    assert compute_result({}) is None
    assert compute_result({0: 2, 1: 5, 2: 1}) == Result(choice=1, votes=5, count=8)
    assert compute_result({2: 3, 0: 1, 1: 3}) == Result(choice=1, votes=3, count=7, is_level=True)
    assert pick_words({"en": "Tea", "id": "Teh"}, "id-x") == "Teh"
    assert pick_words({"en": "Tea", "id": "Teh"}, "zh") == "Tea"
    assert pick_words({}, "zh") == ""


def test_who_comes_into_the_chat_by_a_link_is_brought_once() -> None:
    """Not who was there, nor oneself, nor who has been a member for longer than newcomers are."""
    new = Coming(first=True, newcomer_id=PersonId(2), started_at=None, inviter_id=PersonId(1))

    def decide(coming: Coming) -> bool:
        return decide_credited(coming, now=10 * DAY, claim_days=7)

    assert decide(new)
    assert decide(Coming(first=True, newcomer_id=None, started_at=None, inviter_id=PersonId(1)))
    assert decide(Coming(first=True, newcomer_id=PersonId(2), started_at=3 * DAY + 1, inviter_id=PersonId(1)))
    assert not decide(Coming(first=True, newcomer_id=PersonId(2), started_at=3 * DAY, inviter_id=PersonId(1)))
    assert not decide(Coming(first=False, newcomer_id=PersonId(2), started_at=None, inviter_id=PersonId(1)))
    assert not decide(Coming(first=True, newcomer_id=PersonId(1), started_at=None, inviter_id=PersonId(1)))


def test_times_are_over_at_their_end() -> None:
    """A hold, and the time that a friend has to count."""
    assert [decide_held(now=now, since=DAY, hold_days=7) for now in (8 * DAY - 1, 8 * DAY)] == [True, False]
    assert [decide_lapsed(now=now, joined_at=DAY, credit_days=7) for now in (8 * DAY - 1, 8 * DAY)] == [False, True]
    assert not decide_lapsed(now=999 * DAY, joined_at=0, credit_days=None)
    assert decide_problem(admin=False, may_invite=True) is ChatProblem.NO_ADMIN
    assert decide_problem(admin=True, may_invite=False) is ChatProblem.NO_INVITING
    assert decide_problem(admin=True, may_invite=True) is None


def test_a_photo_is_fetched_as_small_as_it_suffices_and_looked_at_daily() -> None:
    """The largest where none does; a look in the future came by a wrong clock."""
    assert choose_size([160, KEPT_PIXELS, 640]) == 1
    assert choose_size([640, 320, 160]) == 1
    assert choose_size([160, KEPT_PIXELS - 1, 100]) == 1
    assert [decide_look_due(DAY, now) for now in (DAY - 1, DAY, 2 * DAY - 1, 2 * DAY)] == [True, False, False, True]


def test_numbers_are_typed_in_many_ways() -> None:
    """From one to the highest; what could be a fraction is none."""
    read = {
        "+ 7": 7,
        "XX7": None,
        "1,000": 1000,
        "0,100": None,
        "1,000,000": 1_000_000,
        "1,000.000": None,
        "1000000": 1_000_000,
    }
    assert {said: parse_whole_number(said, 1_000_000) for said in read} == read
    assert parse_whole_number("9" * 18, 10**19) == 10**18 - 1
    assert parse_whole_number("9" * 19, 10**20) is None


def test_a_place_on_paper_is_a_word_that_no_other_way_has() -> None:
    """The usual one where nothing was typed."""
    assert parse_placement(" Window ", usual="shop", taken={"qr"}) == "window"
    assert parse_placement("", usual="qr", taken={"qr"}) == parse_placement("QR", usual="qr", taken={"qr"}) == "qr"
    assert parse_placement("qr", usual="shop", taken={"qr"}) is parse_placement("a b", usual="shop", taken=()) is None


def test_addresses_are_read_as_servers_write_them() -> None:
    """With a port or brackets; a network within another is itself."""
    machines = (
        "127.0.0.1",
        "127.8.9.1:443",
        "::1",
        "[::1]:443",
        "::ffff:127.0.0.1",
        "10.0.0.1",
        "[2001:db8::1]",
        "x",
        "",
    )
    assert [is_of_this_machine(each) for each in machines] == [True] * 5 + [False] * 4
    assert str(parse_network("::ffff:192.0.2.9/120")) == "192.0.2.0/24"
    assert str(parse_network("192.0.2.9/24")) == "192.0.2.0/24"
    assert str(parse_network("::ffff:0.0.0.0/96")) == "0.0.0.0/0"
    assert str(parse_network("::/0")) == "::/0"
    assert compute_neighbourhood("[2001:db8::1:2]:443") == "2001:db8::/64"
    assert compute_neighbourhood("x") == "x"


def test_what_is_promised_is_kept_a_day_longer_at_most() -> None:
    """Cleaning comes once a day; how a row ends is said in words."""
    assert compute_promised_days("click") == KEPT["click"].days + 1 == 91
    assert describe_end(Keeping(holds="x", ends=Ends.TIME, days=1, how="after it")) == "after 1 day; after it"
    assert describe_end(Keeping(holds="x", ends=Ends.TIME, days=2)) == "after 2 days"
    assert describe_end(Keeping(holds="x", ends=Ends.TIME, days=0, how="once it is over")) == "at once; once it is over"
    assert describe_end(Keeping(holds="x", ends=Ends.NEVER)) == "never"
    assert Keeping(holds="x", ends=Ends.TIME, days=3).microseconds == 3 * DAY
    assert clean_text("", limit=5) == ""
