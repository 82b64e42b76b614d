"""What the owner's rules say, in one sentence each, and what members hear of what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from types import MappingProxyType

from bot.core.campaigns.catalogue import HAD
from bot.core.campaigns.contests import PRIZE
from bot.core.campaigns.rewards import Give, Rule
from bot.core.campaigns.waitlist import LET_IN
from bot.core.durations import SECOND
from bot.core.languages import LANGUAGES, find_language
from bot.core.rewards.rules import WHEN, compose_rules
from bot.core.rewards.steps import Step
from bot.messages.buttons import REWARDS
from bot.messages.keyboards import send_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PARTY, OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.messages.tickets.buttons import support_row
from bot.services.rewards.notices import RewardFreed, RewardGiven, RewardTakenBack, read_rule
from storage.facts import EventKind, GrantKind, GrantState
from storage.records import Side

_PURCHASED = WHEN[EventKind.PURCHASED]
_WHO = {Side.INVITER: "rule.inviter", Side.INVITEE: "rule.friend"}
_ALONE = {
    ("milestone", Side.INVITER): "rule.member",
    ("milestone", Side.INVITEE): "rule.last_friend",
    ("cards_given", Side.INVITER): "rule.member",
    ("adopted", Side.INVITER): "rule.member",
    ("answered", Side.INVITER): "rule.member",
    (PRIZE, Side.INVITER): "rule.member",
    (LET_IN, Side.INVITER): "rule.member",
}
"""What speaks of a member first, and not of a friend."""

_WHEN = {
    "joined": "rule.when.joined",
    "stayed": "rule.when.stayed",
    "active": "rule.when.active",
    "milestone": "rule.when.milestone",
    "cards_given": "rule.when.cards_given",
    "adopted": "rule.when.adopted",
    "answered": "rule.when.answered",
    "custom": "rule.when.custom",
    PRIZE: "rule.when.prize",
    LET_IN: "rule.when.let_in",
}
_BOUNDS = {"per_member": "rule.per_member", "per_week": "rule.per_week", "first": "rule.first"}


def say_rule(texts: Texts, shop: Shop, rule: Rule) -> Html:
    """A rule in one sentence: when, to whom, what, and at most how much. The same to everybody."""
    if rule.when == HAD:
        return texts.say("rule.had", what=say_what(texts, shop, rule), points=shop.points(rule.number, texts.language))
    sentence = texts.say(
        _ALONE.get((rule.when, rule.who), _WHO[rule.who]), when=say_when(texts, rule), what=say_what(texts, shop, rule)
    )
    bounds = [*_list_conditions(texts, shop, rule), *_list_bounds(texts, shop, rule)]
    if not bounds:
        return texts.say("rule.ends", sentence=sentence)
    listed = reduce(lambda first, more: texts.say("rule.both", first=first, more=more), bounds)
    return texts.say("rule.bounded", sentence=sentence, bounds=listed)


def say_what(texts: Texts, shop: Shop, rule: Rule, points: int = 0) -> Html:
    """What a rule gives: by the owner's word for it, else by its kind; `points` where they are known to be others."""
    if rule.name:
        return escape(rule.call(shop.campaign.find_language(texts.language)))
    if rule.give.kind is GrantKind.POINTS or points:
        return escape(shop.points(points or rule.give.amount, texts.language))
    return _WHATS[rule.give.kind](texts, rule.give, rule.when)


def _say_percent(texts: Texts, give: Give, when: str) -> Html:
    return texts.say("rule.what.percent_of_it" if when == _PURCHASED else "rule.what.percent", percent=give.amount)


_WHATS: Mapping[GrantKind, Callable[[Texts, Give, str], Html]] = MappingProxyType(
    {
        GrantKind.CODE: lambda texts, _, __: texts.say("rule.what.code"),
        GrantKind.COUPON: lambda texts, give, _: texts.say("rule.what.coupon", name=give.what),
        GrantKind.PERCENT: _say_percent,
        GrantKind.GIFT: lambda texts, _, __: texts.say("rule.what.gift"),
        GrantKind.PRIVILEGE: lambda _, give, __: escape(give.what),
        GrantKind.BY_HAND: lambda _, give, __: escape(give.what),
        GrantKind.LABEL: lambda texts, give, _: texts.say("rule.what.label", label=give.what),
    }
)
"""A code is not told before it is given."""


def say_when(texts: Texts, rule: Rule) -> Html:
    """What has to happen."""
    if rule.when != _PURCHASED:
        if rule.head_start:
            return texts.say("rule.when.stamps", count=rule.friends, stamps=rule.number)
        return texts.say(_WHEN[rule.when], count=rule.number, event=rule.event)
    if rule.condition.nth is not None:
        first = rule.condition.nth == 1
        return texts.say("rule.when.first_purchase" if first else "rule.when.purchase", count=rule.condition.nth)
    return texts.say("rule.when.purchased_from" if rule.number else "rule.when.purchased", amount=rule.number)


def _list_conditions(texts: Texts, shop: Shop, rule: Rule) -> Iterator[Html]:
    condition = rule.condition
    if condition.source:
        yield texts.say("rule.if.source", list=texts.join([escape(each) for each in condition.source]))
    if condition.language:
        yield texts.say("rule.if.language", list=texts.join([_name_language(each) for each in condition.language]))
    if condition.tier:
        yield texts.say("rule.if.tier", list=texts.join([escape(each) for each in condition.tier]))
    if condition.label:
        yield texts.say("rule.if.label", list=texts.join([escape(each) for each in condition.label]))
    if condition.story:
        yield texts.say("rule.if.story", list=texts.join([_name_story(texts, shop, each) for each in condition.story]))
    if condition.since:
        yield texts.say("rule.if.since", date=_say_day(texts, shop, condition.since))
    if condition.until:
        yield texts.say("rule.if.until", date=_say_day(texts, shop, condition.until))


