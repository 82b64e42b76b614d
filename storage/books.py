"""Whether the books say the same everywhere: transfers, balances, what was granted, what was had for points, coupons."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, not_, or_, select

from storage.coupon_books import list_coupon_faults
from storage.facts import RESERVED_SECONDS, GrantKind, GrantState, RedemptionState
from storage.gift_books import list_gift_faults
from storage.sale_books import list_sale_faults
from storage.schema.redeeming import redemption
from storage.schema.referrals import HOUSE_ACCOUNT, account, ledger
from storage.schema.rewards import event, grant
from storage.schema.team import audit
from storage.tx import Tx

DAY = 86_400_000_000
"""Microseconds: what is paid waits for whole days."""

FOR_RULE = "rule:"
"""How the name of something at the counter begins that a rule gave; its key follows."""

TAKEN_BACK = "revoke:"
"""How the key of a transfer begins that takes back another; the key of that one follows."""

_back = ledger.alias("back")
_owner = account.alias("owner")
_IS_BACK = ledger.c.key.startswith(TAKEN_BACK, autoescape=True)
_IS_POINTS = grant.c.kind == GrantKind.POINTS


def _count(*where: Any) -> Select[Any]:
    return select(func.count()).where(*where)


def _same(one: Any, other: Any) -> Any:
    return func.coalesce(one, literal(0)) == func.coalesce(other, literal(0))


_GIVEN = grant.join(ledger, ledger.c.id == grant.c.ledger_id).join(event, event.c.id == grant.c.event_id)
_BACK = ledger.outerjoin(_back, ledger.c.key == TAKEN_BACK + _back.c.key).outerjoin(
    grant, grant.c.ledger_id == _back.c.id
)
_HAD = redemption.join(ledger, ledger.c.id == redemption.c.paid_id)
_RETURNED = redemption.join(ledger, ledger.c.id == redemption.c.returned_id)

_IS_BOUGHT = redemption.c.price > 0
_IN_STEP = {
    RedemptionState.REDEEMED: [GrantState.AVAILABLE, GrantState.WAITING],
    RedemptionState.USED: [GrantState.USED],
    RedemptionState.DECLINED: [GrantState.REVOKED],
    RedemptionState.EXPIRED: [GrantState.EXPIRED],
    RedemptionState.GRANTED: [
        GrantState.WAITING,
        GrantState.AVAILABLE,
        GrantState.USED,
        GrantState.EXPIRED,
        GrantState.DECLINED,
    ],
    RedemptionState.RETURNED: [GrantState.REVOKED],
}
"""How a grant stands of which something stands so at the counter, or that was had for points."""

_IS_RENEWED = and_(
    redemption.c.state == RedemptionState.GRANTED,
    grant.c.kind == GrantKind.PERCENT,
    grant.c.state == GrantState.REVOKED,
)
"""A share goes back with its purchase, and is promised anew by another grant."""

_IS_RETURNED = redemption.c.state.in_([RedemptionState.EXPIRED, RedemptionState.RETURNED])
_IS_GRANTED = redemption.c.state.in_([RedemptionState.GRANTED, RedemptionState.RETURNED])

_STATEMENTS: Mapping[str, Select[Any]] = MappingProxyType(
    {
        "transfers have no two accounts, or move nothing": _count(
            or_(ledger.c.amount <= 0, ledger.c.debit_id == ledger.c.credit_id)
        ).select_from(ledger),
        "transfers name an account that is not there": _count(
            or_(
                not_(exists().where(account.c.id == ledger.c.debit_id)),
                not_(exists().where(account.c.id == ledger.c.credit_id)),
            )
        ).select_from(ledger),
        "accounts are nobody's, or the house's balance is kept": _count(
            or_(
                and_(account.c.id == HOUSE_ACCOUNT, or_(account.c.owner_id.is_not(None), account.c.balance != 0)),
                and_(account.c.id != HOUSE_ACCOUNT, account.c.owner_id.is_(None)),
            )
        ).select_from(account),
        "transfers give points that nothing was granted or returned for": _count(
            ledger.c.debit_id == HOUSE_ACCOUNT,
            not_(exists().where(grant.c.ledger_id == ledger.c.id)),
            not_(exists().where(redemption.c.returned_id == ledger.c.id)),
        ).select_from(ledger),
        "transfers take points that nothing was had or taken back for": _count(
            ledger.c.credit_id == HOUSE_ACCOUNT,
            not_(_IS_BACK),
            not_(exists().where(redemption.c.paid_id == ledger.c.id)),
        ).select_from(ledger),
        "transfers go from member to member": _count(
            ledger.c.debit_id != HOUSE_ACCOUNT, ledger.c.credit_id != HOUSE_ACCOUNT
        ).select_from(ledger),
        "grants have other points than their transfers, or another's": _count(
            or_(
                grant.c.points != ledger.c.amount,
                ledger.c.debit_id != HOUSE_ACCOUNT,
                func.coalesce(_owner.c.owner_id, 0) != grant.c.person_id,
                not_(_same(ledger.c.referral_id, event.c.referral_id)),
            )
        ).select_from(_GIVEN.outerjoin(_owner, _owner.c.id == ledger.c.credit_id)),
        "grants are in a state that there is not": _count(grant.c.state.not_in(list(GrantState))).select_from(grant),
        "grants of points were paid without a transfer": _count(
            _IS_POINTS, grant.c.state == GrantState.AVAILABLE, grant.c.ledger_id.is_(None)
        ).select_from(grant),
        "grants are held until another moment than they may": _count(
            grant.c.state == GrantState.HELD,
            or_(
                grant.c.matures_at.is_(None),
                (grant.c.matures_at - func.coalesce(grant.c.changed_at, grant.c.granted_at)) % DAY != 0,
            ),
        ).select_from(grant),
        "grants are of nothing that happened": _count(not_(exists().where(event.c.id == grant.c.event_id))).select_from(
            grant
        ),
        "grants were taken back without their points, or points without their grant": _count(
            grant.c.ledger_id.is_not(None),
            (grant.c.state == GrantState.REVOKED)
            != exists(
                select(_back.c.id)
                .select_from(_back.join(ledger, _back.c.key == TAKEN_BACK + ledger.c.key))
                .where(ledger.c.id == grant.c.ledger_id)
                .correlate(grant)
            ),
        ).select_from(grant),
        "transfers take back something else than was given": _count(
            _IS_BACK,
            or_(
                _back.c.id.is_(None),
                grant.c.id.is_(None),
                ledger.c.amount != _back.c.amount,
                ledger.c.debit_id != _back.c.credit_id,
                ledger.c.credit_id != _back.c.debit_id,
                not_(_same(ledger.c.referral_id, _back.c.referral_id)),
            ),
        ).select_from(_BACK),
        "redemptions were paid with other points than their price": _count(
            or_(
                ledger.c.amount != redemption.c.price,
                ledger.c.credit_id != HOUSE_ACCOUNT,
                func.coalesce(_owner.c.owner_id, 0) != redemption.c.person_id,
            )
        ).select_from(_HAD.outerjoin(_owner, _owner.c.id == ledger.c.debit_id)),
        "redemptions were given back with other points than their price": _count(
            or_(
                ledger.c.amount != redemption.c.price,
                ledger.c.debit_id != HOUSE_ACCOUNT,
                func.coalesce(_owner.c.owner_id, 0) != redemption.c.person_id,
            )
        ).select_from(_RETURNED.outerjoin(_owner, _owner.c.id == ledger.c.credit_id)),
        "grants stand otherwise than what waits of them at the counter": _count(
            or_(
                redemption.c.person_id != grant.c.person_id,
                and_(redemption.c.paid_id.is_(None), redemption.c.item != FOR_RULE + grant.c.rule),
                and_(
                    redemption.c.paid_id.is_(None),
                    redemption.c.state.in_([RedemptionState.REDEEMED, RedemptionState.USED]),
                    or_(
                        redemption.c.expires_at <= redemption.c.reserved_at,
                        (redemption.c.expires_at - redemption.c.reserved_at) % DAY != 0,
                    ),
                ),
                and_(
                    redemption.c.paid_id.is_(None),
                    redemption.c.state.in_([RedemptionState.DECLINED, RedemptionState.EXPIRED]),
                    redemption.c.expires_at != grant.c.changed_at,
                ),
                *(
                    and_(redemption.c.state == state, grant.c.state.not_in(states), not_(_IS_RENEWED))
                    for state, states in _IN_STEP.items()
                ),
            )
        ).select_from(redemption.join(grant, grant.c.id == redemption.c.grant_id)),
        "redemptions are in a state that there is not": _count(
            redemption.c.state.not_in(list(RedemptionState))
        ).select_from(redemption),
        "redemptions are paid, given back or used otherwise than their state says": _count(
            or_(
                and_(
                    _IS_BOUGHT,
                    redemption.c.paid_id.is_(None)
                    != redemption.c.state.in_([RedemptionState.RESERVED, RedemptionState.DECLINED]),
                ),
                and_(
                    _IS_BOUGHT,
                    redemption.c.returned_id.is_not(None) != _IS_RETURNED,
                ),
                and_(_IS_BOUGHT, redemption.c.grant_id.is_not(None) != _IS_GRANTED),
                and_(
                    not_(_IS_BOUGHT),
                    or_(
                        redemption.c.paid_id.is_not(None),
                        redemption.c.returned_id.is_not(None),
                        redemption.c.price != 0,
                        redemption.c.state == RedemptionState.RESERVED,
                    ),
                ),
                redemption.c.used_at.is_not(None) != (redemption.c.state == RedemptionState.USED),
                redemption.c.used_by_id.is_not(None) != (redemption.c.state == RedemptionState.USED),
            )
        ).select_from(redemption),
        "redemptions last until another moment than they may": _count(
            or_(
                and_(
                    _IS_BOUGHT,
                    or_(redemption.c.paid_id.is_(None), redemption.c.state == RedemptionState.GRANTED),
                    redemption.c.expires_at != redemption.c.reserved_at + RESERVED_SECONDS * 1_000_000,
                ),
                and_(
                    redemption.c.state.in_([RedemptionState.REDEEMED, RedemptionState.USED]),
                    or_(
                        redemption.c.expires_at <= ledger.c.posted_at,
                        (redemption.c.expires_at - ledger.c.posted_at) % DAY != 0,
                    ),
                ),
                redemption.c.expires_at != _back.c.posted_at,
            )
        ).select_from(
            redemption.outerjoin(ledger, ledger.c.id == redemption.c.paid_id).outerjoin(
                _back, _back.c.id == redemption.c.returned_id
            )
        ),
        "redemptions were handed out without it being written down": _count(
            redemption.c.used_at.is_not(None),
            not_(
                exists().where(
                    audit.c.person_id == redemption.c.person_id,
                    audit.c.acted_at == redemption.c.used_at,
                    audit.c.actor_id == redemption.c.used_by_id,
                )
            ),
        ).select_from(redemption),
    }
)
"""What must not be found, in words that a number is put before."""


def list_money_faults(tx: Tx) -> list[str]:
    """Return in words what does not fit together; reads everything, and keeps nothing in memory."""
    found = {words: int(tx.scalar(statement)) for words, statement in _STATEMENTS.items()}
    own = [f"{count} {words}" for words, count in found.items() if count]
    return [*own, *list_coupon_faults(tx), *list_gift_faults(tx), *list_sale_faults(tx)]
