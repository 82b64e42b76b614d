"""Events become grants, and grants become points: written once, whoever asks how often."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.core.campaigns.rewards import ANY, JOIN, Condition
from bot.core.languages import parse_tag
from bot.core.links import compute_story_mark
from bot.core.periods import BoardKind, compute_period
from bot.core.rewards.rules import (
    MILESTONE,
    REASONS,
    WHEN,
    Grant,
    Occurrence,
    compose_rules,
    compose_transfer_key,
    evaluate,
)
from bot.services.campaigns import Terms, find_zone, read_terms
from bot.services.rewards.giving import Cause, give, queue_usual, take_back
from bot.services.rewards.promising import find_most, has_room
from bot.services.rewards.room import find_day
from bot.services.webhooks.publishing import publish_points
from storage.facts import EventId, EventKind, GrantId, GrantRow, GrantState
from storage.records import PersonId, Referral, Side, Transfer
from storage.tables import awaited, boards, events, grants, honours, labels, ledgers, people, scores, told_stories
from storage.tables.shops import ShopRow
from storage.tx import Tx


def note_event(
    tx: Tx,
    kind: EventKind,
    referral: Referral,
    terms: Terms,
    *,
    number: int = 0,
    nth: int = 1,
    event: str = "",
    key: str = "",
    shop: ShopRow | None = None,
) -> list[GrantId] | None:
    """Write what happened to a referral, and give both sides what the terms it came under say of it.

    Returns what the owner's rules gave, to be told with `tell`; None where it was noted before. The usual points are told by
    whoever notes the event, but for those that have to wait until the shop promises more.

    Args:
        tx: The transaction.
        kind: What happened.
        referral: To whom.
        terms: Those the referral came under.
        number: How many days; the amount of a purchase.
        nth: Which purchase it is.
        event: Which of the shop's own events it is.
        key: What makes it one of its kind, where it can happen more often than once.
        shop: The shop, where the caller has asked for it: then what it has not switched on is not looked up.
    """
    event_id, when = events.add(tx, kind, referral, key=key), WHEN.get(kind)
    if event_id is None:
        return None
    if when is None:
        return []
    again = kind is EventKind.RESTORED
    happened = _look(tx, referral, terms, when=when, number=number, nth=nth, event=event)
    return _give_all(tx, event_id, referral, terms, happened, shop=shop, again=again)


def note_restored(tx: Tx, referral: Referral, terms: Terms) -> tuple[str, list[GrantId]]:
    """Write that a friend who was taken back counts again, and give both sides what the terms say of it.

    Returns by what key it is known, and what the owner's rules gave.
    """
    key = f"{referral.id}:{events.count(tx, EventKind.RESTORED, referral.id) + 1}"
    return key, note_event(tx, EventKind.RESTORED, referral, terms, key=key) or []


def note_score(tx: Tx, referral: Referral, terms: Terms, score: int, *, restored: str = "") -> list[GrantId]:
    """Give what the terms say of so many friends, the last of whom is this one; each milestone once while it stands.

    `restored` is by what key it is known that this friend counts again.
    """
    if not any(rule.when == MILESTONE and rule.friends == score for rule in terms.campaign.rewards):
        return []
    event_id = (
        events.get_id(tx, EventKind.RESTORED, restored)
        if restored
        else events.get_id(tx, EventKind.QUALIFIED, referral.id)
    )
    return _give_all(tx, event_id, referral, terms, _look(tx, referral, terms, when=MILESTONE, number=score))


def note_revoked(tx: Tx, referral: Referral) -> list[GrantRow]:
    """Write that a referral was taken back, and take from both sides what had come of it; returns that.

    What was given for a number of friends stays until there are fewer: see `take_back_above`. Balances may fall below zero.
    """
    if events.add(tx, EventKind.REVOKED, referral) is None:  # it counted again in between
        again = events.count(tx, EventKind.REVOKED, referral.id) + 1
        events.add(tx, EventKind.REVOKED, referral, key=f"{referral.id}:{again}")
    awaited.drop_of(tx, referral.id)
    given = sorted(grants.list_by_referral(tx, referral.id), key=lambda grant: grant.person_id)
    taken = [take_back(tx, grant.id, "referral") for grant in given if grant.threshold is None]
    return [grant for grant in taken if grant is not None]


def take_back_above(tx: Tx, person_id: PersonId, score: int) -> list[GrantRow]:
    """Take back what somebody was given for more friends than they have now; returns that."""
    taken = [take_back(tx, grant.id, "score") for grant in grants.list_above(tx, person_id, score)]
    return [grant for grant in taken if grant is not None]


def sum_points(given: Sequence[GrantRow], side: Side) -> int:
    """The points that one side got."""
    return sum(grant.points or 0 for grant in given if grant.side is side and grant.ledger_id is not None)


_KINDS = frozenset(BoardKind)


def count_friend(tx: Tx, shop: ShopRow, referral: Referral) -> int:
    """Count a friend who qualifies now for the inviter; returns the inviter's score in the shop. Late in a unit."""
    counting = scores.list_counting(tx, referral.campaign_version_id, tx.now)
    kinds = {
        BoardKind.CAMPAIGN if each.campaign_id and each.period == "all" else each.period.partition(":")[0]
        for each in counting
    }
    if not kinds >= _KINDS:
        _open_missing(tx, shop, referral, kinds)
        counting = scores.list_counting(tx, referral.campaign_version_id, tx.now)
    return scores.raise_score(tx, referral.inviter_id, on=[each.id for each in counting])


