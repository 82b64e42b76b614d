"""What comes of a friend with time: staying in the community, being seen on so many days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.core.durations import DAY
from bot.core.rewards.rules import WHEN
from bot.services.campaigns import Terms, get_terms
from bot.services.rewards.giving import tell
from bot.services.rewards.granting import note_event
from bot.services.rewards.room import find_day, find_midnight
from storage.facts import EventKind
from storage.records import Referral, ReferralState
from storage.tables import awaited, chat_joins, people, referrals, shops
from storage.tables.awaited import Awaited
from storage.tx import Tx

_DAYS = {WHEN[kind]: kind for kind in (EventKind.STAYED, EventKind.ACTIVE)}


def expect(tx: Tx, referral: Referral, terms: Terms) -> None:
    """Wait for what the owner's rules look at, now that a friend counts; nothing is asked where there are no such rules."""
    wanted = {(_DAYS[rule.when], rule.number) for rule in terms.campaign.rewards if rule.when in _DAYS}
    if not wanted:
        return
    inside = _is_inside(tx, referral)
    for kind, days in sorted(wanted):
        due_at = tx.now + days * DAY if inside and kind is EventKind.STAYED else None
        awaited.add(tx, referral.id, kind, days, due_at=due_at)


def list_due(tx: Tx, *, limit: int) -> list[Awaited]:
    """Whoever has stayed for long enough."""
    return awaited.list_due(tx, limit)


def arrive(tx: Tx, due: Sequence[Awaited]) -> None:
    """Give what the rules say of it, once, if the friend still counts; told."""
    for each in due:
        if awaited.remove(tx, each):
            _note(tx, each)


def list_seen(tx: Tx, *, limit: int) -> list[tuple[Awaited, str]]:
    """For whom yesterday or today counts and has not counted yet, by what came in, and which day that is."""
    if not awaited.expects_days(tx):
        return []
    today = date.fromisoformat(find_day(tx))
    found: list[tuple[Awaited, str]] = []
    for day in (today - timedelta(days=1), today):
        since, until = find_midnight(tx, day), find_midnight(tx, day + timedelta(days=1))
        seen = awaited.list_seen(tx, day=day.isoformat(), since=since, until=until, limit=limit)
        found += [(each, day.isoformat()) for each in seen]
    return found


def note_seen(tx: Tx, seen: Sequence[tuple[Awaited, str]]) -> None:
    """Count these days, and give what the rules say where there are enough; told."""
    for each, day in seen:
        count = awaited.note_seen(tx, each, day)
        if count is not None and count >= each.days and awaited.remove(tx, each):
            _note(tx, each)


def _note(tx: Tx, each: Awaited) -> None:
    referral = referrals.get(tx, each.referral_id)
    if referral.state is not ReferralState.QUALIFIED:
        return
    terms = get_terms(tx, referral.campaign_version_id)
    given = note_event(tx, each.kind, referral, terms, number=each.days, key=f"{referral.id}:{each.days}")
    tell(tx, given or ())


def _is_inside(tx: Tx, referral: Referral) -> bool:
    """Whether the friend is in the community chat, as far as the bot has seen."""
    chat_id = shops.get(tx).community_id
    friend = people.get(tx, referral.invitee_id)
    seen = chat_joins.find(tx, chat_id, friend.profile.telegram_id) if chat_id is not None else None
    return seen is not None and seen.left_at is None
