"""What becomes of a ticket: what was said, who has it, by when it is answered, and how a shop answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.durations import HOUR, SECOND
from bot.core.setting import SettingMistake
from bot.core.tickets import (
    ANSWER_HOURS,
    LEAST_FIGURES,
    MOST_HOURS,
    MOST_WORDS,
    STAFF_CHAT,
    TicketFigures,
    compute_due,
    compute_figures,
    compute_reminder,
    decide_answered,
    decide_closed,
    decide_looked_at,
    decide_reopened,
    decide_solved,
    decide_taken,
    decide_written,
    fill_template,
    is_late,
    parse_said,
)
from storage.records import PersonId
from storage.ticket import About, Said, Shape, TicketId, TicketRow, TicketState

ANNA, BUDI, NOW = PersonId(7), PersonId(8), 1_000 * HOUR
ROW = TicketRow(
    id=TicketId(1),
    person_id=PersonId(3),
    about=About.ASKED,
    state=TicketState.OPEN,
    opened_at=5,
    due_at=NOW + 24 * HOUR,
    look_at=NOW + 18 * HOUR,
)
CHAT = {"chat": {"id": 55}, "message_id": 9}


def test_what_telegram_brings_is_words_in_a_shape() -> None:
    """Where it was said is known; of a picture or file what stands below it is the words, and of what shows more it is another shape."""
    for shape, kept in (("photo", Shape.PHOTO), ("voice", Shape.VOICE), ("document", Shape.DOCUMENT)):
        message = CHAT | {shape: [{"file_id": "a"}], "caption": "It is cold"}
        assert parse_said(message) == Said(words="It is cold", shape=kept, chat_id=55, message_id=9)
    assert parse_said(CHAT | {"text": "Hello"}) == Said(words="Hello", shape=Shape.TEXT, chat_id=55, message_id=9)
    for shape in ("video", "audio", "animation", "sticker", "video_note"):
        message = CHAT | {shape: {"file_id": "a"}}
        assert parse_said(message) == Said(words="", shape=Shape.OTHER, chat_id=55, message_id=9)
    moving = CHAT | {"animation": {"file_id": "a"}, "document": {"file_id": "a"}, "caption": "Look"}
    assert parse_said(moving) == Said(words="Look", shape=Shape.OTHER, chat_id=55, message_id=9)


def test_what_cannot_be_passed_on_is_nothing() -> None:
    """A poll, a contact, a place; and what was said nowhere."""
    for name in ("poll", "contact", "location"):
        assert parse_said(CHAT | {name: {"id": "a"}}) is None
    assert parse_said({"text": "Hello", "message_id": 9}) is parse_said({"text": "Hello", "chat": 55}) is None
    assert parse_said(CHAT | {"text": ""}) is None


def test_words_are_as_long_as_telegrams() -> None:
    """And no longer, however they came."""
    said = parse_said(CHAT | {"text": "x" * (MOST_WORDS + 1)})
    assert said is not None
    assert said.words == "x" * MOST_WORDS


def test_a_sentence_of_the_shop_is_filled() -> None:
    """Wherever the name, the shop and the hours stand in it, and however often."""
    words = "{name}, thank you! {shop} answers within {hours} hours, {name}. {other}"
    assert fill_template(words, name="Anna", shop="Oven", hours="24") == (
        "Anna, thank you! Oven answers within 24 hours, Anna. {other}"
    )


def test_an_answer_is_promised_and_the_team_reminded_before() -> None:
    """With a quarter of the time left."""
    assert compute_due(NOW, 24) == NOW + 24 * HOUR
    assert compute_reminder(NOW + 24 * HOUR, 24) == NOW + 18 * HOUR
    assert compute_reminder(NOW + HOUR, 1) == NOW + HOUR - HOUR // 4


def test_somebody_of_the_team_has_a_ticket() -> None:
    """From nobody or from another; not what is theirs already, nor what is over; what was answered stays so."""
    taken = replace(ROW, state=TicketState.TAKEN, taken_by_id=ANNA)
    assert decide_taken(ROW, ANNA) == taken
    assert decide_taken(taken, BUDI) == replace(taken, taken_by_id=BUDI)
    assert decide_taken(taken, ANNA) is None
    answered = replace(taken, state=TicketState.ANSWERED)
    assert decide_taken(answered, BUDI) == replace(answered, taken_by_id=BUDI)
    assert decide_taken(replace(ROW, state=TicketState.CLOSED), ANNA) is None


def test_an_answer_ends_the_wait() -> None:
    """Whoever answers first has it where nobody had; the first answer's moment stays, and a closed ticket closed."""
    first = decide_answered(ROW, ANNA, NOW)
    assert first == replace(
        ROW, state=TicketState.ANSWERED, taken_by_id=ANNA, answered_at=NOW, due_at=None, look_at=None
    )
    assert decide_answered(first, BUDI, NOW + 5) == first
    closed = replace(ROW, state=TicketState.CLOSED)
    assert decide_answered(closed, BUDI, NOW) == replace(first, state=TicketState.CLOSED, taken_by_id=BUDI)


