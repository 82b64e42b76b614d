"""Every rule there can be, and every way in which something comes of it, filled with a name of one's choice."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from bot.core.campaigns.rewards import TRIGGERS, Condition, Give, Limit, Rule
from bot.messages.notices import render_notices
from bot.messages.rewards import NOTICES, say_rule
from bot.services.notices import Owed
from bot.services.rewards.notices import RewardFreed, RewardGiven, RewardTakenBack, write_rule
from storage.facts import GrantKind, GrantState
from storage.records import NoticeId, Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.messages.notices import Reader
    from bot.messages.outgoing import OutgoingMessage
    from bot.messages.shop import Shop
    from bot.messages.texts import Html, Texts

COFFEE = Rule(
    key="third-friend",
    when="milestone",
    number=3,
    who=Side.INVITER,
    give=Give(kind=GrantKind.COUPON, what="coffee"),
    limit=Limit(per_member=1, per_week=2, budget=500, first=100),
    condition=Condition(
        source=("qr", "fwd"), language=("id", "tlh"), tier=("gold",), since="2026-12-01", until="2026-12-24"
    ),
    hold_days=7,
    name={"en": "A free coffee", "id": "Kopi gratis", "zh": "一杯免费咖啡"},
)
SAMPLE_RULE = write_rule(COFFEE)
MARCH = 1_773_273_600_000_000


def list_rules() -> Iterator[Rule]:
    """Everything that can happen, to either side, with everything that can be given."""
    for (when, trigger), kind, number in product(TRIGGERS.items(), GrantKind, (1, 3)):
        for who in trigger.sides if trigger.number or number == 1 else ():
            amounts = {GrantKind.POINTS: 50, GrantKind.PERCENT: 10}
            give = Give(kind=kind, amount=amounts.get(kind, 0), what="" if kind in amounts else f"some {kind}")
            event = "course.finished" if trigger.named else ""
            yield Rule(key="a-rule", when=when, number=number, event=event, who=who, give=give)
    purchase = Rule(key="a-rule", when="purchased", who=Side.INVITEE, give=Give(kind=GrantKind.PERCENT, amount=5))
    yield replace(COFFEE, key="a-stamp", head_start=1, condition=Condition(label=("ambassador", "vip")))
    yield Rule(
        key="a-rate",
        when="joined",
        who=Side.INVITER,
        give=Give(kind=GrantKind.POINTS, amount=120),
        condition=Condition(label=("ambassador",), story=("gone",)),
        instead_of="join",
    )
    yield from (purchase, *(replace(purchase, condition=Condition(nth=nth)) for nth in (1, 4)), COFFEE)


def say_rules(texts: Texts, shop: Shop) -> list[Html]:
    """All of them, each in its sentence."""
    return [say_rule(texts, shop, rule) for rule in list_rules()]


def render_news(reader: Reader) -> dict[str, OutgoingMessage]:
    """All that somebody can hear of a rule."""
    found = {}
    for rule, state, kind in product(list_rules(), GrantState, (RewardGiven, RewardFreed)):
        points = rule.give.amount if rule.give.kind is GrantKind.POINTS else 0
        given = kind(rule=write_rule(rule), grant=1, state=state, points=points, until=MARCH)
        back = RewardTakenBack(rule=write_rule(rule), points=points)
        for notice in (given, back):
            owed = [Owed(id=NoticeId(1), notice=notice)]
            (rendered,) = render_notices(reader, owed, NOTICES)
            (found[f"{rule} {state} {notice.kind}"],) = rendered.messages
    return found
