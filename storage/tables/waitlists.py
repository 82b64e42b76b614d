"""Who stands where in the queue of a campaign: tables `waitlist`, `waitlist_chunk`, `waitlist_place`, `waitlist_jump`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, delete, false, func, insert, literal_column, or_, select, true, update

from storage.records import CampaignId, PersonId, ReferralId
from storage.schema.waitlists import waitlist, waitlist_chunk, waitlist_jump, waitlist_place
from storage.tx import Conflicting, Tx

_OF = waitlist_place.c.campaign_id == bindparam("of")
_WHO = waitlist_place.c.person_id == bindparam("who")
_KEY = waitlist_place.c.rank_key
_CHUNK_OF = waitlist_chunk.c.campaign_id == bindparam("of")


class Head(NamedTuple):
    """A queue as a whole."""

    length: int
    """How many wait."""
    let_in: int
    """How many were let in so far."""
    opened_on: str
    """The day whose doors have opened by themselves; empty for none."""


class PlaceRow(NamedTuple):
    """Somebody in a queue."""

    campaign_id: CampaignId
    person_id: PersonId
    rank_key: int | None
    """Whoever has a lower one stands in front; None for who was let in."""


_HEAD = select(*(waitlist.c[name] for name in Head._fields)).where(waitlist.c.campaign_id == bindparam("of"))
_LOCK = _HEAD.with_for_update()
_OPEN = Conflicting(
    lambda insert: (
        insert(waitlist).values(campaign_id=bindparam("of")).on_conflict_do_nothing(index_elements=["campaign_id"])
    )
)
_COUNT_IN = (
    update(waitlist)
    .where(waitlist.c.campaign_id == bindparam("of"))
    .values(length=waitlist.c.length + bindparam("more"), let_in=waitlist.c.let_in + bindparam("gone"))
)
_SET_OPENED = update(waitlist).where(waitlist.c.campaign_id == bindparam("of")).values(opened_on=bindparam("day"))
_ADD = Conflicting(
    lambda insert: (
        insert(waitlist_place)
        .values(
            campaign_id=bindparam("of"),
            person_id=bindparam("who"),
            rank_key=bindparam("key"),
            entered_at=bindparam("at"),
        )
        .on_conflict_do_nothing(index_elements=["campaign_id", "person_id"])
    )
)
_PLACE = tuple(waitlist_place.c[name] for name in PlaceRow._fields)
_FIND = select(*_PLACE).where(_OF, _WHO)
_LIST_OF = select(*_PLACE).where(_WHO).order_by(waitlist_place.c.campaign_id)
_LAST = select(func.max(_KEY)).where(_OF)
_SET_KEY = update(waitlist_place).where(_OF, _WHO).values(rank_key=bindparam("key"))
_AHEAD = select(_PLACE[1], _KEY).where(_OF, bindparam("key") > _KEY).order_by(_KEY.desc()).limit(bindparam("limit"))
_BEHIND = select(_PLACE[1], _KEY).where(_OF, bindparam("key") < _KEY).order_by(_KEY).limit(bindparam("limit"))
_FIRST = select(_PLACE[1], _KEY).where(_OF, _KEY.is_not(None)).order_by(_KEY).limit(bindparam("limit"))
_LET_IN = (
    update(waitlist_place)
    .where(_OF, bindparam("last") >= _KEY)
    .values(rank_key=None, let_in_at=bindparam("at"), owed=true())
)
_COUNT_WITHIN = (
    select(func.count()).select_from(waitlist_place).where(_OF, bindparam("begin") <= _KEY, bindparam("key") > _KEY)
)
_COUNT_CHUNKS = select(func.coalesce(func.sum(waitlist_chunk.c.people), literal_column("0"))).where(
    _CHUNK_OF, waitlist_chunk.c.chunk < bindparam("chunk")
)
_COUNT_CHUNK = Conflicting(
    lambda insert: (
        insert(waitlist_chunk)
        .values(campaign_id=bindparam("of"), chunk=bindparam("chunk"), people=bindparam("more"))
        .on_conflict_do_update(
            index_elements=["campaign_id", "chunk"],
            set_={"people": waitlist_chunk.c.people + bindparam("more")},
        )
    )
)
_LEAVE_CHUNK = (
    update(waitlist_chunk)
    .where(_CHUNK_OF, waitlist_chunk.c.chunk == bindparam("in_chunk"))
    .values(people=waitlist_chunk.c.people - bindparam("fewer"))
)
_DROP_EMPTY = delete(waitlist_chunk).where(_CHUNK_OF, waitlist_chunk.c.people == literal_column("0"))
_LIST_OWED = (
    select(*_PLACE)
    .where(waitlist_place.c.owed)
    .order_by(waitlist_place.c.campaign_id, waitlist_place.c.person_id)
    .limit(bindparam("limit"))
)
_SETTLE = update(waitlist_place).where(_OF, _WHO, waitlist_place.c.owed).values(owed=false())
_DELETE_OF = delete(waitlist_place).where(_WHO)
_JUMP = ("referral_id", "campaign_id", "places")
_ADD_JUMP = insert(waitlist_jump).values({name: bindparam(name) for name in _JUMP})
_TAKE_JUMP = (
    delete(waitlist_jump)
    .where(waitlist_jump.c.referral_id == bindparam("which"))
    .returning(waitlist_jump.c.campaign_id, waitlist_jump.c.places)
)
_APART = (
    select(waitlist.c.campaign_id)
    .select_from(waitlist)
    .where(
        or_(
            waitlist.c.length
            != select(func.count())
            .select_from(waitlist_place)
            .where(waitlist_place.c.campaign_id == waitlist.c.campaign_id, _KEY.is_not(None))
            .scalar_subquery(),
            waitlist.c.length
            != select(func.coalesce(func.sum(waitlist_chunk.c.people), literal_column("0")))
            .where(waitlist_chunk.c.campaign_id == waitlist.c.campaign_id)
            .scalar_subquery(),
        )
    )
)


def find_head(tx: Tx, campaign_id: CampaignId) -> Head:
    """Return how long a queue is; an empty one where nobody ever queued."""
    row = tx.row(_HEAD, of=campaign_id)
    return Head(0, 0, "") if row is None else Head(*row)


def lock(tx: Tx, campaign_id: CampaignId) -> Head:
    """Let nobody else move anybody in a queue until this transaction ends."""
    tx.run(_OPEN, of=campaign_id)
    row = tx.row(_LOCK, of=campaign_id)
    assert row is not None
    return Head(*row)


def add(tx: Tx, campaign_id: CampaignId, person_id: PersonId, key: int) -> bool:
    """Put somebody into a locked queue, once; False for who is in it, or was let in."""
    return tx.run(_ADD, of=campaign_id, who=person_id, key=key, at=tx.now) == 1


def count_in(tx: Tx, campaign_id: CampaignId, *, more: int, gone: int = 0) -> None:
    """So many more wait (fewer, below zero), and so many more were let in."""
    tx.run(_COUNT_IN, of=campaign_id, more=more, gone=gone)


def count_chunks(tx: Tx, campaign_id: CampaignId, changes: Mapping[int, int]) -> None:
    """So many more wait in each chunk; fewer, below zero."""
    for chunk, more in sorted(changes.items()):
        if more > 0:
            tx.run(_COUNT_CHUNK, of=campaign_id, chunk=chunk, more=more)
        elif more < 0:
            tx.run(_LEAVE_CHUNK, of=campaign_id, in_chunk=chunk, fewer=-more)


def find(tx: Tx, campaign_id: CampaignId, person_id: PersonId) -> PlaceRow | None:
    """Return where somebody stands; None for who never queued."""
    row = tx.row(_FIND, of=campaign_id, who=person_id)
    return None if row is None else PlaceRow(*row)


def list_of(tx: Tx, person_id: PersonId) -> list[PlaceRow]:
    """Return in which queues somebody stands or stood."""
    return [PlaceRow(*row) for row in tx.rows(_LIST_OF, who=person_id)]


def find_last(tx: Tx, campaign_id: CampaignId) -> int | None:
    """Return the key of the last; None where nobody waits."""
    key: int | None = tx.scalar(_LAST, of=campaign_id)
    return key


def set_key(tx: Tx, campaign_id: CampaignId, person_id: PersonId, key: int | None) -> None:
    """Put somebody elsewhere in a locked queue."""
    tx.run(_SET_KEY, of=campaign_id, who=person_id, key=key)


def list_beside(tx: Tx, campaign_id: CampaignId, key: int, *, ahead: bool, limit: int) -> list[tuple[PersonId, int]]:
    """Return who stands in front of a key, or behind it, the nearest first, with their keys."""
    rows = tx.rows(_AHEAD if ahead else _BEHIND, of=campaign_id, key=key, limit=limit)
    return [(PersonId(number), found) for number, found in rows]


def list_first(tx: Tx, campaign_id: CampaignId, limit: int) -> list[tuple[PersonId, int]]:
    """Return the first of a queue with their keys."""
    return [(PersonId(number), key) for number, key in tx.rows(_FIRST, of=campaign_id, limit=limit)]


def let_in(tx: Tx, campaign_id: CampaignId, last: int) -> int:
    """Take everybody up to a key out of a locked queue; what that gives is owed to them. Return how many."""
    return tx.run(_LET_IN, of=campaign_id, last=last, at=tx.now)


def drop_empty(tx: Tx, campaign_id: CampaignId) -> None:
    """Forget chunks in which nobody waits any more."""
    tx.run(_DROP_EMPTY, of=campaign_id)


def count_ahead(tx: Tx, campaign_id: CampaignId, key: int, *, chunk: int, begin: int) -> int:
    """Count who stands in front: those of earlier chunks are kept, those of its own, which begins there, are counted."""
    earlier = int(tx.scalar(_COUNT_CHUNKS, of=campaign_id, chunk=chunk))
    return earlier + int(tx.scalar(_COUNT_WITHIN, of=campaign_id, begin=begin, key=key))


def set_opened(tx: Tx, campaign_id: CampaignId, day: str) -> None:
    """The doors have opened by themselves on a day."""
    tx.run(_SET_OPENED, of=campaign_id, day=day)


def list_owed(tx: Tx, limit: int) -> list[PlaceRow]:
    """Return who was let in and was not given yet what that gives."""
    return [PlaceRow(*row) for row in tx.rows(_LIST_OWED, limit=limit)]


def settle(tx: Tx, row: PlaceRow) -> bool:
    """Owe nothing more; False where nothing was owed (any more)."""
    return tx.run(_SETTLE, of=row.campaign_id, who=row.person_id) == 1


def add_jump(tx: Tx, referral_id: ReferralId, campaign_id: CampaignId, places: int) -> None:
    """Note how far a friend has moved whoever brought them."""
    tx.run(_ADD_JUMP, referral_id=referral_id, campaign_id=campaign_id, places=places)


def take_jump(tx: Tx, referral_id: ReferralId) -> tuple[CampaignId, int] | None:
    """Forget how far a friend has moved somebody, and return it; None where they never did."""
    row = tx.row(_TAKE_JUMP, which=referral_id)
    return None if row is None else (CampaignId(row[0]), int(row[1]))


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Somebody stands in no queue, and never did."""
    tx.run(_DELETE_OF, who=person_id)


def list_apart(tx: Tx) -> list[CampaignId]:
    """Return queues whose kept length is not how many wait, or not what their chunks come to; reads all."""
    return [CampaignId(number) for (number,) in tx.rows(_APART)]
