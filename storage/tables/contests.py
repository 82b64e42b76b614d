"""Contests, who was struck off, and who has won: tables `contest`, `strike` and `placing`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, func, insert, literal_column, or_, select, update

from storage.columns import pair_names
from storage.contest import Contestant, ContestId, ContestRow, ContestState, Evidence, Placing
from storage.errors import RowMissing
from storage.records import CampaignId, PersonId, VersionId, join_name
from storage.schema.boards import board, standing
from storage.schema.campaigns import campaign_version
from storage.schema.contests import contest, placing, strike
from storage.schema.people import person, profile
from storage.schema.referrals import referral
from storage.schema.rewards import event
from storage.tx import Conflicting, Row, Tx

_SHOWN = (
    *("id", "campaign_id", "key", "campaign_version_id", "board_id", "state", "starts_at", "ends_at", "seed"),
    "released_at",
)
_ROWS = select(*(contest.c[name] for name in _SHOWN))
_GET = _ROWS.where(contest.c.id == bindparam("id"))
_FIND = _ROWS.where(contest.c.campaign_id == bindparam("campaign_id"), contest.c.key == bindparam("key"))
_LOCK = _GET.with_for_update()
_LIST = _ROWS.order_by(contest.c.id.desc()).limit(bindparam("limit"))
_LIST_OPEN = _ROWS.where(contest.c.state.in_([literal_column("'running'"), literal_column("'review'")])).order_by(
    contest.c.id
)
_ADD_BOARD = Conflicting(
    lambda insert: (
        insert(board)
        .values({name: bindparam(name) for name in ("campaign_id", "period", "starts_at", "ends_at")})
        .on_conflict_do_nothing()
        .returning(board.c.id)
    )
)
_ADDED = ("campaign_id", "key", "campaign_version_id", "board_id", "starts_at", "ends_at", "seed")
_ADD = insert(contest).values({name: bindparam(name) for name in _ADDED}).returning(contest.c.id)
_SET_STATE = (
    update(contest)
    .where(contest.c.id == bindparam("of"), contest.c.state == bindparam("was"))
    .values(state=bindparam("state"), released_at=bindparam("released"))
)
_SET_TERMS = (
    update(contest)
    .where(contest.c.id == bindparam("of"))
    .values(campaign_version_id=bindparam("version_id"), starts_at=bindparam("starts"), ends_at=bindparam("ends"))
)
_SET_PROOF = update(contest).where(contest.c.id == bindparam("of")).values(proof=bindparam("proof"))
_FIND_PROOF = select(contest.c.proof).where(contest.c.id == bindparam("id"))
_MOVE_BOARD = (
    update(board).where(board.c.id == bindparam("of")).values(starts_at=bindparam("starts"), ends_at=bindparam("ends"))
)
_STRUCK = and_(strike.c.contest_id == bindparam("contest_id"), strike.c.person_id == standing.c.person_id)
_CONTESTANT = (
    select(
        standing.c.person_id,
        profile.c.first_name,
        profile.c.last_name,
        person.c.anonymous,
        standing.c.score,
        standing.c.reached_at,
        func.coalesce(strike.c.reason, literal_column("''")),
    )
    .select_from(
        standing.join(person).outerjoin(profile, profile.c.person_id == person.c.id).outerjoin(strike, _STRUCK)
    )
    .where(standing.c.board_id == bindparam("board_id"), standing.c.score > literal_column("0"))
    .order_by(standing.c.score.desc(), standing.c.reached_at, standing.c.person_id)
    .limit(bindparam("limit"))
)
_LIST_CONTESTANTS = _CONTESTANT
_LIST_LEADING = _CONTESTANT.where(strike.c.person_id.is_(None), person.c.started_at.is_not(None))
_COUNT = select(func.count(), func.coalesce(func.sum(standing.c.score), literal_column("0"))).where(
    standing.c.board_id == bindparam("board_id"), standing.c.score > literal_column("0")
)
_STRIKE = Conflicting(
    lambda insert: (
        insert(strike)
        .values(
            contest_id=bindparam("contest_id"),
            person_id=bindparam("person_id"),
            reason=bindparam("reason"),
            struck_by_id=bindparam("by"),
            struck_at=bindparam("now"),
        )
        .on_conflict_do_nothing(index_elements=["contest_id", "person_id"])
        .returning(strike.c.person_id)
    )
)
_PLACED = ("contest_id", "place", "person_id", "score", "reached_at")
_PLACE = insert(placing).values({name: bindparam(name) for name in _PLACED})
_LIST_PLACINGS = (
    select(
        placing.c.place,
        placing.c.person_id,
        profile.c.first_name,
        profile.c.last_name,
        person.c.anonymous,
        placing.c.score,
        placing.c.reached_at,
    )
    .select_from(placing.join(person).outerjoin(profile, profile.c.person_id == person.c.id))
    .where(placing.c.contest_id == bindparam("contest_id"))
    .order_by(placing.c.place)
)
_LIST_EVIDENCE = (
    select(referral.c.inviter_id, referral.c.id, referral.c.invitee_id, referral.c.source, event.c.happened_at)
    .select_from(
        standing.join(referral, referral.c.inviter_id == standing.c.person_id)
        .join(event, event.c.referral_id == referral.c.id)
        .join(board, board.c.id == standing.c.board_id)
        .join(campaign_version, campaign_version.c.id == referral.c.campaign_version_id)
    )
    .where(
        standing.c.board_id == bindparam("board_id"),
        referral.c.state == literal_column("'qualified'"),
        event.c.kind == literal_column("'qualified'"),
        event.c.happened_at >= board.c.starts_at,
        event.c.happened_at < board.c.ends_at,
        or_(board.c.campaign_id.is_(None), board.c.campaign_id == campaign_version.c.campaign_id),
    )
    .order_by(referral.c.inviter_id, event.c.happened_at)
    .limit(bindparam("limit"))
)


def add(
    tx: Tx,
    *,
    campaign_id: CampaignId,
    key: str,
    version_id: VersionId,
    starts_at: int,
    ends_at: int,
    seed: bytes,
) -> ContestId | None:
    """Begin a contest, with a board of its own; None where a campaign has one of this key."""
    span = {"starts_at": starts_at, "ends_at": ends_at}
    board_id = tx.scalar(_ADD_BOARD, campaign_id=campaign_id, period=f"contest:{key}", **span)
    if board_id is None:
        return None
    values = {"campaign_id": campaign_id, "key": key, "campaign_version_id": version_id, "board_id": board_id}
    return ContestId(tx.scalar(_ADD, **values, **span, seed=seed))


def get(tx: Tx, contest_id: ContestId) -> ContestRow:
    """Return a contest; where writing is allowed, nobody else changes it until this transaction ends.

    Raises:
        RowMissing: there is no such contest.
    """
    row = tx.row(_LOCK if tx.writable else _GET, id=contest_id)
    if row is None:
        raise RowMissing(f"There is no contest {contest_id}.")
    return _to_contest(row)


def find(tx: Tx, campaign_id: CampaignId, key: str) -> ContestRow | None:
    """Return the contest of a campaign that is called so."""
    row = tx.row(_FIND, campaign_id=campaign_id, key=key)
    return None if row is None else _to_contest(row)


def list_latest(tx: Tx, limit: int) -> list[ContestRow]:
    """Return contests of all campaigns, the latest first."""
    return [_to_contest(row) for row in tx.rows(_LIST, limit=limit)]


def list_open(tx: Tx) -> list[ContestRow]:
    """Return those whose results are not told yet."""
    return [_to_contest(row) for row in tx.rows(_LIST_OPEN)]


def set_state(tx: Tx, contest_id: ContestId, state: ContestState, *, expected: ContestState) -> bool:
    """Move a contest on from the expected state; True only for the one call that did."""
    released = tx.now if state is ContestState.RELEASED else None
    return tx.run(_SET_STATE, of=contest_id, state=state, was=expected, released=released) == 1


def set_terms(tx: Tx, row: ContestRow, *, version_id: VersionId, starts_at: int, ends_at: int) -> None:
    """Let a contest go by another version; its board lasts as it does."""
    tx.run(_SET_TERMS, of=row.id, version_id=version_id, starts=starts_at, ends=ends_at)
    tx.run(_MOVE_BOARD, of=row.board_id, starts=starts_at, ends=ends_at)


def list_contestants(tx: Tx, row: ContestRow, limit: int) -> list[Contestant]:
    """Return who stands in a contest, in order, who was struck off among them."""
    return [_to_contestant(each) for each in tx.rows(_LIST_CONTESTANTS, **_of(row), limit=limit)]


def list_leading(tx: Tx, row: ContestRow, limit: int) -> list[Contestant]:
    """Likewise, without who was struck off, and without who is no member (any more)."""
    return [_to_contestant(each) for each in tx.rows(_LIST_LEADING, **_of(row), limit=limit)]


def count_contestants(tx: Tx, row: ContestRow) -> tuple[int, int]:
    """Count who stands in a contest and the friends they brought, who was struck off among them; reads them all."""
    ((people, friends),) = tx.rows(_COUNT, board_id=row.board_id)
    return int(people), int(friends)


def strike_off(tx: Tx, contest_id: ContestId, person_id: PersonId, *, reason: str, by: PersonId) -> bool:
    """Take somebody out of a contest; False for who was taken out before."""
    values = {"contest_id": contest_id, "person_id": person_id, "reason": reason, "by": by}
    return tx.scalar(_STRIKE, **values, now=tx.now) is not None


def add_placings(tx: Tx, contest_id: ContestId, winners: Sequence[Contestant]) -> None:
    """Write who has won, the first one first."""
    for place, each in enumerate(winners, start=1):
        values = (contest_id, place, each.person_id, each.score, each.reached_at)
        tx.run(_PLACE, **dict(pair_names(_PLACED, values)))


def set_proof(tx: Tx, contest_id: ContestId, proof: str) -> None:
    """Keep by what everybody can draw again."""
    tx.run(_SET_PROOF, of=contest_id, proof=proof)


def find_proof(tx: Tx, contest_id: ContestId) -> str | None:
    """Return it; None for a contest that has none."""
    proof: str | None = tx.scalar(_FIND_PROOF, id=contest_id)
    return proof


def list_placings(tx: Tx, contest_id: ContestId) -> list[Placing]:
    """Return who has won, by place."""
    return [
        Placing(
            place=place,
            person_id=PersonId(person_id),
            name=join_name(first or "", last or ""),
            anonymous=bool(anonymous),
            score=score,
            reached_at=reached_at,
        )
        for place, person_id, first, last, anonymous, score, reached_at in tx.rows(
            _LIST_PLACINGS, contest_id=contest_id
        )
    ]


def list_evidence(tx: Tx, row: ContestRow, limit: int) -> list[Evidence]:
    """Return the friends who count in a contest, by who brought them."""
    return [
        Evidence(
            person_id=PersonId(inviter_id),
            referral_id=referral_id,
            friend_id=PersonId(friend_id),
            source=source,
            counted_at=counted_at,
        )
        for inviter_id, referral_id, friend_id, source, counted_at in tx.rows(
            _LIST_EVIDENCE, board_id=row.board_id, limit=limit
        )
    ]


def _of(row: ContestRow) -> dict[str, int]:
    return {"contest_id": row.id, "board_id": row.board_id}


def _to_contest(row: Row) -> ContestRow:
    contest_id, campaign_id, key, version_id, board_id, state, starts_at, ends_at, seed, released_at = row
    return ContestRow(
        id=ContestId(contest_id),
        campaign_id=CampaignId(campaign_id),
        key=key,
        version_id=VersionId(version_id),
        board_id=board_id,
        state=ContestState(state),
        starts_at=starts_at,
        ends_at=ends_at,
        seed=bytes(seed),
        released_at=released_at,
    )


def _to_contestant(row: Row) -> Contestant:
    person_id, first, last, anonymous, score, reached_at, reason = row
    return Contestant(
        person_id=PersonId(person_id),
        name=join_name(first or "", last or ""),
        anonymous=bool(anonymous),
        score=score,
        reached_at=reached_at,
        reason=reason,
    )
