"""Who came by whom, once and for ever: table `referral`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, select, update

from storage.columns import pair_names
from storage.errors import RowMissing
from storage.records import Invitation, PersonId, Referral, ReferralId, ReferralState, VersionId, join_name
from storage.schema.conversions import sale
from storage.schema.coupons import coupon
from storage.schema.fairness import review
from storage.schema.funnel import COUNTED_EVER, funnel
from storage.schema.people import person, profile
from storage.schema.redeeming import redemption
from storage.schema.referrals import referral
from storage.schema.rewards import event, grant
from storage.schema.sharing import chat_join, click
from storage.tables.shares import select_last_story
from storage.tx import Conflicting, Row, Tx

CLICK_LASTS = 30 * 86_400_000_000
"""Microseconds within which a link of the web side that was opened is the friend's who then comes by it."""


def _literals(*words: str) -> list[ColumnElement[str]]:
    return [literal_column(f"'{word}'") for word in words]


_COLUMNS = ("inviter_id", "invitee_id", "source", "state", "joined_at", "campaign_version_id")

CLICKS_LOOKED_AT = 100
"""Of an inviter, the latest: whether a friend's own is among them."""

_LATEST_CLICKS = (
    select(click.c.source, click.c.clicked_at)
    .where(click.c.person_id == bindparam("inviter_id"))
    .order_by(click.c.id.desc())
    .limit(literal_column(str(CLICKS_LOOKED_AT)))
    .subquery("latest_click")
)
_WAS_OPENED = and_(_LATEST_CLICKS.c.source == bindparam("source"), _LATEST_CLICKS.c.clicked_at >= bindparam("lately"))
_BOUGHT = (
    select(func.count())
    .select_from(sale)
    .where(sale.c.person_id == bindparam("invitee_id"), sale.c.state.in_(_literals("counted", "reduced")))
    .scalar_subquery()
)
_HAD = (
    select(func.count())
    .select_from(redemption)
    .where(
        redemption.c.person_id == bindparam("invitee_id"),
        redemption.c.state.in_(_literals("redeemed", "used", "granted")),
    )
    .scalar_subquery()
)
_HANDED_IN = (
    select(func.count())
    .select_from(coupon.join(grant, grant.c.id == coupon.c.grant_id))
    .where(grant.c.person_id == bindparam("invitee_id"), coupon.c.state == literal_column("'used'"))
    .scalar_subquery()
)
_ADD = Conflicting(
    lambda insert: (
        insert(referral)
        .values(
            {name: bindparam(name) for name in _COLUMNS}
            | {
                "story": func.coalesce(
                    func.nullif(bindparam("story"), literal_column("''")),
                    select_last_story(bindparam("inviter_id")).scalar_subquery(),
                    literal_column("''"),
                ),
                "language": select(person.c.start_language)
                .where(person.c.id == bindparam("invitee_id"))
                .scalar_subquery(),
                "is_first_contact": ~exists(select(_LATEST_CLICKS.c.source).where(_WAS_OPENED)),
                "purchases": _BOUGHT,
                "redemptions": _HAD + _HANDED_IN,
            }
        )
        .on_conflict_do_nothing(index_elements=["invitee_id"])
        .returning(referral.c.id)
    )
)
_REFERRAL = select(referral.c.id, *(referral.c[name] for name in _COLUMNS))
_BY_ID = _REFERRAL.where(referral.c.id == bindparam("id"))
_BY_IDS = _REFERRAL.where(referral.c.id.in_(bindparam("ids", expanding=True)))
_BY_INVITEE = _REFERRAL.where(referral.c.invitee_id == bindparam("invitee_id"))
_LINE = (
    select(referral.c.inviter_id.label("id")).where(referral.c.invitee_id == bindparam("guest_id")).cte(recursive=True)
)
_ABOVE = _LINE.union(select(referral.c.inviter_id).join(_LINE, referral.c.invitee_id == _LINE.c.id))
_COMES_BY = select(_ABOVE.c.id).where(_ABOVE.c.id == bindparam("host_id"))
_COUNT_BY_INVITER = select(person.c.score).where(person.c.id == bindparam("inviter_id"))
_SET_STATE = (
    update(referral)
    .where(referral.c.id == bindparam("of"), referral.c.state == bindparam("was"))
    .values(state=bindparam("state"))
)
_WAITS = referral.c.state == literal_column("'waiting'")
_LIST_WAITING_VERSIONS = select(referral.c.campaign_version_id).where(_WAITS).distinct()
_LIST_WAITING = (
    select(referral.c.id)
    .where(
        _WAITS,
        referral.c.campaign_version_id == bindparam("version_id"),
        referral.c.joined_at <= bindparam("by"),
        ~exists(
            select(review.c.referral_id).where(
                review.c.referral_id == referral.c.id,
                review.c.state.in_([literal_column("'asked'"), literal_column("'open'")]),
            )
        ),
    )
    .order_by(referral.c.id)
    .limit(bindparam("limit"))
)
_COUNTED = (
    select(referral.c.joined_at)
    .where(referral.c.inviter_id == bindparam("inviter_id"), referral.c.state == literal_column("'qualified'"))
    .order_by(referral.c.id.desc())
)
_FIND_NTH = _COUNTED.limit(1).offset(bindparam("before"))
_LATEST = _COUNTED.limit(bindparam("most")).subquery("latest")
_COUNT_LATELY = select(func.count()).select_from(_LATEST).where(_LATEST.c.joined_at > bindparam("since"))
_COUNT_ALL = select(func.coalesce(func.sum(funnel.c.started), literal_column("0"))).where(COUNTED_EVER)
_PAGE = (
    select(referral.c.id, referral.c.invitee_id, referral.c.state, referral.c.joined_at, referral.c.source)
    .where(referral.c.inviter_id == bindparam("inviter_id"))
    .order_by(referral.c.id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
    .subquery("page")
)
_EARNED = (
    select(func.coalesce(func.sum(grant.c.points), 0))
    .select_from(event.join(grant, grant.c.event_id == event.c.id))
    .where(
        event.c.referral_id == _PAGE.c.id,
        grant.c.side == literal_column("'inviter'"),
        grant.c.ledger_id.is_not(None),
    )
    .scalar_subquery()
)
_LEFT = select(func.max(chat_join.c.left_at)).where(chat_join.c.referral_id == _PAGE.c.id).scalar_subquery()
_LIST_INVITATIONS = (
    select(
        _PAGE.c.id,
        profile.c.first_name,
        profile.c.last_name,
        _PAGE.c.state,
        _EARNED,
        _PAGE.c.joined_at,
        _PAGE.c.source,
        _LEFT,
    )
    .select_from(_PAGE.outerjoin(profile, profile.c.person_id == _PAGE.c.invitee_id))
    .order_by(_PAGE.c.id.desc())
)


def add(
    tx: Tx,
    *,
    inviter_id: PersonId,
    invitee_id: PersonId,
    version_id: VersionId,
    source: str,
    state: ReferralState,
    story: str = "",
) -> Referral | None:
    """Credit an inviter; None where the invitee has a referral already, which then stands as it is.

    `story` is the key of the one that the link names; where it names none, it was the inviter's last one.
    """
    values = (inviter_id, invitee_id, source, state, tx.now, version_id)
    lately = tx.now - CLICK_LASTS
    referral_id = tx.scalar(_ADD, **dict(pair_names(_COLUMNS, values)), story=story, lately=lately)
    return None if referral_id is None else _to_referral((referral_id, *values))


def get(tx: Tx, referral_id: ReferralId) -> Referral:
    """Return a referral.

    Raises:
        RowMissing: there is no such referral.
    """
    row = tx.row(_BY_ID, id=referral_id)
    if row is None:
        raise RowMissing(f"There is no referral {referral_id}.")
    return _to_referral(row)


def list_by_ids(tx: Tx, ids: Collection[ReferralId]) -> dict[ReferralId, Referral]:
    """Return the referrals that exist among some ids."""
    found = map(_to_referral, tx.rows(_BY_IDS, ids=list(ids)) if ids else ())
    return {each.id: each for each in found}


def find_by_invitee(tx: Tx, invitee_id: PersonId) -> Referral | None:
    """Return the referral that brought a person."""
    row = tx.row(_BY_INVITEE, invitee_id=invitee_id)
    return None if row is None else _to_referral(row)


def comes_by(tx: Tx, guest_id: PersonId, host_id: PersonId) -> bool:
    """Whether a line of inviters leads from one person up to another; costs as much as the line is long."""
    return tx.row(_COMES_BY, guest_id=guest_id, host_id=host_id) is not None


def count_by_inviter(tx: Tx, inviter_id: PersonId) -> int:
    """Return how many qualified referrals somebody has: the score kept for it by `scores.raise_score`."""
    return tx.scalar(_COUNT_BY_INVITER, inviter_id=inviter_id) or 0


def set_state(tx: Tx, referral_id: ReferralId, state: ReferralState, *, expected: ReferralState) -> bool:
    """Move a referral on from the expected state; False where it was in another."""
    return tx.run(_SET_STATE, of=referral_id, state=state, was=expected) == 1


def list_waiting_versions(tx: Tx) -> list[VersionId]:
    """Return the versions of campaigns under which somebody waits to count; looks at everybody."""
    return [VersionId(version_id) for (version_id,) in tx.rows(_LIST_WAITING_VERSIONS)]


def list_waiting(tx: Tx, version_id: VersionId, *, by: int, limit: int) -> list[ReferralId]:
    """Return who came under a version no later than `by` and still waits to count, the oldest first."""
    found = tx.rows(_LIST_WAITING, version_id=version_id, by=by, limit=limit)
    return [ReferralId(referral_id) for (referral_id,) in found]


def find_nth_joined(tx: Tx, inviter_id: PersonId, place: int) -> int | None:
    """Return when the friend came who is the `place`-th latest of those who count; None where there are fewer."""
    found: int | None = tx.scalar(_FIND_NTH, inviter_id=inviter_id, before=place - 1)
    return found


def count_lately(tx: Tx, inviter_id: PersonId, *, since: int, most: int) -> int:
    """Count the friends who came after a moment and count, up to `most`."""
    return int(tx.scalar(_COUNT_LATELY, inviter_id=inviter_id, since=since, most=most))


def count_all(tx: Tx) -> int:
    """Count all referrals, as the funnel keeps it."""
    return int(tx.scalar(_COUNT_ALL))


def list_invitations(tx: Tx, inviter_id: PersonId, *, limit: int, offset: int) -> list[Invitation]:
    """Return a page of those who came by a member, newest first, with what the member earned for each."""
    rows = tx.rows(_LIST_INVITATIONS, inviter_id=inviter_id, limit=limit, offset=offset)
    return [_to_invitation(row) for row in rows]


def _to_referral(row: Row) -> Referral:
    referral_id, inviter_id, invitee_id, source, state, joined_at, version_id = row
    return Referral(
        id=referral_id,
        inviter_id=inviter_id,
        invitee_id=invitee_id,
        source=source,
        state=ReferralState(state),
        joined_at=joined_at,
        campaign_version_id=version_id,
    )


def _to_invitation(row: Row) -> Invitation:
    referral_id, first_name, last_name, state, earned, joined_at, source, left_at = row
    return Invitation(
        referral_id=referral_id,
        name=join_name(first_name, last_name),
        state=ReferralState(state),
        earned=0 if state == ReferralState.REVOKED else int(earned),
        joined_at=joined_at,
        source=source,
        left_at=left_at,
    )
