"""What a rule gives somebody: within its limits, held for a while, freed when its time has come, told."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from bot.core.campaigns.catalogue import HAD
from bot.core.campaigns.rewards import JOIN, Give, Rule
from bot.core.campaigns.rules import DAYS_LIMIT
from bot.core.durations import DAY
from bot.core.redeeming import compose_reference
from bot.core.rewards.bounds import OWN, Bound, decide_freed, decide_state, list_bounds
from bot.core.rewards.rules import FOR_RULE, REASONS, Grant, compose_rules
from bot.services.campaigns import find_rule, get_terms
from bot.services.coupons.giving import give_coupon, take_coupon_back, tell_given
from bot.services.notices import Notice, owe
from bot.services.rewards.calling import call, call_no_more, is_called_already
from bot.services.rewards.notices import RewardFreed, RewardGiven, RewardTakenBack, write_rule
from bot.services.rewards.promising import BOUND
from bot.services.rewards.room import FULL, find_due, put_back, take_room
from bot.services.webhooks.publishing import publish_grant
from storage.addresses import MemberAddress
from storage.facts import EventId, GrantId, GrantKind, GrantRow, GrantState
from storage.frozen import frozen
from storage.records import CampaignId, ReferralId, ReferralState, Transfer, VersionId
from storage.tables import allowances, gifts, grants, ledgers, people, redemptions, referrals
from storage.tx import Tx
from storage.webhook import HookEventKind

MOST_ASKED = 100
"""Of those who wait for a place, how many are asked whether it is for them."""


@frozen
class Cause:
    """What something is given for."""

    event_id: EventId
    version_id: VersionId
    """Whose rules are asked."""
    referral_id: ReferralId | None = None
    most: int | None = None
    """The points that may be promised in all; None where that is to be looked up."""


def give(tx: Tx, cause: Cause, grant: Grant) -> GrantId | None:
    """Write what comes of a rule for somebody; None where its limit is reached and nothing is to be said of that."""
    rule = grant.rule
    week, full = take_room(tx, cause.version_id, rule, grant.give, person_id=grant.person_id, most=cause.most)
    state = decide_state(rule, grant.give.kind, reached=full is not None)
    if state is None:
        return None
    number = grants.add(
        tx,
        rule=rule.key,
        person_id=grant.person_id,
        event_id=cause.event_id,
        side=grant.side,
        state=state,
        kind=grant.give.kind,
        what=grant.give.what or ("" if grant.give.kind is GrantKind.POINTS else str(grant.give.amount)),
        points=grant.give.amount if grant.give.kind is GrantKind.POINTS else None,
        threshold=rule.friends if grant.is_milestone else None,
        week=week,
        matures_at=find_due(tx, rule, state, full),
        reason="" if full is None else f"limit:{full.kind}",
    )
    if number is not None and state is decide_freed(grant.give.kind):
        _settle(tx, grants.get(tx, number))
    return number


def queue_usual(tx: Tx, cause: Cause, grant: Grant) -> GrantId | None:
    """Let the usual points for a friend wait until there is room to promise them; None where they wait already."""
    return grants.add(
        tx,
        rule=grant.rule.key,
        person_id=grant.person_id,
        event_id=cause.event_id,
        side=grant.side,
        state=GrantState.PENDING,
        kind=GrantKind.POINTS,
        points=grant.give.amount,
        matures_at=find_due(tx, grant.rule, GrantState.PENDING, FULL),
        reason=f"limit:{BOUND}",
    )


def find_granted_rule(tx: Tx, row: GrantRow) -> Rule | None:
    """The rule by which somebody was given something, be it the usual one; None where no rule is known.

    What the usual points were before versions were kept, the grant alone knows.
    """
    campaign = get_terms(tx, row.campaign_version_id).campaign
    named = (rule for rule in compose_rules(campaign) if rule.key == row.rule and rule.who is row.side)
    rule = next(named, None) or campaign.find_rule(row.rule)
    if rule is None or row.rule != JOIN or not row.points:
        return rule
    return replace(rule, give=replace(rule.give, amount=row.points))


def list_due(tx: Tx, *, limit: int) -> list[GrantId]:
    """What has been held, or has waited for its turn, for long enough."""
    return grants.list_due(tx, limit)


def free(tx: Tx, due: Iterable[GrantId]) -> None:
    """Let go what was held for long enough, and give what waited for its turn, where there is room now; told to whom it is."""
    for row in (grants.lock(tx, number) for number in due):
        if row.matures_at is None or row.matures_at <= tx.now:
            _free(tx, row)


def take_back(tx: Tx, grant_id: GrantId, reason: str, *, keeps_room: bool = False) -> GrantRow | None:
    """Take something back that is not used yet; returns it as it was, None where there was nothing to take.

    Points go the other way round for the same reason, so that what was earned for it is right again; a balance may fall
    below zero. What waited for a place has one now, unless it is kept for what comes instead.
    """
    row = grants.lock(tx, grant_id)
    if row.state not in {GrantState.PENDING, *grants.STANDING} or _has_perhaps_arrived(tx, row):
        return None
    grants.set_state(tx, row.id, GrantState.REVOKED, expected=row.state, reason=reason)
    if row.ledger_id is not None:
        ledgers.post_back(tx, row.ledger_id)
    if row.kind is GrantKind.COUPON:
        take_coupon_back(tx, row.id)
    elif row.kind is GrantKind.LABEL:
        call_no_more(tx, row)
    elif (waiting := redemptions.find_by_grant(tx, row.id)) is not None:
        redemptions.set_taken(tx, waiting)
    if row.state is not GrantState.PENDING:
        publish_grant(tx, HookEventKind.WITHDRAWN, row)
        if not keeps_room:
            _put_room_back(tx, row)
    return row


def give_less(tx: Tx, taken: GrantRow, points: int, event_id: EventId, *, whole_days: int) -> None:
    """Give fewer points in the place of those that were taken back, which kept their room; held ones stay held as long.

    Args:
        tx: The transaction.
        taken: What was taken, as it was.
        points: How many are left, more than none.
        event_id: What made them fewer.
        whole_days: In how large steps a hold lasts, in microseconds.
    """
    rule = find_rule(tx, taken.campaign_version_id, taken.rule)
    if rule is not None and rule.limit.budget is not None and taken.state is not GrantState.PENDING:
        campaign_id, fewer = allowances.get_campaign(tx, taken.campaign_version_id), (taken.points or 0) - points
        allowances.put_back(tx, campaign_id, taken.rule, "budget", pieces=fewer)
    until = taken.matures_at
    if until is not None and taken.state is GrantState.HELD:
        until = tx.now + max(1, -((tx.now - until) // whole_days)) * whole_days
    number = grants.add(
        tx,
        rule=taken.rule,
        person_id=taken.person_id,
        event_id=event_id,
        side=taken.side,
        state=taken.state,
        kind=taken.kind,
        points=points,
        week=taken.week,
        matures_at=until,
        reason=taken.reason,
    )
    if number is not None and taken.state is GrantState.AVAILABLE:
        _settle(tx, grants.get(tx, number))
    if rule is not None and rule.at_limit == "queue" and taken.state is not GrantState.PENDING:
        _let_in(tx, allowances.get_campaign(tx, taken.campaign_version_id), rule.key)


def stands(tx: Tx, row: GrantRow) -> bool:
    """Whether it still counts what something was given for. Its person is locked where that is many friends."""
    if row.referral_id is None:
        return True
    if row.threshold is None:
        return referrals.get(tx, row.referral_id).state is not ReferralState.REVOKED
    people.lock(tx, row.person_id)
    return people.get(tx, row.person_id).score >= row.threshold


def take_back_unfounded(tx: Tx, grant_id: GrantId) -> bool:
    """Take back, and tell, what comes back from the counter or was not sent, and no longer counts.

    While it was in somebody's hands, or on its way, nobody could take it back.
    """
    row = grants.lock(tx, grant_id)
    reason = "referral" if row.threshold is None else "score"
    taken = None if stands(tx, row) else take_back(tx, grant_id, reason)
    tell_taken(tx, [taken] if taken is not None else [])
    return taken is not None


def tell(tx: Tx, given: Iterable[GrantId]) -> None:
    """Say what they have to those to whom something was given."""
    for row in (grants.get(tx, number) for number in given):
        _owe_given(tx, row, RewardGiven)


def tell_taken(tx: Tx, taken: Iterable[GrantRow]) -> None:
    """Say kindly what was taken back, each as it was before; of a coupon that was seen, whoever took that has told."""
    for row in taken:
        was_coupon = row.kind is GrantKind.COUPON and row.state is GrantState.AVAILABLE
        if not (was_coupon or is_called_already(tx, row, others=0)):
            _owe(tx, row, partial(_compose_taken, row.points or 0))


def _has_perhaps_arrived(tx: Tx, row: GrantRow) -> bool:
    """Whether it is a gift on its way, which nobody can call back."""
    return row.kind is GrantKind.GIFT and gifts.is_under_way(tx, row.id)


def _free(tx: Tx, row: GrantRow) -> Bound | None:
    """Let one go; the limit that still leaves no room for it, where there is one."""
    rule, week = find_granted_rule(tx, row), row.week
    if rule is None:
        return None
    state = decide_freed(row.kind)
    if row.state is GrantState.PENDING:
        week, full = take_room(tx, row.campaign_version_id, rule, _read_give(row), person_id=row.person_id)
        if full is not None:
            due = find_due(tx, rule, GrantState.PENDING, full)
            grants.set_state(tx, row.id, row.state, expected=row.state, reason=row.reason, matures_at=due)
            return full
        state = GrantState.HELD if rule.hold_days else state
    elif row.state is not GrantState.HELD:
        return None
    due = find_due(tx, rule, state, None)
    grants.set_state(tx, row.id, state, expected=row.state, matures_at=due, week=week)
    if state is not GrantState.HELD:
        _settle(tx, grants.get(tx, row.id))
    _owe_given(tx, grants.get(tx, row.id), RewardFreed)
    return None


def _settle(tx: Tx, row: GrantRow) -> None:
    """What else has to be done once something is somebody's."""
    publish_grant(tx, HookEventKind.REWARDED, row)
    do = _SETTLE.get(row.kind)
    if do is not None:
        do(tx, row)