def recount_friend(tx: Tx, referral: Referral) -> int:
    """Put a friend back into the rankings of the time when they counted first; returns the inviter's score in the shop."""
    counting = scores.list_counting(tx, referral.campaign_version_id, events.find_qualified(tx, referral.id))
    return scores.raise_score(tx, referral.inviter_id, on=[each.id for each in counting])


def uncount_friend(tx: Tx, referral: Referral) -> int:
    """Take a friend who had qualified out of the rankings of that time; returns the inviter's score in the shop."""
    counted_at = events.find_qualified(tx, referral.id)
    counting = scores.list_counting(tx, referral.campaign_version_id, counted_at)
    return scores.lower_score(tx, referral.inviter_id, on=[each.id for each in counting])


def _open_missing(tx: Tx, shop: ShopRow, referral: Referral, open_kinds: Collection[str]) -> None:
    """Begin the week, the month and the campaign's ranking with the first friend in them."""
    for kind in (BoardKind.WEEK, BoardKind.MONTH):
        if kind not in open_kinds:
            # One that lasts now, or later, is what another writer has opened meanwhile: this one's beginning is not its end.
            ended_at = boards.find_end(tx, kind, by=tx.now)
            period = compute_period(kind, tx.now, find_zone(shop.zone), after=ended_at)
            boards.add(tx, campaign_id=None, period=period.name, starts_at=period.starts_at, ends_at=period.ends_at)
    if BoardKind.CAMPAIGN not in open_kinds:
        boards.add(tx, campaign_id=boards.get_campaign_id(tx, referral.campaign_version_id), period="all")


def _give_all(
    tx: Tx,
    event_id: EventId,
    referral: Referral,
    terms: Terms,
    occurrence: Occurrence,
    *,
    shop: ShopRow | None = None,
    again: bool = False,
) -> list[GrantId]:
    most = find_most(tx) if shop is None else read_terms(tx, shop).campaign.most_promised
    cause = Cause(event_id=event_id, version_id=terms.version_id, referral_id=referral.id, most=most)
    given: list[GrantId] = []
    kept = _list_kept(tx, referral) if again else set()
    for grant in evaluate(occurrence, compose_rules(terms.campaign)):
        if (grant.rule.key, grant.person_id) in kept:
            continue
        if grant.is_usual and (not most or has_room(tx, grant.give.amount, most)):
            _give_points(tx, referral, event_id, grant, again=again)
            if shop is None or shop.hook_kinds:
                publish_points(tx, grant.person_id, rule=grant.rule.key, points=grant.give.amount, referral=referral)
        elif (added := (queue_usual if grant.is_usual else give)(tx, cause, grant)) is not None:
            given.append(added)
    return given


