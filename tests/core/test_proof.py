"""Whether rows are those of which a head was noted, and what everybody can draw again by."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.drawing import ALGORITHM, Entry, compose_proof, compute_commitment, draw_winners
from bot.core.merkle import Frontier
from bot.core.proof import Follower, Noted, compose_entry, open_frontier, show_peaks
from storage.frozen import frozen

ROWS: list[list[Any]] = [[3, "Cup", None], [5, "é", 7], [6, "x", -1], [9, "y", 0], [12, "z", 1]]


@frozen
class Note:
    """What was noted of a log."""

    size: int
    last_id: int
    root: str
    peaks: str


def note(rows: list[list[Any]]) -> Note:
    """What is noted of these rows."""
    follower = Follower("ledger", [])
    follower.add(rows)
    return Note(size=len(rows), last_id=rows[-1][0], root=follower.head, peaks=show_peaks(follower.frontier))


def follow(rows: list[list[Any]], noted: list[Noted], head: str | None = None) -> list[str]:
    """What is found on the way along these rows."""
    follower = Follower("ledger", noted, head=head)
    for row in rows:
        follower.add([row])
    return follower.end()


def test_a_row_is_hashed_as_it_stands() -> None:
    """Without spaces, in ASCII, behind the name of its log."""
    assert compose_entry("ledger", ROWS[1]) == b'["ledger",5,"\\u00e9",7]'


def test_a_log_grows_on_from_what_was_noted() -> None:
    """However many rows there were: peaks are read as they were written."""
    assert open_frontier(None).compute_root() == Frontier().compute_root()
    for size in range(1, len(ROWS)):
        noted = note(ROWS[:size])
        frontier = open_frontier(noted)
        assert show_peaks(frontier) == noted.peaks
        assert len(noted.peaks) == 64 * size.bit_count()
        for row in ROWS[size:]:
            frontier.append(compose_entry("ledger", row))
        assert frontier.compute_root().hex() == note(ROWS).root


def test_rows_are_those_that_were_noted() -> None:
    """In any order of notes; a head of before is found on the way."""
    noted: list[Noted] = [note(ROWS[:size]) for size in (5, 1, 3)]
    assert follow(ROWS, noted) == []
    assert follow(ROWS, [*noted, note(ROWS[:3])], note(ROWS[:4]).root) == []
    assert follow(ROWS, [], Follower("ledger", []).head) == []
    together = Follower("ledger", noted)
    together.add(ROWS)
    assert (together.end(), together.last_id) == ([], 12)


def test_rows_that_are_others_are_told() -> None:
    """From the first note on that does not fit any more; those that are gone, and a head that no beginning has."""
    changed = [ROWS[0], [5, "e", 7], *ROWS[2:]]
    noted: list[Noted] = [note(ROWS[:size]) for size in (1, 3, 5)]
    assert follow(changed, noted) == [
        "the first 3 rows of ledger are not what they were",
        "the first 5 rows of ledger are not what they were",
    ]
    assert follow(ROWS[:4], noted) == ["ledger once had more rows than it has: 5, and now 4"]
    assert follow(ROWS, [], "ab" * 50) == [f"no beginning of ledger has the head {'ab' * 40}"]
    first = note(ROWS[:1])
    for wrong in (
        Note(size=1, last_id=4, root=first.root, peaks=first.peaks),
        Note(size=1, last_id=3, root=first.root, peaks="00" * 32),
        Note(size=1, last_id=3, root="00" * 32, peaks=first.peaks),
    ):
        assert follow(ROWS, [wrong]) == ["the first 1 rows of ledger are not what they were"]


def test_a_draw_can_be_drawn_again_by_its_proof() -> None:
    """By seed and list, in the order of the numbers, a line each for whoever reads it."""
    entries = [Entry(number=9, tickets=1), Entry(number=2, tickets=3)]
    seed = bytes(32)
    winners = draw_winners(seed, entries, 1)
    assert compose_proof("race", seed, entries, prizes=1, winners=winners) == (
        "{\n"
        ' "contest": "race",\n'
        f' "algorithm": "{ALGORITHM}",\n'
        f' "seed_sha256": "{compute_commitment(seed)}",\n'
        f' "seed": "{"00" * 32}",\n'
        ' "prizes": 1,\n'
        ' "entries": [\n'
        '  {\n   "number": 2,\n   "tickets": 3\n  },\n'
        '  {\n   "number": 9,\n   "tickets": 1\n  }\n'
        " ],\n"
        f' "winners": [\n  {winners[0]}\n ]\n'
        "}\n"
    )


def test_peaks_that_cannot_have_been_are_refused() -> None:
    """Three rows have two of them."""
    noted = note(ROWS[:3])
    with pytest.raises(ValueError, match="1 peaks are not those of 3 leaves"):
        open_frontier(Note(size=3, last_id=6, root=noted.root, peaks=noted.peaks[:64]))