def _post(tx: Tx, row: GrantRow) -> None:
    transfer = Transfer(
        debit=ledgers.HOUSE_ACCOUNT,
        credit=ledgers.open_account(tx, row.person_id),
        amount=row.points or 0,
        key=f"grant:{row.id}",
        reason=_find_reason(tx, row),
        referral_id=row.referral_id,
    )
    ledger_id = ledgers.post(tx, transfer)
    grants.set_state(tx, row.id, row.state, expected=row.state, ledger_id=ledger_id)


def _find_reason(tx: Tx, row: GrantRow) -> str:
    """As the ledger says it: the usual points for a friend in the usual words, also when they had to wait."""
    rule = find_granted_rule(tx, row)
    usual = row.side is not None and rule is not None and JOIN in (rule.key, rule.instead_of)
    return REASONS[row.side] if usual and row.side is not None else f"{FOR_RULE}{row.rule}"


def _lay_out(tx: Tx, row: GrantRow) -> None:
    """Let it wait at the counter, under a reference of its own; what was had for points has its place already."""
    rule = find_rule(tx, row.campaign_version_id, row.rule)
    if rule is not None and rule.when == HAD:
        return
    days = rule.valid_days if rule is not None else 0
    redemptions.add_given(
        tx,
        reference=compose_reference(secrets.choice),
        person_id=row.person_id,
        version_id=row.campaign_version_id,
        item=f"{FOR_RULE}{row.rule}",
        expires_at=tx.now + (days or DAYS_LIMIT) * DAY,
        grant_id=row.id,
    )


