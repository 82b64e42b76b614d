"""What an event is worth, and to whom: rules in, grants out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.campaigns.campaign import Campaign
from storage.facts import EventKind
from storage.records import PersonId, ReferralId, Side

JOIN = "join"
"""The rule that a friend who counts fulfils; each side has one of its own by this name."""

REASONS = {Side.INVITER: "invited_friend", Side.INVITEE: "welcome"}
"""Why points move, as the ledger says it; points that go back say it too, so that the two cancel out."""


@dataclass(frozen=True, slots=True)
class Points:
    """Points, spendable at once."""

    amount: int


Given = Points
"""What a rule gives: one class for each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something happens, somebody gets something."""

    key: str
    when: EventKind
    who: Side
    give: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An event as rules look at it: what happened, and who stands on either side of it."""

    kind: EventKind
    inviter_id: PersonId
    invitee_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What comes of a rule for somebody."""

    rule: str
    side: Side
    person_id: PersonId
    given: Given


def compose_rules(campaign: Campaign) -> tuple[Rule, ...]:
    """The rules of a campaign: both sides gain, the inviter for the friend who came, the friend as a welcome."""
    points = {Side.INVITER: campaign.inviter_points, Side.INVITEE: campaign.invitee_points}
    return tuple(
        Rule(key=JOIN, when=EventKind.QUALIFIED, who=side, give=Points(amount)) for side, amount in points.items()
    )


def evaluate(occurrence: Occurrence, rules: Iterable[Rule]) -> list[Grant]:
    """What comes of an event, in the order of the people's ids."""
    people = {Side.INVITER: occurrence.inviter_id, Side.INVITEE: occurrence.invitee_id}
    grants = [
        Grant(rule=rule.key, side=rule.who, person_id=people[rule.who], given=rule.give)
        for rule in rules
        if rule.when is occurrence.kind
    ]
    return sorted(grants, key=lambda grant: grant.person_id)


def compose_transfer_key(referral_id: ReferralId, side: Side, rule: str = JOIN) -> str:
    """The key of the one transfer that rewards a side of a referral by a rule."""
    return f"referral:{referral_id}:{side}:{rule}"
