"""Telegram gifts on their way: table `gift`."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, delete, func, literal, literal_column, or_, select, update

from storage.columns import pair_names
from storage.facts import GrantId, GrantKind, GrantState
from storage.gift import DueGift, GiftRow, GiftState, Trouble
from storage.records import PersonId
from storage.schema.gifts import gift
from storage.schema.people import person, profile
from storage.schema.rewards import grant
from storage.texts import clean_error
from storage.tx import Conflicting, Row, Tx

_THIS = gift.c.grant_id == bindparam("which")
_WAITS = and_(
    grant.c.kind == literal_column(f"'{GrantKind.GIFT}'"),
    grant.c.state == literal_column(f"'{GrantState.WAITING}'"),  # in writing, for the partial index
)
_JOINED = grant.outerjoin(gift, gift.c.grant_id == grant.c.id)
_UNDER_WAY = (GiftState.SENDING, GiftState.UNKNOWN)

_LIST_DUE = (
    select(
        grant.c.id,
        grant.c.person_id,
        profile.c.telegram_id,
        func.coalesce(person.c.language, profile.c.telegram_language),
        grant.c.what,
    )
    .select_from(
        _JOINED.join(person, person.c.id == grant.c.person_id).join(profile, profile.c.person_id == grant.c.person_id)
    )
    .where(
        _WAITS,
        or_(gift.c.grant_id.is_(None), and_(gift.c.state == GiftState.STUCK, gift.c.due_at <= bindparam("now"))),
        person.c.blocked_at.is_(None),
    )
    .order_by(grant.c.id)
    .limit(bindparam("limit"))
)
_CLAIM = Conflicting(
    lambda insert: (
        insert(gift)
        .values(
            grant_id=bindparam("grant_id"),
            state=literal(GiftState.SENDING),
            stars=bindparam("price"),
            tried_at=bindparam("now"),
        )
        .on_conflict_do_update(
            index_elements=["grant_id"],
            set_={
                "state": literal(GiftState.SENDING),
                "stars": bindparam("price"),
                "tried_at": bindparam("now"),
                "due_at": literal_column("NULL"),
            },
            where=gift.c.state == literal(GiftState.STUCK),
        )
        .returning(gift.c.grant_id)
    )
)
_STUCK = ("state", "trouble", "error", "stars", "tried_at", "due_at")
_SET_STUCK = Conflicting(
    lambda insert: (
        insert(gift)
        .values({name: bindparam(name) for name in ("grant_id", *_STUCK)})
        .on_conflict_do_update(
            index_elements=["grant_id"],
            set_={name: bindparam(name) for name in _STUCK},
            where=gift.c.state.in_([literal(GiftState.STUCK), literal(GiftState.SENDING)]),
        )
    )
)
_SET_STATE = (
    update(gift)
    .where(_THIS, gift.c.state == bindparam("was"))
    .values(
        state=bindparam("state"),
        error=bindparam("words"),
        due_at=case((literal(1) == bindparam("stuck"), bindparam("now")), else_=literal_column("NULL")),
    )
)
_LIST_SENDING = select(gift.c.grant_id).where(gift.c.state == GiftState.SENDING)
_MAKE_DUE = update(gift).where(gift.c.state == GiftState.STUCK).values(due_at=bindparam("now"))
_ROWS = (
    select(
        gift.c.grant_id,
        grant.c.person_id,
        grant.c.what,
        gift.c.state,
        gift.c.trouble,
        gift.c.error,
        gift.c.stars,
        gift.c.tried_at,
    )
    .select_from(gift.join(grant, grant.c.id == gift.c.grant_id))
    .where(_WAITS)
)
_FIND = _ROWS.where(_THIS)
_OPEN = or_(gift.c.state == GiftState.UNKNOWN, and_(gift.c.state == GiftState.STUCK, gift.c.trouble != ""))
_LIST_OPEN = _ROWS.where(_OPEN).order_by(gift.c.state.desc(), gift.c.grant_id).limit(bindparam("limit"))
_COUNT_OPEN = select(func.count()).select_from(gift.join(grant, grant.c.id == gift.c.grant_id)).where(_WAITS, _OPEN)
_COUNT_TROUBLED = (
    select(func.count())
    .select_from(gift.join(grant, grant.c.id == gift.c.grant_id))
    .where(
        _WAITS,
        gift.c.state == GiftState.STUCK,
        gift.c.trouble == bindparam("trouble"),
        grant.c.what == bindparam("of_gift"),
    )
)
_COUNT_UNTRIED = select(func.count()).select_from(_JOINED).where(_WAITS, gift.c.grant_id.is_(None))
_DELETE_OF = delete(gift).where(
    gift.c.state != GiftState.SENT,
    gift.c.grant_id.in_(select(grant.c.id).where(grant.c.person_id == bindparam("of"))),
)


def list_due(tx: Tx, limit: int) -> list[DueGift]:
    """Return gifts that were earned and can be tried now, the oldest first; whoever has blocked the bot waits."""
    names = ("grant_id", "person_id", "telegram_id", "language", "gift")
    return [DueGift(**dict(pair_names(names, row))) for row in tx.rows(_LIST_DUE, now=tx.now, limit=limit)]


def claim(tx: Tx, grant_id: GrantId, *, stars: int) -> bool:
    """Move a gift to sending; False where it is on its way, or was. Commit before sending: nothing is claimed twice.

    Why it was stuck stays written down, so that the same is not told again.
    """
    return tx.scalar(_CLAIM, grant_id=grant_id, price=stars, now=tx.now) is not None


def set_stuck(tx: Tx, grant_id: GrantId, *, trouble: Trouble, error: str, stars: int, due_at: int) -> None:
    """Note why a gift was surely not sent, and when it is tried again."""
    values = (GiftState.STUCK, trouble, clean_error(error), stars, tx.now, due_at)
    tx.run(_SET_STUCK, grant_id=grant_id, **dict(pair_names(_STUCK, values)))


def set_state(tx: Tx, grant_id: GrantId, state: GiftState, *, expected: GiftState, error: str = "") -> bool:
    """Move a gift on from the expected state; False where it was in another. One that is stuck now is due at once."""
    stuck, words = int(state is GiftState.STUCK), clean_error(error)
    return tx.run(_SET_STATE, which=grant_id, state=state, was=expected, words=words, stuck=stuck, now=tx.now) == 1


def list_sending(tx: Tx) -> list[GrantId]:
    """Return what is claimed and has no end yet."""
    return [GrantId(number) for (number,) in tx.rows(_LIST_SENDING)]


def make_due(tx: Tx) -> int:
    """Have all that is stuck be tried at once; returns how many."""
    return tx.run(_MAKE_DUE, now=tx.now)


def find(tx: Tx, grant_id: GrantId) -> GiftRow | None:
    """Return a gift that was tried and is waited for still."""
    row = tx.row(_FIND, which=grant_id)
    return None if row is None else _to_gift(row)


def is_under_way(tx: Tx, grant_id: GrantId) -> bool:
    """Whether a gift has perhaps arrived already."""
    row = find(tx, grant_id)
    return row is not None and row.state in _UNDER_WAY


def list_open(tx: Tx, limit: int) -> list[GiftRow]:
    """Return gifts that somebody of the team has to look at: first those of which nobody knows whether they arrived."""
    return [_to_gift(row) for row in tx.rows(_LIST_OPEN, limit=limit)]


def count_open(tx: Tx) -> int:
    """Count these."""
    return int(tx.scalar(_COUNT_OPEN))


def count_untried(tx: Tx) -> int:
    """Count gifts that are sent next."""
    return int(tx.scalar(_COUNT_UNTRIED))


def count_troubled(tx: Tx, trouble: Trouble, name: str) -> int:
    """Count gifts of one kind that wait for the same reason."""
    return int(tx.scalar(_COUNT_TROUBLED, trouble=trouble, of_gift=name))


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Send nothing to a person any more."""
    tx.run(_DELETE_OF, of=person_id)


def _to_gift(row: Row) -> GiftRow:
    grant_id, person_id, name, state, trouble, error, stars, tried_at = row
    return GiftRow(
        grant_id=GrantId(grant_id),
        person_id=PersonId(person_id),
        gift=name,
        state=GiftState(state),
        trouble=Trouble(trouble),
        error=error,
        stars=stars,
        tried_at=tried_at,
    )
