"""What a campaign gives, offers for points and honours, as an owner edits it: the lists, and how one reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.core.campaigns import contest_answers, item_answers, reward_answers, tier_answers
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.catalogue import VALID_DAYS, CatalogueItem
from bot.core.campaigns.contests import Contest, ContestBy
from bot.core.campaigns.drafting import fill_gaps
from bot.core.campaigns.part_answers import KEEP
from bot.core.campaigns.parts import Part, Piece, list_part_changes
from bot.core.campaigns.rewards import Rule, parse_rule
from bot.core.campaigns.tiers import Tier
from bot.core.rewards.rules import compose_rules
from bot.messages.buttons import CAMPAIGN, CAMPAIGN_EDIT, PART_ADD, PART_DROP, PART_EDIT, PART_LIST
from bot.messages.campaigns_panel import back_row
from bot.messages.contests import say_prizes
from bot.messages.keyboards import Row, make_button, page_row, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.rewards import say_rule, say_what
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.services.campaigns.parts import COMPOSE, PartsView
from storage.facts import GrantKind

FROM_REWARDS = "rw-"
"""Before a field of the campaign in a button's data: asked for from the list of its rewards, which is shown again."""

PAGE = 8
"""So many on a screen: the longest sentences of so many fit into a message."""

MOST_CHANGES = 6
"""Told with both their sentences on one screen."""

NOTHING = "\u2013"

_TITLES = {Part.REWARD: "part.reward", Part.ITEM: "part.item", Part.TIER: "part.tier", Part.CONTEST: "part.contest"}
_ADD = {
    Part.REWARD: "part.add_reward",
    Part.ITEM: "part.add_item",
    Part.TIER: "part.add_tier",
    Part.CONTEST: "part.add_contest",
}
_NONE = {
    Part.REWARD: "part.no_reward",
    Part.ITEM: "part.no_item",
    Part.TIER: "part.no_tier",
    Part.CONTEST: "part.no_contest",
}
_BUTTONS = {
    Part.REWARD: "part.reward_button",
    Part.ITEM: "part.item_button",
    Part.TIER: "part.tier_button",
    Part.CONTEST: "part.contest_button",
}
_PREVIEWS = {
    Part.REWARD: "part.preview_reward",
    Part.ITEM: "part.preview_item",
    Part.TIER: "part.preview_tier",
    Part.CONTEST: "part.preview_contest",
}
_CHANGES = {
    Part.REWARD: reward_answers.CHANGES,
    Part.ITEM: item_answers.CHANGES,
    Part.TIER: tier_answers.CHANGES,
    Part.CONTEST: contest_answers.CHANGES,
}
_LABELS = {
    "when": "part.change.when",
    "who": "part.change.who",
    "give": "part.change.give",
    "limit": "part.change.limit",
    "more": "part.change.more",
    "name": "part.change.name",
    "kind": "part.change.give",
    "price": "part.change.price",
    "stock": "part.change.stock",
    "per_member": "part.change.per_member",
    "valid_days": "part.change.valid_days",
    "picture": "editor.picture",
    "friends": "part.change.friends",
    "badge": "part.change.badge",
    "colour": "part.change.colour",
    "perk": "part.change.perk",
    "period": "part.change.period",
    "begins": "part.change.begins",
    "ends": "part.change.ends",
    "by": "part.change.by",
    "prizes": "part.change.prizes",
}
_IN_ROW = 2


def part_rows(texts: Texts, number: int) -> list[Row]:
    """The ways to what a campaign gives, offers, honours and has won."""
    buttons = [
        make_button(texts, PART_LIST, number, str(part), label=texts.plain(label)) for part, label in _BUTTONS.items()
    ]
    return [buttons[:_IN_ROW], buttons[_IN_ROW:]]


