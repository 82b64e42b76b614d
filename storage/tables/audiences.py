"""Whom a broadcast is for, and what decides when or whether each of them gets it: reads tables `person` and `delivery`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select, tuple_

from storage.broadcast import Broadcast, Candidate, News, SentMessage
from storage.records import BroadcastId, DeliveryState, PersonId
from storage.schema import broadcast, delivery, person, profile
from storage.segment import Tree
from storage.tables.traits import REACHABLE, STATEMENTS_KEPT, build
from storage.tx import Tx

IN_SAMPLE = or_(
    broadcast.c.sample_percent.is_(None),
    (person.c.id * 7919 + broadcast.c.id * 104_729) % 100 < broadcast.c.sample_percent,
)
"""The two primes scatter: neighbours fall into different samples, and each broadcast asks others first."""

LANGUAGE = func.coalesce(person.c.language, profile.c.telegram_language)

_HAD = or_(
    delivery.c.state == literal_column("'queued'"),
    and_(
        delivery.c.state.in_([literal_column(f"'{state}'") for state in ("sending", "sent", "unknown")]),
        or_(delivery.c.settled_at.is_(None), delivery.c.settled_at >= bindparam("since")),
    ),
)
"""What somebody has got, or is about to."""
_AMONG_RECENT = delivery.c.broadcast_id.in_(bindparam("recent", expanding=True))
_RECEIVED = (
    select(func.count())
    .where(delivery.c.person_id == person.c.id, _AMONG_RECENT, _HAD)
    .correlate(person)
    .scalar_subquery()
)


_MEMBERS = person.join(profile, profile.c.person_id == person.c.id).join(broadcast, broadcast.c.id == bindparam("of"))
_BY_ID = (person.c.id > bindparam("above"), person.c.id <= bindparam("upto"), IN_SAMPLE)
_BY_JOINING = (
    tuple_(person.c.started_at, person.c.id) > tuple_(bindparam("joined_upto"), bindparam("above")),
    person.c.started_at <= bindparam("joined_before"),
)
_PAGE = (
    select(person.c.id)
    .where(person.c.id > bindparam("above"), person.c.id <= bindparam("upto"), *REACHABLE)
    .order_by(person.c.id)
    .limit(bindparam("limit"))
    .subquery("page")
)
_PAGE_END = select(func.max(_PAGE.c.id), func.count())


@lru_cache(maxsize=4 * STATEMENTS_KEPT)
def _compose(among: Tree | None, *, counted: bool, joined: bool = False) -> Select[Any]:
    """Members with what decides; whether what they had is counted, and by id or in the order of joining."""
    conditions, order = (_BY_JOINING, (person.c.started_at, person.c.id)) if joined else (_BY_ID, (person.c.id,))
    received = _RECEIVED if counted else literal_column("0")
    return (
        select(person.c.id, person.c.started_at, person.c.zone, LANGUAGE, person.c.news_off, received)
        .select_from(_MEMBERS)
        .where(*conditions, *REACHABLE, *(() if among is None else (build(among),)))
        .order_by(*order)
    )


_LIST = _compose(None, counted=False)
_LIST_COUNTED = _compose(None, counted=True)
_LIST_JOINED = _compose(None, counted=True, joined=True).limit(bindparam("limit"))
_COUNT_DECLINED = (
    select(func.count())
    .select_from(person.join(broadcast, broadcast.c.id == bindparam("of")))
    .where(*REACHABLE, IN_SAMPLE, person.c.news_off.contains(bindparam("kind")))
)
_SATED = (
    select(delivery.c.person_id)
    .join(person, person.c.id == delivery.c.person_id)
    .where(_AMONG_RECENT, _HAD)
    .group_by(delivery.c.person_id)
    .having(func.count() >= bindparam("most"))
)
_COUNT_BY_PLACE = (
    select(person.c.zone, LANGUAGE, func.count())
    .select_from(_MEMBERS)
    .where(*REACHABLE, IN_SAMPLE)
    .group_by(person.c.zone, LANGUAGE)
)
_COUNTING = {"declined": _COUNT_DECLINED, "sated": _SATED, "places": _COUNT_BY_PLACE}


@lru_cache(maxsize=4 * STATEMENTS_KEPT)
def _compose_count(which: str, among: Tree | None) -> Select[Any]:
    found: Select[Any] = _COUNTING[which] if among is None else _COUNTING[which].where(build(among))
    return select(func.count()).select_from(found.subquery()) if which == "sated" else found


_ECHOED = (
    delivery.c.broadcast_id == bindparam("of"),
    delivery.c.person_id > bindparam("above"),
    delivery.c.state.in_([literal_column("'sent'"), literal_column("'sending'")]),
)
_LIST_ECHOED = select(delivery.c.person_id).where(*_ECHOED).order_by(delivery.c.person_id).limit(bindparam("limit"))
_COUNT_ECHOED = select(func.count()).where(*_ECHOED)
_LIST_SENT = select(
    *(delivery.c[name] for name in ("person_id", "state", "message_id", "more_ids", "settled_at")),
).where(delivery.c.broadcast_id == bindparam("of"), delivery.c.person_id.in_(bindparam("ids", expanding=True)))


def find_page_end(tx: Tx, of: Broadcast, *, limit: int) -> PersonId | None:
    """Return up to whom the next so many go who can be written to, meant or not; None after the last."""
    end: PersonId | None = tx.scalar(_PAGE_END, above=of.filled_upto, upto=of.audience_upto, limit=limit)
    return end


def list_candidates(
    tx: Tx,
    of: Broadcast,
    *,
    upto: PersonId,
    among: Tree | None = None,
    since: int = 0,
    recent: Collection[BroadcastId] = (),
) -> list[Candidate]:
    """Return whom of the next page a broadcast is for, not planned yet.

    Args:
        tx: The transaction.
        of: The broadcast, whose audience is fixed.
        upto: Where the page ends.
        among: Whom it is meant for; None for everybody.
        since: From when on what they received is counted.
        recent: Which broadcasts are counted; without any, nothing is.
    """
    page = {"of": of.id, "above": of.filled_upto, "upto": upto}
    if recent:
        return _read(tx.rows(_compose(among, counted=True), **page, since=since, recent=list(recent)))
    return _read(tx.rows(_compose(among, counted=False), **page))


def list_joined(
    tx: Tx,
    of: Broadcast,
    *,
    joined_before: int,
    limit: int,
    among: Tree | None,
    since: int,
    recent: Collection[BroadcastId],
) -> list[Candidate]:
    """Return the next members, in the order of joining, who joined before a moment and are not planned yet."""
    page = {"of": of.id, "above": of.filled_upto, "joined_upto": of.joined_upto, "joined_before": joined_before}
    statement = _compose(among, counted=True, joined=True).limit(bindparam("limit")) if among else _LIST_JOINED
    return _read(tx.rows(statement, **page, limit=limit, since=since, recent=list(recent) or [0]))


def list_echoed(tx: Tx, echo: Broadcast, *, limit: int) -> list[PersonId]:
    """Return the next to whom was sent, or is being sent, what this broadcast edits or deletes."""
    rows = tx.rows(_LIST_ECHOED, of=echo.of_id, above=echo.filled_upto, limit=limit)
    return [person_id for (person_id,) in rows]


def list_sent(tx: Tx, broadcast_id: BroadcastId, person_ids: Collection[PersonId]) -> dict[PersonId, SentMessage]:
    """Return what a broadcast has sent to some people; whoever has no delivery of it is left out."""
    rows = tx.rows(_LIST_SENT, of=broadcast_id, ids=list(person_ids)) if person_ids else ()
    return {
        person_id: SentMessage(DeliveryState(state), message_id, tuple(map(int, more_ids.split())), settled_at)
        for person_id, state, message_id, more_ids, settled_at in rows
    }


def count_declined(tx: Tx, of: Broadcast, news: News, among: Tree | None) -> int:
    """Count who is meant, and wants no news of this kind."""
    return int(tx.scalar(_compose_count("declined", among), of=of.id, kind=f" {news} "))


def count_sated(tx: Tx, *, since: int, recent: Collection[BroadcastId], most: int, among: Tree | None) -> int:
    """Count those who have had `most` of these broadcasts, or more, since a moment; what waits for them counts too."""
    if len(recent) < most:
        return 0
    return int(tx.scalar(_compose_count("sated", among), since=since, recent=list(recent), most=most))


def count_by_place(tx: Tx, of: Broadcast, among: Tree | None) -> list[tuple[str | None, str, int]]:
    """Count the audience as it is now by the zone that they chose and the language that they read."""
    rows = tx.rows(_compose_count("places", among), of=of.id)
    return [(zone, language, count) for zone, language, count in rows]


def count_unechoed(tx: Tx, echo: Broadcast) -> int:
    """Count those whose message is to be edited or deleted and who are not queued yet."""
    return int(tx.scalar(_COUNT_ECHOED, of=echo.of_id, above=echo.filled_upto))


def _read(rows: Sequence[tuple[Any, ...]]) -> list[Candidate]:
    return [Candidate(*row) for row in rows]