def test_a_ticket_is_closed_once_and_solved_once() -> None:
    """By the team, and then by the member's word."""
    closed = decide_closed(ROW, NOW)
    assert closed == replace(ROW, state=TicketState.CLOSED, closed_at=NOW, due_at=None, look_at=None)
    assert closed is not None
    assert decide_closed(closed, NOW + 1) is None
    solved = decide_solved(closed, NOW + 2)
    assert solved == replace(closed, solved_at=NOW + 2)
    assert solved is not None
    assert decide_solved(solved, NOW + 3) is decide_solved(ROW, NOW) is None


def test_what_a_member_says_more_opens_what_was_done() -> None:
    """What waits goes on waiting; what was answered waits anew with whoever has it; what was closed comes back."""
    again = {"due_at": NOW + 8 * HOUR, "look_at": NOW + 6 * HOUR}
    assert decide_written(ROW, NOW, 8) == ROW
    answered = replace(ROW, state=TicketState.ANSWERED, answered_at=6, due_at=None, look_at=None)
    assert decide_written(answered, NOW, 8) == replace(answered, state=TicketState.OPEN, **again)  # type: ignore[arg-type]
    held = replace(answered, taken_by_id=ANNA)
    assert decide_written(held, NOW, 8) == replace(held, state=TicketState.TAKEN, **again)  # type: ignore[arg-type]
    closed = replace(held, state=TicketState.CLOSED, closed_at=7, solved_at=8)
    reopened = replace(held, state=TicketState.REOPENED, closed_at=None, solved_at=None, **again)  # type: ignore[arg-type]
    assert decide_written(closed, NOW, 8) == decide_reopened(closed, NOW, 8) == reopened


def test_the_team_is_reminded_first_and_owners_when_it_is_late() -> None:
    """After that nobody is told again."""
    due = NOW + 24 * HOUR
    assert decide_looked_at(ROW, due - 1) == replace(ROW, look_at=due)
    assert decide_looked_at(ROW, due) == replace(ROW, look_at=None)
    owed_none = replace(ROW, due_at=None)
    assert decide_looked_at(owed_none, NOW) == replace(owed_none, look_at=None)
    assert [is_late(ROW, moment) for moment in (due - 1, due)] == [False, True]
    assert not is_late(owed_none, due)


def test_a_median_is_told_of_enough() -> None:
    """In whole seconds from the opening on, of those that were answered or called solved."""
    times: list[tuple[int, int | None, int | None]] = [
        (10, 10 + seconds * SECOND, None) for seconds in (9, 1, 5, 3, 100)[: LEAST_FIGURES - 1]
    ]
    few = compute_figures([*times, (10, None, None)])
    assert few == TicketFigures(tickets=5, answered=4, solved=0, answer_seconds=None, solved_seconds=None)
    enough = [*times, (10, 10 + 2 * SECOND + SECOND // 2, 10 + 7 * SECOND)]
    assert compute_figures(enough) == TicketFigures(
        tickets=5, answered=5, solved=1, answer_seconds=3, solved_seconds=None
    )
    solved = [(10, None, 10 + seconds * SECOND) for seconds in (1, 2, 4, 8, 16)]
    assert compute_figures(solved) == TicketFigures(
        tickets=5, answered=0, solved=5, answer_seconds=None, solved_seconds=4
    )


def test_a_shop_promises_an_answer_within_two_weeks_at_most() -> None:
    """In whole hours, a day where nothing is set; and has its team in a group or nowhere."""
    assert [ANSWER_HOURS.read({"ANSWER_HOURS": said}) for said in ("", "1", str(MOST_HOURS))] == [24, 1, MOST_HOURS]
    for said in ("0", str(MOST_HOURS + 1), "1.5", "-1", "٣", "day", "0" * 9):
        with pytest.raises(SettingMistake, match=r"PASSALONG_ANSWER_HOURS is no such number of hours\. Within so many"):
            ANSWER_HOURS.read({"ANSWER_HOURS": said})
    assert [STAFF_CHAT.read({"STAFF_CHAT": said}) for said in ("", "-1001", "@the_team")] == [None, -1001, "@the_team"]
    with pytest.raises(SettingMistake, match=r"PASSALONG_STAFF_CHAT is no group\. It is the number of a group"):
        STAFF_CHAT.read({"STAFF_CHAT": "the team"})
