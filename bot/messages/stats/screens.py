"""The figures of word of mouth, as the caption of their picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.liability import Liability
from bot.messages.liability import say_money
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing.ways import name_source, name_way
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name
from bot.services.stats import StatsView
from storage.records import RankLine

_NAME_LIMIT = 16
"""Ten long names must fit into a caption with everything else."""

_FEW = 5
"""Names under a caption that says more; the picture has all of them."""

_KINDS = 3
"""So many ways and sources are told apart; the rest is one number."""


def render_stats(texts: Texts, shop: Shop, view: StatsView, photo: Photo | None = None) -> OutgoingMessage:
    """Members, joins, K with its formula, top inviters: at most 1,024 visible characters."""
    owed = _say_owed(texts, shop, view.owed)
    figures = [
        texts.say("stats.title", brand=shop.brand(texts.language)),
        texts.say("stats.members", count=view.figures.funnel.members, blocked=view.figures.funnel.blocked),
        texts.say("stats.joins", count=view.figures.funnel.started),
        texts.say("stats.shares", count=view.figures.funnel.handed),
        *_say_growth(texts, view),
        *owed,
    ]
    lines = [_say_line(texts, line) for line in view.top[: _FEW if owed else None]]
    top = [texts.say("stats.top"), *lines] if lines else []
    return OutgoingMessage(
        text="\n\n".join("\n".join(block) for block in (figures, _say_travels(texts, view), top) if block), photo=photo
    )


def _say_growth(texts: Texts, view: StatsView) -> list[Html]:
    growth = view.figures.growth
    per_member = texts.number(growth.invitations_per_member, digits=2)
    conversion = texts.number(growth.conversion, digits=2)
    return [
        texts.say("stats.per_member", value=per_member),
        texts.say("stats.conversion", value=conversion),
        texts.say("stats.k", per_member=per_member, conversion=conversion, k=texts.number(growth.k, digits=2)),
        texts.say("stats.k_why"),
    ]


def _say_owed(texts: Texts, shop: Shop, owed: Liability) -> list[Html]:
    """What the shop owes its members, and what of it is money where it has said so; nothing where that is nothing."""
    said = [escape(shop.points(owed.points, texts.language))] if owed.points else []
    if said and shop.campaign.worth_amount:
        worth, most = say_money(texts, shop, owed.points), shop.campaign.most_promised
        bound = say_money(texts, shop, most) if most else ""
        said = [texts.say("stats.worth_of" if most else "stats.worth", points=said[0], worth=worth, most=bound)]
    counts = (("stats.coupons", owed.coupons), ("stats.gifts", owed.gifts))
    said += [texts.say(key, count=count) for key, count in counts if count]
    return [texts.say("stats.owed", list=Html(" · ".join(said)))] if said else []


def _say_travels(texts: Texts, view: StatsView) -> list[Html]:
    """By which ways invitations left, links were opened and members came; nothing of what has not happened yet."""
    blocks = (
        ("counted.ways", view.ways, name_way),
        ("counted.clicks", view.clicks, name_source),
        ("counted.joins", view.sources, name_source),
    )
    return [texts.say(key, list=_say_counts(texts, counts, name)) for key, counts, name in blocks if counts]


def _say_counts(texts: Texts, counts: Mapping[str, int], name: Callable[[Texts, str], str]) -> Html:
    """The most frequent first; equal ones in the order of their keys, so that the line stands still."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    items = [texts.say("counted.item", name=name(texts, key), number=number) for key, number in ranked[:_KINDS]]
    if rest := sum(number for _, number in ranked[_KINDS:]):
        items.append(texts.say("counted.item", name=texts.plain("counted.rest"), number=rest))
    return Html(" · ".join(items))


def _say_line(texts: Texts, line: RankLine) -> Html:
    name = show_name(texts, line.name, first=True, limit=_NAME_LIMIT)
    return texts.say("stats.top_line", rank=line.rank, name=name, score=line.score)
