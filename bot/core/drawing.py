"""Drawing lots in the open: whoever has the seed and the list draws the same winners, by docs/draws.md."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence

from storage.frozen import frozen

ALGORITHM = "hmac-sha256, largest multiple, without replacement; version 1"
SEED_BYTES = 32
_SPAN = 2**256


@frozen
class Entry:
    """Somebody in a draw, by a number that names nobody."""

    number: int
    tickets: int


def compute_commitment(seed: bytes) -> str:
    """What is published before a draw: the SHA-256 of its seed, in hexadecimal digits."""
    return hashlib.sha256(seed).hexdigest()


def compose_proof(name: str, seed: bytes, entries: Sequence[Entry], *, prizes: int, winners: Sequence[int]) -> str:
    """What everybody can draw again by, as JSON: `passalong draw verify` reads it."""
    said = {
        "contest": name,
        "algorithm": ALGORITHM,
        "seed_sha256": compute_commitment(seed),
        "seed": seed.hex(),
        "prizes": prizes,
        "entries": [{"number": each.number, "tickets": each.tickets} for each in sorted(entries, key=_get_number)],
        "winners": list(winners),
    }
    return json.dumps(said, indent=1) + "\n"


def draw_winners(seed: bytes, entries: Sequence[Entry], prizes: int) -> list[int]:
    """The numbers of those who win, in order; as many as there are prizes, or entries.

    Tickets lie in the order of the numbers. A winner's tickets are taken out before the next draw, so that nobody wins
    twice. The place is drawn evenly among all tickets: see `draw_place`.
    """
    left = sorted((entry for entry in entries if entry.tickets > 0), key=_get_number)
    stream, winners = _list_numbers(seed), list[int]()
    while left and len(winners) < prizes:
        winner = _find_ticket(left, draw_place(stream, sum(entry.tickets for entry in left)))
        winners.append(winner.number)
        left.remove(winner)
    return winners


def draw_place(numbers: Iterator[int], tickets: int) -> int:
    """A place from 0 to `tickets` - 1, each as likely: a number beyond the largest multiple is passed over."""
    fair = _SPAN - _SPAN % tickets
    return next(number for number in numbers if number < fair) % tickets


def _list_numbers(seed: bytes) -> Iterator[int]:
    """HMAC-SHA256 under the seed of 0, 1, 2, … as eight bytes each, most significant first; read likewise."""
    counter = 0
    while True:
        yield int.from_bytes(hmac.digest(seed, counter.to_bytes(8, "big"), "sha256"), "big")
        counter += 1


def _find_ticket(entries: Sequence[Entry], place: int) -> Entry:
    for entry in entries:
        if place < entry.tickets:
            return entry
        place -= entry.tickets
    raise ValueError("the place lies behind the last ticket")


def _get_number(entry: Entry) -> int:
    return entry.number
