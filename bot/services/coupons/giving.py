"""Giving coupons for grants, at once or as soon as there is one; taking them back; and what becomes of old ones."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.coupons.pools import decide_level, decide_warned
from bot.core.roles import MANAGERS
from bot.services.campaigns import find_rule
from bot.services.coupons.notices import CouponAwaited, CouponGiven, CouponOver, CouponTaken, Given, PoolLow
from bot.services.members import MustWrite, list_chats
from bot.services.notices import Notice, owe
from bot.services.rewards.notices import write_rule
from storage.addresses import MemberAddress
from storage.facts import CouponRow, GrantId, GrantKind, GrantRow, GrantState
from storage.records import PersonId
from storage.tables import coupons, grants, people
from storage.tx import Tx

_OPEN = {GrantState.PENDING, GrantState.HELD, GrantState.WAITING}


def give_coupon(tx: Tx, grant_id: GrantId, pool: str, *, tells: bool = True) -> GrantState:
    """Give the oldest coupon of a pool that is good still for a grant; it waits for one where there is none.

    Its member is told either way; without `tells` whoever gives calls `tell_given` in this transaction, once it is its turn.
    What has its coupon, or wants none any more, stays as it is.

    Returns:
        The state of the grant from now on.
    """
    grant = grants.lock(tx, grant_id)
    if grant.state not in _OPEN:
        return grant.state
    state = _give(tx, grant, pool)
    if tells:
        tell_given(tx, grant_id)
    return state


def tell_given(tx: Tx, grant_id: GrantId) -> None:
    """Say to its member which coupon a grant has, or that it comes as soon as there is one."""
    _tell_given(tx, grants.get(tx, grant_id), Given.AT_ONCE)


def find_shown(tx: Tx, grant_id: GrantId) -> CouponRow | None:
    """The coupon of a grant, for a screen that its member is about to see; None where it is awaited.

    Raises:
        MustWrite: in a read-only unit, where the member sees the code for the first time.
    """
    coupon = coupons.find_by_grant(tx, grant_id)
    if coupon is not None and coupon.shown_at is None:
        if not tx.writable:
            raise MustWrite
        coupons.set_shown(tx, [coupon.id])
    return coupon


def fill_waiting(tx: Tx, pool: str, limit: int) -> int:
    """Give coupons for grants that wait for one of a pool, the oldest first, to at most `limit`; returns to how many."""
    kept = coupons.find_pool(tx, pool)
    if kept is None or kept.ready == 0:
        return 0
    waiting = grants.list_waiting(tx, GrantKind.COUPON, pool, min(limit, kept.ready))
    filled = [each for each in waiting if _give(tx, grants.lock(tx, each), pool) is GrantState.AVAILABLE]
    for each in filled:
        _tell_given(tx, grants.get(tx, each), Given.WAITED)
    return len(filled)


def list_fillable(tx: Tx) -> list[str]:
    """Pools that have coupons, which somebody may wait for."""
    ready = [pool.name for pool in coupons.list_pools(tx) if pool.ready]
    return [pool for pool in ready if grants.has_waiting(tx, GrantKind.COUPON, pool)]


def take_coupon_back(tx: Tx, grant_id: GrantId) -> str:
    """Take the coupon of a grant back: for the next one if its member has not seen it, else for nobody.

    One that was used stays so.

    Returns:
        The code that is worth nothing any more; empty where the member has seen none.
    """
    coupon = coupons.find_by_grant(tx, grant_id)
    if coupon is None or coupons.put_back(tx, coupon) or not coupons.set_void(tx, coupon):
        return ""
    _tell(tx, grants.lock(tx, grant_id), CouponTaken(pool=coupon.pool, code=coupon.code), key=coupon.id)
    return coupon.code


def list_due(tx: Tx, *, limit: int) -> list[CouponRow]:
    """Coupons that are good no longer and are not marked so yet."""
    return coupons.list_due(tx, limit)


def expire(tx: Tx, due: Sequence[CouponRow]) -> None:
    """Note that coupons are good no longer; who had one gets another, or is told, as the rule says."""
    for coupon in due:
        if coupon.grant_id is None:
            coupons.set_expired(tx, coupon)
        else:
            _expire_given(tx, coupon, grants.lock(tx, coupon.grant_id))
    for pool in {coupon.pool for coupon in due}:
        _warn(tx, pool)


def _expire_given(tx: Tx, coupon: CouponRow, grant: GrantRow) -> None:
    if not coupons.set_expired(tx, coupon):
        return  # the counter has taken it at that moment
    if _decide_replaced(tx, grant):
        _give(tx, grant, coupon.pool)
        _tell_given(tx, grants.get(tx, grant.id), Given.REPLACED)
    elif grants.set_state(tx, grant.id, GrantState.EXPIRED, expected=grant.state):
        _tell(tx, grant, CouponOver(pool=coupon.pool, code=coupon.code), key=coupon.id)


def _decide_replaced(tx: Tx, grant: GrantRow) -> bool:
    """Whether who has let a coupon expire gets another, as the rule says; so it is where there is no rule."""
    rule = find_rule(tx, grant.campaign_version_id, grant.rule)
    return rule is None or rule.on_expiry == "replace"


def _give(tx: Tx, grant: GrantRow, pool: str) -> GrantState:
    coupon = coupons.take(tx, pool, grant.id, shown=_can_be_told(tx, grant.person_id))
    state = GrantState.WAITING if coupon is None else GrantState.AVAILABLE
    if state is not grant.state:
        grants.set_state(tx, grant.id, state, expected=grant.state)
    _warn(tx, pool)
    return state


def _tell_given(tx: Tx, grant: GrantRow, given: Given) -> None:
    coupon, rule = coupons.find_by_grant(tx, grant.id), _write_rule(tx, grant)
    if coupon is None:
        _tell(tx, grant, CouponAwaited(pool=grant.what, given=given, rule=rule), key=f"{grant.id}:{given}")
        return
    ends = coupon.expires_at or 0
    news = CouponGiven(pool=coupon.pool, code=coupon.code, expires_at=ends, given=given, rule=rule)
    _tell(tx, grant, news, key=f"{grant.id}:{coupon.id}")


def _write_rule(tx: Tx, grant: GrantRow) -> str:
    rule = find_rule(tx, grant.campaign_version_id, grant.rule)
    return "" if rule is None else write_rule(rule)


def _tell(tx: Tx, grant: GrantRow, notice: Notice, *, key: str | int) -> None:
    if _can_be_told(tx, grant.person_id):
        owe(tx, MemberAddress(grant.person_id), notice, key=key)


def _can_be_told(tx: Tx, person_id: PersonId) -> bool:
    """Who has blocked the bot sees their coupon in /rewards, once they are back."""
    person = people.get(tx, person_id)
    return person.is_member and person.blocked_at is None


def _warn(tx: Tx, pool: str) -> None:
    """Tell whoever runs the shop that a pool runs low, and that it is empty: once each until the next import."""
    kept = coupons.find_pool(tx, pool) or coupons.open_pool(tx, pool)
    level = decide_level(kept.ready, kept.stocked)
    if not decide_warned(level, kept.warned):
        return
    team = list_chats(tx, MANAGERS)
    if team:  # else it is told once there is somebody to tell
        coupons.set_warned(tx, pool, level)
    for address in team:
        notice = PoolLow(pool=pool, level=level, left=kept.ready)
        owe(tx, address, notice, key=f"{pool}:{level}:{address.person_id}:{tx.now}")