def _give_coupon(tx: Tx, row: GrantRow) -> None:
    give_coupon(tx, row.id, row.what, tells=False)


_SETTLE: Mapping[GrantKind, Callable[[Tx, GrantRow], None]] = MappingProxyType(
    {
        GrantKind.POINTS: _post,
        GrantKind.COUPON: _give_coupon,
        GrantKind.CODE: _lay_out,
        GrantKind.PRIVILEGE: _lay_out,
        GrantKind.BY_HAND: _lay_out,
        GrantKind.LABEL: call,
    }
)
"""By kind; what is not here is somebody's by being written down."""


def _put_room_back(tx: Tx, row: GrantRow) -> None:
    """Somebody else can have it: who has waited longest, where the rule lets people wait."""
    rule = find_rule(tx, row.campaign_version_id, row.rule)
    if rule is None or not (bounds := list_bounds(rule, _read_give(row), row.person_id, row.week)):
        return
    campaign_id = allowances.get_campaign(tx, row.campaign_version_id)
    put_back(tx, row.campaign_version_id, rule.key, bounds)
    if rule.at_limit == "queue":
        _let_in(tx, campaign_id, rule.key)


def _let_in(tx: Tx, campaign_id: CampaignId, rule: str) -> None:
    """Give the room there is to those who have waited longest; whose own limit is reached lets others pass."""
    for number in grants.list_queued(tx, campaign_id, rule, MOST_ASKED):
        row = grants.lock(tx, number)
        full = _free(tx, row) if row.state is GrantState.PENDING else None
        if full is not None and full.kind not in OWN:
            return


def _read_give(row: GrantRow) -> Give:
    return Give(kind=row.kind, amount=row.points or 0, what=row.what)


def _compose_taken(points: int, rule: Rule) -> Notice:
    return RewardTakenBack(rule=write_rule(rule), points=points)


def _owe_given(tx: Tx, row: GrantRow, notice: type[RewardGiven]) -> None:
    """With the code, where it is a coupon."""
    if row.kind is GrantKind.COUPON and row.state in {GrantState.AVAILABLE, GrantState.WAITING}:
        tell_given(tx, row.id)
        return
    if is_called_already(tx, row, others=1):
        return
    points, until = row.points or 0, row.matures_at or 0
    _owe(tx, row, lambda rule: notice(rule=write_rule(rule), grant=row.id, state=row.state, points=points, until=until))


def _owe(tx: Tx, row: GrantRow, compose: Callable[[Rule], Notice]) -> None:
    rule = find_granted_rule(tx, row)
    if rule is not None and people.get(tx, row.person_id).is_member:
        owe(tx, MemberAddress(row.person_id), compose(rule), key=f"{row.id}:{row.changed_at}")
