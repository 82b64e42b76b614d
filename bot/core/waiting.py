"""Standing in line: which key puts somebody between two others, and how a part of the line is spread where none is left."""

from __future__ import annotations

from collections.abc import Sequence

GAP = 2**32
"""Between two who came one after the other: room for 32 who each step into the middle of what is left."""

CHUNK_BITS = 43
"""A chunk holds the keys of 2,048 who came one after the other; how many wait in each is kept."""

BESIDE = 64
"""How many on each side make room where none is left; four times as many where that is too little."""

LEAST_GAP = 2**16
"""What is left between any two who made room."""


def find_chunk(key: int) -> int:
    """The part of the line that a key lies in."""
    return key >> CHUNK_BITS


def decide_key(near: int, far: int | None, *, ahead: bool) -> int | None:
    """A key beyond `near` and on this side of `far`, which is None at the end of the line; None where there is no room."""
    if far is None:
        return near - GAP if ahead else near + GAP
    return (near + far) // 2 if abs(near - far) > 1 else None


def spread(keys: Sequence[int], *, front: bool, end: bool) -> list[int] | None:
    """As many keys in the same order, evenly; None where that leaves little room, and more of the line has to make some.

    Args:
        keys: Of those who make room, in order.
        front: They are the first of the line, which can begin earlier.
        end: They are the last of it.
    """
    if front:
        return [keys[-1] - GAP * place for place in reversed(range(len(keys)))]
    if end:
        return [keys[0] + GAP * place for place in range(len(keys))]
    step = (keys[-1] - keys[0]) // (len(keys) - 1)
    return [keys[0] + step * place for place in range(len(keys))] if step >= LEAST_GAP else None
