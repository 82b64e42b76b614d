"""Whom a broadcast is for, and what decides when or whether each of them gets it: reads tables `person` and `delivery`."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
)

from storage.broadcast import Broadcast, News, Page, Place, SentMessage, Skip
from storage.records import BroadcastId, DeliveryState, PersonId
from storage.schema.messages import broadcast, delivery
from storage.schema.people import person, profile
from storage.schema.pulse import asking
from storage.segment import Tree
from storage.tables.traits import REACHABLE, STATEMENTS_KEPT, build
from storage.tx import Tx

IN_SAMPLE = or_(
    broadcast.c.sample_percent.is_(None),
    (person.c.id * 7919 + broadcast.c.id * 104_729) % 100 < broadcast.c.sample_percent,
)
"""The two primes scatter: neighbours fall into different samples, and each broadcast asks others first."""

LONGEST = 1_000_000
"""More members than a page ever has."""

MOST_PLACES = 64
"""So many are told apart as a page is planned."""

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
_PAGE = (
    select(person.c.id)
    .where(person.c.id > bindparam("above"), person.c.id <= bindparam("upto"), *REACHABLE)
    .order_by(person.c.id)
    .limit(bindparam("limit"))
    .subquery("page")
)
_PAGE_END = select(func.max(_PAGE.c.id), func.count())
_AFTER = tuple_(person.c.started_at, person.c.id) > tuple_(bindparam("joined_above"), bindparam("above"))
_BY_JOINING = (
    _AFTER,
    tuple_(person.c.started_at, person.c.id) <= tuple_(bindparam("joined_upto"), bindparam("upto")),
)
_JOINED = (
    select(person.c.started_at, person.c.id)
    .where(_AFTER, person.c.started_at <= bindparam("joined_before"), *REACHABLE)
    .order_by(person.c.started_at, person.c.id)
    .limit(bindparam("limit"))
    .subquery("joined")
)
_JOINED_END = (
    select(_JOINED.c.started_at, _JOINED.c.id).order_by(_JOINED.c.started_at.desc(), _JOINED.c.id.desc()).limit(1)
)
_SLOTS, _NOWHERE = (4, 16, MOST_PLACES), (None, (0, 0))
"""A statement has room for so many places, not just as many as there are: it is made but a few times."""
_PLACE = (
    func.coalesce(person.c.zone, literal_column("''"))
    + literal_column("' '")
    + func.coalesce(LANGUAGE, literal_column("''"))
)
_LIST_PLACES = select(person.c.zone, LANGUAGE).select_from(_MEMBERS).where(*_BY_ID, *REACHABLE).distinct()
_LIST_JOINED_PLACES = select(person.c.zone, LANGUAGE).select_from(_MEMBERS).where(*_BY_JOINING, *REACHABLE).distinct()


_IS_DISPLEASED = (
    exists()
    .where(asking.c.person_id == person.c.id, asking.c.displeased_at > bindparam("displeased_since"))
    .correlate(person)
)


@lru_cache(maxsize=4 * STATEMENTS_KEPT)
def _compose_page(
    among: Tree | None, *, places: int | None, counted: bool, joined: bool, rests: bool = False
) -> Select[Any]:
    """What is decided for each member of a page.

    Args:
        among: Whom it is meant for; None for everybody.
        places: How many are told apart; None where nobody waits for an hour.
        counted: Whether what somebody had bounds what they get.
        joined: In the order of joining, not by number.
        rests: Whether whoever was displeased lately gets nothing.
    """
    by, order = (_BY_JOINING, (person.c.started_at, person.c.id)) if joined else (_BY_ID, (person.c.id,))
    whens: list[tuple[ColumnElement[bool], ColumnElement[str]]] = [
        (person.c.news_off.contains(bindparam("kind")), literal_column(f"'{Skip.NEWS}'"))
    ]
    if rests:
        whens.append((_IS_DISPLEASED, literal_column(f"'{Skip.DISPLEASED}'")))
    if counted:
        whens.append((bindparam("most") <= _RECEIVED, literal_column(f"'{Skip.WEEKLY}'")))
    skip = case(*whens, else_=literal_column("''"))
    due_at, until_at = _compose_window(places)
    page = (
        select(person.c.id, skip.label("skip"), due_at.label("due_at"), until_at.label("until_at"))
        .select_from(_MEMBERS)
        .where(*by, *REACHABLE, *(() if among is None else (build(among),)))
        .order_by(*order)
        .limit(literal_column(str(LONGEST)))  # with one, what is decided is computed once
        .subquery()
    )
    gets = page.c.skip == literal_column("''")
    return select(
        bindparam("of", type_=BigInteger),
        page.c.id,
        case((gets, literal_column(f"'{DeliveryState.QUEUED}'")), else_=literal_column(f"'{DeliveryState.SKIPPED}'")),
        page.c.skip,
        case((gets, page.c.due_at), else_=literal_column("0")),
        case((gets, page.c.until_at)),
        case((gets, null()), else_=bindparam("now", type_=BigInteger)),
    ).where(true())


def _compose_window(places: int | None) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """When it is due and when it is too late; elsewhere it is too late at once, and so decided by whoever claims."""
    if places is None:
        return bindparam("now", type_=BigInteger), cast(null(), BigInteger)
    keys = [bindparam(f"place_{number}", type_=Text) for number in range(places)]
    due_at, until_at = (
        case(
            *((key, bindparam(f"{end}_{n}", type_=BigInteger)) for n, key in enumerate(keys)),
            value=_PLACE,
            else_=literal_column("0"),
        )
        for end in ("due", "until")
    )
    return due_at, until_at


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
_COUNT_DISPLEASED = (
    select(func.count())
    .select_from(
        person.join(broadcast, broadcast.c.id == bindparam("of")).join(asking, asking.c.person_id == person.c.id)
    )
    .where(*REACHABLE, IN_SAMPLE, asking.c.displeased_at > bindparam("since"))
)
_COUNTING = {"declined": _COUNT_DECLINED, "displeased": _COUNT_DISPLEASED, "sated": _SATED, "places": _COUNT_BY_PLACE}


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


def find_joined_end(tx: Tx, of: Broadcast, *, joined_before: int, limit: int) -> tuple[int, PersonId] | None:
    """Return when the last of the next so many joined, and who; None where nobody has joined before that moment."""
    page = {"above": of.filled_upto, "joined_above": of.joined_upto, "joined_before": joined_before, "limit": limit}
    row = tx.row(_JOINED_END, **page)
    return None if row is None else (row[0], row[1])


def list_places(tx: Tx, of: Broadcast, *, upto: PersonId, joined_upto: int | None = None) -> list[Place]:
    """Return where the members of a page are: the zone that they chose, and the language that they read."""
    page = {"of": of.id, "above": of.filled_upto, "upto": upto}
    if joined_upto is None:
        return [(zone, language) for zone, language in tx.rows(_LIST_PLACES, **page)]
    by_joining = {"joined_above": of.joined_upto, "joined_upto": joined_upto}
    return [(zone, language) for zone, language in tx.rows(_LIST_JOINED_PLACES, **page, **by_joining)]


def decide_page(of: Broadcast, page: Page, among: Tree | None, *, now: int) -> tuple[Select[Any], dict[str, object]]:
    """Return what is decided for each member of a page, as rows of table `delivery`, and the values of it.

    At a place that has no window it is too late at once: it is decided anew as they are claimed.
    """
    counted, joined = bool(page.most and page.recent), page.joined_upto is not None
    values: dict[str, object] = {"of": of.id, "above": of.filled_upto, "upto": page.upto}
    values |= {"now": now, "kind": f" {of.news} "}
    values |= {"since": page.since, "recent": list(page.recent), "most": page.most} if counted else {}
    rests = page.displeased_since is not None
    values |= {"displeased_since": page.displeased_since} if rests else {}
    values |= {"joined_above": of.joined_upto, "joined_upto": page.joined_upto} if joined else {}
    places = None if page.windows is None else next(each for each in _SLOTS if each >= len(page.windows))
    for number, (place, window) in enumerate(
        islice(chain((page.windows or {}).items(), repeat(_NOWHERE)), places or 0)
    ):
        key, ends = place and f"{place[0] or ''} {place[1] or ''}", zip(("due", "until"), window, strict=True)
        values |= {f"place_{number}": key} | {f"{end}_{number}": at for end, at in ends}
    return _compose_page(among, places=places, counted=counted, joined=joined, rests=rests), values


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


def count_displeased(tx: Tx, of: Broadcast, *, since: int, among: Tree | None) -> int:
    """Count who is meant, and has said since a moment that it was bad."""
    return int(tx.scalar(_compose_count("displeased", among), of=of.id, since=since))


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
