"""What an event is worth, and to whom: rules in, grants out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from types import MappingProxyType

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import ANY, HUNDRED, JOIN, Condition, Give, Rule
from bot.core.languages import find_language
from storage.facts import EventKind, GrantKind
from storage.frozen import frozen
from storage.records import FOR_FRIEND, PersonId, ReferralId, Side

MILESTONE = "milestone"
"""What has to happen for a rule that looks at how many friends there are, not at what happened."""

REASONS = {Side.INVITER: FOR_FRIEND, Side.INVITEE: "welcome"}
"""Why points move, as the ledger says it; points that go back say it too, so that the two cancel out."""

FOR_RULE = "rule:"
"""How the reason of a ledger line begins that a rule of the owner's gave; its key follows."""

WHEN: Mapping[EventKind, str] = MappingProxyType(
    {
        EventKind.QUALIFIED: "joined",
        EventKind.RESTORED: "joined",
        EventKind.STAYED: "stayed",
        EventKind.ACTIVE: "active",
        EventKind.PURCHASED: "purchased",
        EventKind.CARDS_GIVEN: "cards_given",
        EventKind.ADOPTED: "adopted",
        EventKind.ANSWERED: "answered",
        EventKind.REPORTED: "custom",
    }
)
"""What rules call an event; of the others they know nothing."""


@frozen
class Occurrence:
    """What happened, as rules look at it, and who stands on either side of it."""

    when: str
    inviter_id: PersonId
    invitee_id: PersonId | None = None
    """None where somebody did it alone."""
    number: int = 0
    """How many friends, days, cards; the amount of a purchase."""
    event: str = ""
    """Which of the shop's own events it is."""
    nth: int = 1
    """Which purchase it is."""
    source: str = ""
    language: str = ""
    """Of the friend."""
    tier: str = ""
    """Of the inviter."""
    labels: tuple[str, ...] = ()
    """Of the inviter."""
    story: str = ""
    """Whose card brought the friend."""
    day: str = ""
    """Where the shop is, like 2026-12-01."""


@frozen
class Grant:
    """What comes of a rule for somebody."""

    rule: Rule
    side: Side
    person_id: PersonId
    give: Give

    @property
    def is_milestone(self) -> bool:
        """Whether it is for so many friends, and is taken back when there are fewer."""
        return self.rule.when == MILESTONE and self.side is Side.INVITER

    @property
    def is_usual(self) -> bool:
        """Whether it is what `[points]` gives for a friend, or stands in its place."""
        return JOIN in (self.rule.key, self.rule.instead_of)


def compose_rules(campaign: Campaign) -> tuple[Rule, ...]:
    """The rules of a campaign: both sides gain, the inviter for the friend who came, the friend as a welcome; and the owner's."""
    return (*_compose_usual(campaign.inviter_points, campaign.invitee_points), *campaign.rewards)


@lru_cache(maxsize=64)
def _compose_usual(inviter_points: int, invitee_points: int) -> tuple[Rule, ...]:
    points = {Side.INVITER: inviter_points, Side.INVITEE: invitee_points}
    return tuple(
        Rule(key=JOIN, when="joined", who=side, give=Give(kind=GrantKind.POINTS, amount=amount))
        for side, amount in points.items()
    )


def evaluate(occurrence: Occurrence, rules: Iterable[Rule]) -> list[Grant]:
    """What comes of it, in the order of the people's ids; what another stands in the place of comes not."""
    people = {Side.INVITER: occurrence.inviter_id, Side.INVITEE: occurrence.invitee_id}
    grants = [
        Grant(
            rule=rule,
            side=rule.who,
            person_id=person_id,
            give=rule.give if rule.give.kind is not GrantKind.PERCENT else _compute_give(rule.give, occurrence),
        )
        for rule in rules
        if rule.when == occurrence.when
        and rule.event == occurrence.event
        and (person_id := people[rule.who]) is not None
        and (not rule.number or _fits_number(rule, occurrence.number))
        and (rule.condition is ANY or fits(rule.condition, occurrence))
        and (rule.give.kind is not GrantKind.PERCENT or _comes_to_something(rule.give, occurrence))
    ]
    replaced = {(grant.rule.instead_of, grant.side) for grant in grants if grant.rule.instead_of}
    if replaced:
        grants = [grant for grant in grants if (grant.rule.key, grant.side) not in replaced]
    return sorted(grants, key=lambda grant: grant.person_id)


def fits(condition: Condition, occurrence: Occurrence) -> bool:
    """Whether it is as a rule asks."""
    asked = (
        (condition.source, occurrence.source),
        (condition.tier, occurrence.tier),
        (condition.story, occurrence.story),
    )
    return (
        all(not wanted or found in wanted for wanted, found in asked)
        and (not condition.label or not set(condition.label).isdisjoint(occurrence.labels))
        and (not condition.language or find_language(occurrence.language, condition.language) is not None)
        and condition.nth in {None, occurrence.nth}
        and (not condition.since or condition.since <= occurrence.day)
        and (not condition.until or occurrence.day <= condition.until)
    )


def compute_share(amount: int, percent: int) -> int:
    """So many per cent of an amount, halves to the even neighbour."""
    return int((Decimal(amount) * percent / HUNDRED).quantize(Decimal(1), ROUND_HALF_EVEN))


def compose_week(day: str) -> str:
    """The week of a day, from Monday on: `2026-W48`."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


def compose_transfer_key(referral_id: ReferralId, side: Side, rule: str = JOIN) -> str:
    """The key of the one transfer that rewards a side of a referral by a rule."""
    return f"referral:{referral_id}:{side}:{rule}"


def _fits_number(rule: Rule, number: int) -> bool:
    return number >= rule.number if rule.trigger.at_least else number == rule.friends


def _comes_to_something(give: Give, occurrence: Occurrence) -> bool:
    """A share of less than half a point is none."""
    return occurrence.when != WHEN[EventKind.PURCHASED] or compute_share(occurrence.number, give.amount) > 0


def _compute_give(give: Give, occurrence: Occurrence) -> Give:
    """A share of a purchase is known once there is a purchase."""
    if occurrence.when != WHEN[EventKind.PURCHASED]:
        return give
    return Give(kind=GrantKind.POINTS, amount=compute_share(occurrence.number, give.amount))