def _list_bounds(texts: Texts, shop: Shop, rule: Rule) -> Iterator[Html]:
    limit = rule.limit
    if rule.instead_of:
        yield from _say_instead(texts, shop, rule)
    for name, key in _BOUNDS.items():
        if (most := getattr(limit, name)) is not None:
            yield texts.say(key, count=most)
    if limit.budget is not None and rule.give.kind is GrantKind.POINTS:
        yield texts.say("reward.budget_points", points=shop.points(limit.budget, texts.language))
    elif limit.budget is not None:
        yield texts.say("rule.budget", count=limit.budget)
    if rule.hold_days:
        yield texts.say("rule.hold", count=rule.hold_days)


def _say_instead(texts: Texts, shop: Shop, rule: Rule) -> Iterator[Html]:
    """What the rule stands in the place of, as far as the campaign still knows that."""
    others = compose_rules(shop.campaign)
    other = next((each for each in others if each.key == rule.instead_of and each.who is rule.who), None)
    if other is not None:
        yield texts.say("rule.instead_of", what=say_what(texts, shop, other))


def _name_story(texts: Texts, shop: Shop, key: str) -> Html:
    """As members know it: by its headline."""
    stories = shop.told(texts.language).stories
    return texts.say("rule.if.headline", headline=next((each.headline for each in stories if each.key == key), key))


def _name_language(tag: str) -> Html:
    known = find_language(tag, LANGUAGES)
    return escape(Texts(known).plain("locale.name") if known else tag)


def _say_day(texts: Texts, shop: Shop, day: str) -> str:
    midnight = datetime.fromisoformat(day).replace(tzinfo=shop.zone)
    return texts.date(int(midnight.timestamp()) * SECOND, shop.zone)


_NEWS = {
    GrantState.HELD: "reward.held",
    GrantState.WAITING: "reward.waiting",
    GrantState.PENDING: "reward.pending",
    GrantState.DECLINED: "reward.declined",
}
_HAD = (GrantState.AVAILABLE, GrantState.REDEEMED, GrantState.USED)
"""Worth a little confetti."""


def _render_given(reader: Reader, notice: RewardGiven) -> OutgoingMessage:
    texts, shop, rule = reader.texts, reader.shop, read_rule(notice.rule)
    what = say_what(texts, shop, rule, notice.points)
    if notice.state in _NEWS:
        date = texts.date(notice.until, shop.zone) if notice.until else ""
        news = texts.say(_NEWS[notice.state], what=what, date=date)
    elif notice.points:
        balance = shop.points(reader.member.balance, texts.language)
        news = texts.say("reward.points", points=shop.points(notice.points, texts.language), balance=balance)
    else:
        key = "reward.code" if rule.give.kind is GrantKind.CODE else "reward.given"
        news = texts.say(key, what=what, code=rule.give.what)
    said = _compose(
        reader,
        [texts.say("reward.because", news=news, rule=say_rule(texts, shop, rule))],
        wrong=notice.state is GrantState.DECLINED,
    )
    return replace(said, effect_id=PARTY) if notice.state in _HAD else said


def _render_taken_back(reader: Reader, notice: RewardTakenBack) -> OutgoingMessage:
    texts, shop, rule = reader.texts, reader.shop, read_rule(notice.rule)
    if notice.points:
        points, balance = (shop.points(each, texts.language) for each in (notice.points, reader.member.balance))
        return _compose(reader, [texts.say("reward.points_back", points=points, balance=balance)], wrong=True)
    return _compose(reader, [texts.say("reward.taken_back", what=say_what(texts, shop, rule))], wrong=True)


def _compose(reader: Reader, blocks: Sequence[Html], *, wrong: bool = False) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    support = support_row(texts, "reward") if wrong else []
    keyboard = stack(send_row(texts, shop, reader.member.code), support, tap_row(texts, REWARDS))
    return OutgoingMessage(text="\n\n".join(blocks), keyboard=keyboard)


def say_steps(texts: Texts, shop: Shop, steps: Iterable[Step]) -> list[Html]:
    """How far the next steps are; nothing where there are none."""
    lines = [say_step(texts, shop, step) for step in steps]
    return [Html("\n".join(lines))] if lines else []


def say_step(texts: Texts, shop: Shop, step: Step) -> Html:
    """So many friends more, and until when where the rule ends."""
    said = texts.say("why.step", count=step.missing, what=say_what(texts, shop, step.rule))
    if given := step.rule.head_start:
        stamps = step.rule.number
        said = texts.say("why.stamps", step=said, have=stamps - step.missing, stamps=stamps, count=given)
    if not step.rule.condition.until:
        return said
    last = datetime.fromisoformat(step.rule.condition.until).replace(tzinfo=shop.zone)
    ends_at = int((last + timedelta(days=1)).timestamp()) * SECOND
    return texts.say("why.step_until", step=said, until=texts.countdown(ends_at, shop.zone))


NOTICES: Renderers = {
    RewardGiven: each(_render_given),
    RewardFreed: each(_render_given),
    RewardTakenBack: each(_render_taken_back),
}
