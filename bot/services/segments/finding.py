"""Whom a segment means, at a moment and where the shop is."""

from __future__ import annotations

from functools import lru_cache

from bot.core.segments.resolving import Moment, resolve, resolve_steps
from bot.core.segments.writing import parse_segment
from bot.services.campaigns import find_zone, list_languages
from storage.broadcast import Broadcast
from storage.segment import Tree
from storage.tables import shops, traits
from storage.tx import Tx

read_segment = lru_cache(maxsize=256)(parse_segment)
"""What was kept was read before it was."""


def find_tree(tx: Tx, written: str, at: int) -> Tree:
    """What the store looks for, at a moment: for a broadcast, that of its confirmation."""
    return resolve(read_segment(written), _compose_moment(tx, at))


def find_audience(tx: Tx, broadcast: Broadcast) -> Tree | None:
    """Whom a broadcast is meant for, as of its confirmation or of when it is due after that; None for everybody."""
    at = max(broadcast.started_at or tx.now, broadcast.due_at)
    return None if broadcast.segment is None else find_tree(tx, broadcast.segment, at)


def count_steps(tx: Tx, written: str) -> list[int]:
    """Everybody who can be written to, and who is left after each step of a segment."""
    return traits.count_left(tx, resolve_steps(read_segment(written), _compose_moment(tx, tx.now)))


def _compose_moment(tx: Tx, at: int) -> Moment:
    shop = shops.find(tx)
    return Moment(now=at, zone=find_zone(shop.zone if shop else None), languages=list_languages(tx))
