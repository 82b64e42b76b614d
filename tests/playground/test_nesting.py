"""Entities that overlap, nest and touch, as Telegram's server library settles them; and those that it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.world.entities import read_formatted
from bot.playground.world.errors import ApiError
from bot.playground.world.nesting import CODE, SPLIT, settle

Short = tuple[str, int, int]
LINK = "https://a.bc/"
ARGUMENTS: dict[str, dict[str, Any]] = {
    "text_link": {"url": LINK},
    "custom_emoji": {"custom_emoji_id": "5368324170671202286"},
    "date_time": {"unix_time": 1},
}


def write(*given: Short) -> list[dict[str, Any]]:
    """Return entities written out."""
    return [{"type": kind, "offset": at, "length": length, **ARGUMENTS.get(kind, {})} for kind, at, length in given]


def read(text: str, *given: Short) -> list[Short]:
    """Return what becomes of entities given with a text."""
    found = read_formatted(text, None, write(*given)).entities
    return [(entity["type"], entity["offset"], entity["length"]) for entity in found]


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ([("bold", 0, 2), ("bold", 2, 2)], [("bold", 0, 4)]),
        ([("bold", 0, 3), ("bold", 1, 4)], [("bold", 0, 5)]),
        ([("bold", 0, 1), ("bold", 3, 1)], [("bold", 0, 1), ("bold", 3, 1)]),
        ([("bold", 0, 3), ("italic", 2, 3)], [("bold", 0, 2), ("italic", 2, 3), ("bold", 2, 1)]),
        ([("italic", 0, 4), ("bold", 0, 4)], [("bold", 0, 4), ("italic", 0, 4)]),
        ([("underline", 0, 4), ("spoiler", 2, 1)], [("underline", 0, 2), ("underline", 2, 2), ("spoiler", 2, 1)]),
        ([("code", 0, 4), ("bold", 1, 2)], [("code", 0, 4)]),
        ([("bold", 0, 6), ("code", 2, 2)], [("bold", 0, 2), ("code", 2, 2), ("bold", 4, 2)]),
        ([("pre", 0, 4), ("italic", 0, 5)], [("pre", 0, 4), ("italic", 4, 1)]),
        ([("text_link", 0, 3), ("text_link", 2, 3)], [("text_link", 0, 3)]),
        ([("text_link", 0, 4), ("code", 1, 2)], [("text_link", 0, 4)]),
        ([("text_link", 1, 4), ("bold", 0, 6)], [("bold", 0, 1), ("text_link", 1, 4), ("bold", 1, 4), ("bold", 5, 1)]),
        ([("blockquote", 0, 4), ("blockquote", 1, 2)], [("blockquote", 0, 4)]),
        ([("blockquote", 0, 4), ("expandable_blockquote", 2, 4)], [("blockquote", 0, 4)]),
        ([("blockquote", 0, 4), ("pre", 1, 2)], [("blockquote", 0, 4), ("pre", 1, 2)]),
        ([("pre", 0, 6), ("blockquote", 1, 2)], [("blockquote", 1, 2)]),
        ([("custom_emoji", 0, 2), ("spoiler", 0, 2)], [("spoiler", 0, 2), ("custom_emoji", 0, 2)]),
        ([("date_time", 0, 4), ("bold", 1, 2)], [("date_time", 0, 4)]),
        ([("mention", 0, 4), ("url", 0, 4), ("bot_command", 0, 2)], []),
        ([("bold", 0, 0)], []),
    ],
)  # fmt: skip
def test_what_overlaps_is_cut_joined_or_dropped(given: list[Short], settled: list[Short]) -> None:
    """Bold to spoiler are joined and cut; of the others the first stays; code holds nothing; a quotation holds what is whole."""
    assert read("abcdef", *given) == settled


@pytest.mark.parametrize(
    ("text", "given", "settled"),
    [
        ("a.bc", [("bold", 0, 4)], [("url", 0, 4), ("bold", 0, 4)]),
        ("go a.bc", [("italic", 0, 7)], [("italic", 0, 3), ("url", 3, 4), ("italic", 3, 4)]),
        ("a.bc", [("code", 0, 2)], [("code", 0, 2)]),
        ("a.bc", [("blockquote", 0, 2)], [("blockquote", 0, 2)]),
        ("a.bc", [("blockquote", 0, 4)], [("blockquote", 0, 4), ("url", 0, 4)]),
        ("/start", [("text_link", 0, 6)], [("text_link", 0, 6)]),
        ("/start", [("spoiler", 0, 6)], [("bot_command", 0, 6), ("spoiler", 0, 6)]),
    ],
)
def test_what_is_found_makes_room_for_what_was_given(text: str, given: list[Short], settled: list[Short]) -> None:
    """Links, commands and names are found beside what was given, and cut what is bold over them."""
    assert read(text.replace("a.bc", "a.co"), *given) == settled


@pytest.mark.parametrize(
    ("text", "given", "shown", "settled"),
    [
        ("  ab  ", ("bold", 0, 6), "  ab", [("bold", 0, 4)]),
        ("  ab  ", ("bold", 1, 2), " ab", [("bold", 0, 2)]),
        ("  ab  ", ("bold", 2, 2), "ab", [("bold", 0, 2)]),
        ("ab  ", ("bold", 2, 2), "ab", []),
        ("a\rb", ("bold", 0, 2), "ab", [("bold", 0, 1)]),
        ("a\u202eb", ("italic", 1, 1), "ab", []),
        ("😀 b", ("bold", 3, 1), "😀 b", [("bold", 3, 1)]),
    ],
)
def test_entities_follow_the_text_when_it_is_cleaned(text: str, given: Short, shown: str, settled: list[Short]) -> None:
    """What is taken out of a text, or off its ends, moves and shortens them; formatted spaces in front stay."""
    assert read_formatted(text, None, write(given)).text == shown
    assert read(text, given) == settled


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        ({"type": "bold", "offset": 0, "length": -1}, "receive an entity with incorrect length -1"),
        (
            {"type": "bold", "offset": 4, "length": 1},
            "entity begins after the end of the text at UTF-16 offset 4",
        ),
        (
            {"type": "bold", "offset": 0, "length": 4},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 4",
        ),
        ({"type": "bold", "offset": 1, "length": 1}, "entity begins in a middle of a UTF-16 symbol at byte offset 0"),
        ({"type": "shiny", "offset": 0, "length": 2}, "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "text_link", "offset": 0, "length": 2}, "can't parse MessageEntity: Can't find field \"url\""),
        ({"type": "text_link", "offset": 0, "length": 2, "url": "x"}, "entity URL 'x' is invalid: Wrong HTTP URL"),
        (
            {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "x"},
            'can\'t parse MessageEntity: Field "custom_emoji_id" must be a valid Number',
        ),
    ],
)
def test_an_entity_that_cannot_be_is_refused(entity: dict[str, Any], words: str) -> None:
    """Each in Telegram's words, with the place counted as it counts."""
    with pytest.raises(ApiError) as refusal:
        read_formatted("😀b", None, [entity])
    assert refusal.value.description == f"Bad Request: {words}"


kinds = st.sampled_from([*SPLIT, "blockquote", "expandable_blockquote", "pre", "code", "text_link", "custom_emoji"])


@given(st.lists(st.tuples(kinds, st.integers(0, 11), st.integers(1, 8)), max_size=9))
def test_no_formatting_is_lost_outside_of_code(given: list[Short]) -> None:
    """Every place stays bold that was bold, unless it is code; and what is settled stays as it is."""
    settled = settle(write(*given))
    before, after = _spread(write(*given)), _spread(settled)
    for place, found in after.items():
        assert found & set(SPLIT) == (set() if found & CODE else before.get(place, set()) & set(SPLIT))
    assert settle(settled) == settled


def _spread(entities: list[Any]) -> dict[int, set[str]]:
    places = {place for entity in entities for place in range(entity["offset"], entity["offset"] + entity["length"])}
    return {
        place: {entity["type"] for entity in entities if 0 <= place - entity["offset"] < entity["length"]}
        for place in places
    }