def render_parts(texts: Texts, shop: Shop, view: PartsView, page: int = 0, said: Html | None = None) -> OutgoingMessage:
    """All of a kind, each as it reads, with what can be done with it; `said` stands above."""
    part, draft = view.part, view.editor.draft
    pages = max(1, -(-len(view.pieces) // PAGE))
    page = min(page, pages - 1)
    blocks = [texts.say(_TITLES[part], name=view.editor.entry.slug), *_list_points(texts, shop, view)]
    shown = list(enumerate(view.pieces, start=1))[page * PAGE : (page + 1) * PAGE]
    blocks += [
        texts.say("part.line", number=place, said=say_piece(texts, shop, draft, piece, view.taken))
        for place, piece in shown
    ]
    if not view.pieces:
        blocks.append(texts.say(_NONE[part]))
    if said is not None:
        blocks.insert(0, said)
    if view.clash:
        blocks.insert(0, texts.say("part.wrong.taken", count=view.clash))
    if view.full:
        blocks.insert(0, say_full(texts, part))
    if view.editor.entry.changed and view.editor.holds is not None:
        blocks.append(texts.say("editor.changed"))
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*_list_rows(texts, view, shown, page, pages)))


def say_full(texts: Texts, part: Part) -> Html:
    """There is no room for one more."""
    return texts.say("part.full", count=part.most)


def say_piece(texts: Texts, shop: Shop, draft: Campaign, piece: Piece, taken: Mapping[str, int] | None = None) -> Html:
    """How one reads: a rule in its sentence, an item with its price, a tier with its number of friends, a contest with its days."""
    shop = replace(shop, campaign=fill_gaps(draft))
    return _SAY[type(piece)](texts, shop, piece, taken or {})