def _list_kept(tx: Tx, referral: Referral) -> set[tuple[str, PersonId]]:
    """What of a referral could not be taken back, by rule and person: it was used, or is on its way."""
    given = grants.list_by_referral(tx, referral.id)
    return {(each.rule, each.person_id) for each in given if each.state is not GrantState.REVOKED}


def promise_points(tx: Tx, referral: Referral, terms: Terms) -> tuple[int, int]:
    """The points that a friend who counts brings the inviter and gets, by what holds for these two at this moment."""
    campaign = terms.campaign
    if not any(rule.instead_of == JOIN for rule in campaign.rewards):
        return campaign.inviter_points, campaign.invitee_points
    occurrence = _look(tx, referral, terms, when=WHEN[EventKind.QUALIFIED])
    usual = [grant for grant in evaluate(occurrence, compose_rules(campaign)) if grant.is_usual]
    inviter, invitee = (
        sum(grant.give.amount for grant in usual if grant.side is side) for side in (Side.INVITER, Side.INVITEE)
    )
    return inviter, invitee


def find_story(terms: Terms, mark: str) -> str:
    """The key of the story that a link names by its mark; empty where it is none of the campaign's."""
    return next((key for key in terms.story_keys if compute_story_mark(key) == mark), "")


def look_at_inviter(tx: Tx, occurrence: Occurrence, asked: Sequence[Condition]) -> Occurrence:
    """What conditions ask of the inviter and of the day; what none of them asks is not looked up."""
    inviter_id = occurrence.inviter_id
    return replace(
        occurrence,
        tier=honours.find(tx, inviter_id)[0] if any(each.tier for each in asked) else "",
        labels=tuple(labels.list_of(tx, inviter_id)) if any(each.label for each in asked) else (),
        day=find_day(tx) if any(each.since or each.until for each in asked) else "",
    )


def _look(
    tx: Tx, referral: Referral, terms: Terms, *, when: str, number: int = 0, nth: int = 1, event: str = ""
) -> Occurrence:
    """What happened, and what else the rules ask; what none of them asks is not looked up."""
    occurrence = Occurrence(
        when=when,
        inviter_id=referral.inviter_id,
        invitee_id=referral.invitee_id,
        number=number,
        nth=nth,
        event=event,
        source=referral.source,
    )
    asked = [rule.condition for rule in terms.campaign.rewards if rule.when == when and rule.condition is not ANY]
    if not asked:
        return occurrence
    friend = people.get(tx, referral.invitee_id) if any(each.language for each in asked) else None
    return replace(
        look_at_inviter(tx, occurrence, asked),
        language=(friend.language or parse_tag(friend.profile.telegram_language)) if friend else "",
        story=told_stories.find(tx, referral.id) if any(each.story for each in asked) else "",
    )


def _give_points(tx: Tx, referral: Referral, event_id: EventId, grant: Grant, *, again: bool) -> None:
    points = grant.give.amount
    ledger_id = ledgers.post(
        tx,
        Transfer(
            debit=ledgers.HOUSE_ACCOUNT,
            credit=ledgers.open_account(tx, grant.person_id),
            amount=points,
            key=compose_transfer_key(referral.id, grant.side, grant.rule.key) + (f":{event_id}" if again else ""),
            reason=REASONS[grant.side],
            referral_id=referral.id,
        ),
    )
    grants.add_points(
        tx,
        rule=grant.rule.key,
        person_id=grant.person_id,
        event_id=event_id,
        side=grant.side,
        points=points,
        ledger_id=ledger_id,
    )
