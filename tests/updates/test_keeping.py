from __future__ import annotations

from typing import Any

import pytest

from bot.updates.raw_updates import (
    LARGEST_ID,
    MOST_CHARACTERS,
    MOST_ITEMS,
    MOST_LEVELS,
    Keep,
    MalformedUpdate,
    keep_any,
    keep_flag,
    keep_list,
    keep_mark,
    keep_number,
    keep_object,
    keep_scalars,
    keep_text,
)


def nest(levels: int, *, listed: bool) -> Any:
    """A number in so many lists or objects."""
    value: Any = 7
    for _ in range(levels):
        value = [value] if listed else {"in": value}
    return value


@pytest.mark.parametrize("listed", [True, False])
def test_what_lies_too_deep_is_refused(listed: bool) -> None:
    """What nests for ever ends a process that follows it, whether by lists or by objects."""
    deepest = nest(MOST_LEVELS, listed=listed)
    assert keep_any(deepest) == deepest
    with pytest.raises(MalformedUpdate):
        keep_any(nest(MOST_LEVELS + 1, listed=listed))


def keep_numbers(value: Any) -> Any:
    """A list of numbers; put together here, as whatever reads an update is put together at import."""
    return keep_list(keep_number)(value)


def keep_nothing(value: Any) -> Any:
    """An object, and nothing of it."""
    return keep_object()(value)


LONGEST = "x" * MOST_CHARACTERS
FULL = {str(number): number for number in range(MOST_ITEMS)}


@pytest.mark.parametrize(
    ("keep", "kept", "refused", "words"),
    [
        (keep_text, ["", "tea", LONGEST], [LONGEST + "x", 7, None, b"tea", ["tea"]], "a text"),
        (keep_number, [0, 7, LARGEST_ID, -LARGEST_ID], [LARGEST_ID + 1, -LARGEST_ID - 1, True, 1.0, "7"], "a number"),
        (keep_flag, [True, False], [0, 1, "yes", None], "a flag"),
        (
            keep_numbers,
            [[], [7, 8], [7] * MOST_ITEMS],
            [[7] * (MOST_ITEMS + 1), (7,), {7: 7}, "7"],
            "a list",
        ),
        (keep_scalars, [{}, {"a": 1, "b": "x", "c": None, "d": 0.5}, FULL], [[], FULL | {"x": 1}], "an object"),
        (
            keep_any,
            [7, 0.5, True, None, "x", [7] * MOST_ITEMS, FULL],
            [[7] * (MOST_ITEMS + 1), FULL | {"x": 1}],
            "a nesting",
        ),
        (keep_nothing, [{}], [[], "x", None], "an object"),
    ],
    ids=["texts", "numbers", "flags", "lists", "scalars", "anything", "objects"],
)
def test_each_shape_is_kept_up_to_its_bounds(keep: Keep, kept: list[Any], refused: list[Any], words: str) -> None:
    """As it came; whatever is larger, or is of another shape, is none, and is said to be none."""
    assert [keep(value) for value in kept] == kept
    for value in refused:
        with pytest.raises(MalformedUpdate, match=f"^{words}$"):
            keep(value)


def test_bounds_hold_for_what_lies_inside_as_well() -> None:
    """Of a list each item, of an object each field and its name."""
    for keep, value, words in (
        (keep_list(keep_text), ["x", 7], "a text"),
        (keep_object(numbers="id"), {"id": "7"}, "a number"),
        (keep_any, {"in": [2**70]}, "a number"),
        (keep_any, {LONGEST + "x": 1}, "a text"),
        (keep_scalars, {LONGEST + "x": 1}, "a text"),
        (keep_scalars, {"in": 2**70}, "a number"),
        (keep_any, LONGEST + "x", "a text"),
    ):
        with pytest.raises(MalformedUpdate, match=f"^{words}$"):
            keep(value)


def test_of_a_text_that_nobody_reads_its_being_there_is_kept() -> None:
    """Nothing of what it says; an empty one stays empty."""
    assert [keep_mark(said) for said in ("", "a", "secret")] == ["", "…", "…"]
    with pytest.raises(MalformedUpdate):
        keep_mark(7)


def test_what_no_database_takes_is_left_out_of_texts() -> None:
    """NUL, and halves of pairs; whatever else there is stays."""
    assert keep_text("a\x00b\ud83dc\udfff \U0001f600") == "abc \U0001f600"
    assert keep_any({"\x00k": ["\udc00"]}) == {"k": [""]}


def test_of_an_object_what_is_named_is_kept() -> None:
    """By its kind, where it is there at all; of other fields what the rest makes of the object, and no field twice."""
    keep = keep_object({"size": keep_object(numbers="width")}, texts="name title", numbers="id date", flags="is_bot")
    whole = {"name": "n", "title": "t", "id": 1, "date": 2, "is_bot": True, "size": {"width": 3}}
    assert keep(whole) == whole
    assert keep({**whole, "size": {"width": 3, "height": 4}, "bio": "secret"}) == whole
    assert keep({"name": None, "id": None}) == keep({}) == {}
    for broken in ({"name": 1}, {"id": "x"}, {"is_bot": 1}, {"size": 7}):
        with pytest.raises(MalformedUpdate):
            keep(broken)
    with_rest = keep_object({"user": keep_object(numbers="id")}, rest=keep_scalars)
    assert with_rest({"status": "member", "user": {"id": 1, "bio": "x"}, "more": [1]}) == {
        "status": "member",
        "user": {"id": 1},
    }
    assert with_rest({"status": "left", "user": None}) == {"status": "left"}, "not even that it is empty"
    needing = keep_object(numbers="old new", needs=("old", "new"))
    assert needing({"old": 1, "new": 2}) == {"old": 1, "new": 2}
    for part in ({"old": 1}, {"new": 2}, {"old": 1, "new": None}, {}):
        with pytest.raises(MalformedUpdate, match=r"^a whole object$"):
            needing(part)