def render_preview(texts: Texts, shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """How it reads what a dialogue's answers say, to be kept or changed."""
    part = Part(data["part"])
    former = parse_rule(data["former"]) if data.get("former") else None
    piece = COMPOSE[part](data, former)
    said = say_piece(texts, shop, shop.campaign, piece)
    quoted = Html(f"{texts.say(_PREVIEWS[part])}\n<blockquote>{said}</blockquote>")
    about = Html("\n\n".join([*say_about(texts, piece, data["pools"]), texts.say("part.ask.keep")]))
    return OutgoingMessage(text=Html(f"{quoted}{about}"))


def list_changes(texts: Texts, part: Part) -> dict[str, str]:
    """Keep it, or what of it can be changed."""
    return {KEEP: texts.plain("part.keep"), **{each: texts.plain(_LABELS[each]) for each in _CHANGES[part]}}


def list_part_lines(texts: Texts, shop: Shop, before: Campaign, after: Campaign) -> list[Html]:
    """What is given, offered and honoured otherwise, as it reads before and after; how many more there are, where they are many."""
    changes = list_part_changes(before, after)
    lines = [
        texts.say(
            "editor.difference_line",
            field=texts.plain(_BUTTONS[each.part]),
            before=NOTHING if each.before is None else say_piece(texts, shop, before, each.before),
            after=NOTHING if each.after is None else say_piece(texts, shop, after, each.after),
        )
        for each in changes[:MOST_CHANGES]
    ]
    return [*lines, *([Html(f"+{len(changes) - MOST_CHANGES}")] if len(changes) > MOST_CHANGES else [])]


def say_generous(texts: Texts, draft: Campaign) -> list[Html]:
    """A hint where the friend gets less than who invited them (Gershon, Cryder and John, 2020)."""
    return [texts.say("part.generous")] if draft.invitee_points < draft.inviter_points else []


def say_about(texts: Texts, piece: Piece, pools: Any) -> list[Html]:
    """What else is to be known of a rule that its sentence does not say."""
    return [Html("\n".join(said))] if isinstance(piece, Rule) and (said := [*_list_about(texts, piece, pools)]) else []


def _list_about(texts: Texts, rule: Rule, pools: Any) -> Iterator[Html]:
    give = rule.give
    if give.kind is GrantKind.CODE:
        yield texts.say("part.said_code", code=give.what)
    if give.kind is GrantKind.COUPON and give.what not in pools:
        yield texts.say("part.no_pool", pool=give.what)
    if rule.valid_days:
        yield texts.say("part.waits", count=rule.valid_days)
    if rule.at_limit != "stop":
        yield texts.say("part.queue" if rule.at_limit == "queue" else "part.tell")
    if rule.on_expiry != "replace":
        yield texts.say("part.expired")


def _list_points(texts: Texts, shop: Shop, view: PartsView) -> list[Html]:
    """The two usual rules, and a hint about them."""
    draft = view.editor.draft
    if view.part is not Part.REWARD:
        return []
    usual = compose_rules(replace(draft, rewards=()))
    told = replace(shop, campaign=fill_gaps(draft))
    return [Html("\n".join(f"· {say_rule(texts, told, rule)}" for rule in usual)), *say_generous(texts, draft)]


def _list_rows(texts: Texts, view: PartsView, shown: list[tuple[int, Piece]], page: int, pages: int) -> Iterator[Row]:
    number, part, draft = view.editor.entry.id, view.part, view.editor.draft
    if part is Part.REWARD:
        points = {"inviter": draft.inviter_points, "invitee": draft.invitee_points}
        labels = {"inviter": "editor.inviter", "invitee": "editor.invitee"}
        yield [
            make_button(
                texts,
                CAMPAIGN_EDIT,
                number,
                f"{FROM_REWARDS}{side}",
                label=texts.plain(label, points=texts.number(points[side])),
            )
            for side, label in labels.items()
        ]
        yield [make_button(texts, CAMPAIGN_EDIT, number, "terms", label=texts.plain("terms.button"))]
    buttons = [
        (
            make_button(texts, PART_EDIT, number, str(part), piece.key, label=f"✎ {texts.number(place)}"),
            make_button(texts, PART_DROP, number, str(part), piece.key, label=f"✕ {texts.number(place)}"),
        )
        for place, piece in shown
    ]
    for first in range(0, len(buttons), _IN_ROW):
        yield [button for pair in buttons[first : first + _IN_ROW] for button in pair]
    yield page_row(texts, PART_LIST, page, pages, number, str(part))
    yield [make_button(texts, PART_ADD, number, str(part), label=texts.plain(_ADD[part]))]
    if view.editor.entry.changed and view.editor.holds is not None and not view.editor.gaps:
        yield [make_button(texts, CAMPAIGN_EDIT, number, "difference", label=texts.plain("editor.difference"))]
    yield back_row(texts, CAMPAIGN, number)


def _say_rule(texts: Texts, shop: Shop, rule: Rule, _taken: Mapping[str, int]) -> Html:
    return say_rule(texts, shop, rule)


def _say_item(texts: Texts, shop: Shop, item: CatalogueItem, taken: Mapping[str, int]) -> Html:
    language = shop.campaign.find_language(texts.language)
    said = [texts.say("part.item_line", item=item.say(language), price=shop.points(item.price, texts.language))]
    if item.give is not None and item.kind not in item_answers.BY_NAME:
        said.append(texts.say("part.kind", what=say_what(texts, shop, replace(item.rule, name={}))))
    if item.stock is not None:
        left = max(0, item.stock - taken.get(item.key, 0))
        said.append(texts.say("part.stock", left=left, count=item.stock))
    if item.per_member is not None:
        said.append(texts.say("part.per_member", count=item.per_member))
    if item.picture:
        said.append(texts.say("part.pictured"))
    if item.valid_days != VALID_DAYS:
        said.append(texts.say("part.waits", count=item.valid_days))
    return Html(" · ".join(said))


def _say_tier(texts: Texts, shop: Shop, tier: Tier, _taken: Mapping[str, int]) -> Html:
    language = shop.campaign.find_language(texts.language)
    said = [texts.say("part.tier_line", badge=tier.badge, tier=tier.say(language), count=tier.friends).strip()]
    if tier.period_days is not None:
        said.append(texts.say("part.period", count=tier.period_days))
    if tier.colour:
        said.append(texts.say("part.colour", colour=tier.colour))
    if tier.privileges:
        said.append(texts.say("part.perk", perk=escape(tier.say_privileges(language))))
    return Html(" · ".join(said))


def _say_contest(texts: Texts, shop: Shop, contest: Contest, _taken: Mapping[str, int]) -> Html:
    said = texts.say(
        "part.contest_line",
        contest=contest.say(shop.campaign.find_language(texts.language)),
        since=contest.begins.replace("T", " "),
        until=contest.ends.replace("T", " "),
    )
    by = texts.say("part.by_draw" if contest.by is ContestBy.DRAW else "part.by_friends")
    return Html(" · ".join([said, by, say_prizes(texts, shop, contest)]))


_SAY: Mapping[type[Any], Callable[[Texts, Shop, Any, Mapping[str, int]], Html]] = MappingProxyType(
    {Rule: _say_rule, CatalogueItem: _say_item, Tier: _say_tier, Contest: _say_contest}
)
