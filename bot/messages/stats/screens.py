"""The figures of word of mouth: a caption of few lines, and a page for whoever wants to know more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from telegram import InlineKeyboardMarkup

from bot.core.funnel import FEW, PERIOD_DAYS, Funnel, Step, compute_steps
from bot.core.liability import Liability
from bot.messages.broadcasts.results import say_results
from bot.messages.keyboards import Row, make_button, stack
from bot.messages.liability import say_money
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.pulse.figures import say_pulse, say_sprout
from bot.messages.pulse.trend import list_pulse_taps
from bot.messages.sharing.ways import name_source, name_way
from bot.messages.shop import Shop
from bot.messages.stats.asking import list_asking_taps, say_asking
from bot.messages.stats.buttons import STATS
from bot.messages.stats.trial import list_trial_taps, say_trial
from bot.messages.stats.voice import say_desk
from bot.messages.texts import LANGUAGES, Html, Texts, escape, show_name, show_plain_name
from bot.services.stats import Page, PageView, StatsView
from storage.records import RankLine

_NAME_LIMIT = 16

_STORY_LIMIT = 48

_KINDS = 5
"""So many ways, sources and stories are told apart; the rest is one line."""


PAGES: Mapping[Page, str] = MappingProxyType(
    {
        Page.GROWTH: "stats.page.growth",
        Page.STORIES: "stats.page.stories",
        Page.SOURCES: "stats.page.sources",
        Page.MEMBERS: "stats.page.members",
        Page.BROADCASTS: "stats.page.broadcasts",
        Page.VOICE: "stats.page.voice",
        Page.REWARDS: "stats.page.rewards",
        Page.ASKING: "stats.page.asking",
        Page.TRIAL: "stats.page.trial",
        Page.PULSE: "stats.page.pulse",
        Page.SPROUT: "stats.page.sprout",
        Page.MEANING: "stats.page.meaning",
    }
)
"""What a tap opens, and what is on its button."""

NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "members": ("figure.members", "figure_means.members"),
        "reached": ("figure.reached", "figure_means.reached"),
        "shared": ("figure.shared", "figure_means.shared"),
        "sent": ("figure.sent", "figure_means.sent"),
        "prepared": ("figure.prepared", "figure_means.prepared"),
        "clicked": ("figure.clicked", "figure_means.clicked"),
        "clicks": ("figure.clicks", "figure_means.clicks"),
        "started": ("figure.started", "figure_means.started"),
        "qualified": ("figure.qualified", "figure_means.qualified"),
        "purchased": ("figure.purchased", "figure_means.purchased"),
        "redeemed": ("figure.redeemed", "figure_means.redeemed"),
        "invitations_per_member": ("figure.invitations_per_member", "figure_means.invitations_per_member"),
        "conversion": ("figure.conversion", "figure_means.conversion"),
        "k": ("figure.k", "figure_means.k"),
        "cycle_hours": ("figure.cycle_hours", "figure_means.cycle_hours"),
        "projection": ("figure.projection", "figure_means.projection"),
    }
)
"""Every figure by its name in `passalong stats --json`: what people call it, and what it means."""


def render_stats(texts: Texts, shop: Shop, view: StatsView, photo: Photo | None = None) -> OutgoingMessage:
    """Five lines under the picture: members, how far people come, K, what is ahead, what is owed; then the pages."""
    figures, owed = view.figures, _say_owed(texts, shop, view.owed)
    ever = figures.funnel
    lines = [
        texts.say("stats.members", count=ever.members, blocked=ever.blocked, new=figures.lately.members),
        _say_way(texts, ever),
        _say_k(texts, view),
        *_say_ahead(texts, view),
        *owed,
    ]
    head = texts.say("stats.title", brand=shop.brand(texts.language))
    return OutgoingMessage(text="\n\n".join([head, "\n".join(lines)]), photo=photo, keyboard=_compose_taps(texts))


def render_page(texts: Texts, shop: Shop, view: PageView) -> OutgoingMessage:
    """One page of figures."""
    title = texts.say("stats.page_title", page=texts.plain(PAGES[view.page]))
    blocks = [title, *_RENDERED[view.page](texts, shop, view)]
    taps = _TAPS[view.page](texts, view) if view.page in _TAPS else []
    return OutgoingMessage(text="\n\n".join(blocks), keyboard=_compose_taps(texts, view.page, taps))


def _compose_taps(texts: Texts, shown: Page | None = None, first: Sequence[Row] = ()) -> InlineKeyboardMarkup:
    taps = [make_button(texts, STATS, page, label=texts.plain(key)) for page, key in PAGES.items() if page is not shown]
    return stack(*first, *(taps[place : place + 2] for place in range(0, len(taps), 2)))


def _say_way(texts: Texts, funnel: Funnel) -> Html:
    """How far people come, in one line."""
    steps = [
        texts.say("stats.step", name=texts.plain(NAMES[step.name][0]), number=step.people)
        for step in compute_steps(funnel)[:5]
    ]
    return Html(" → ".join(steps))


def _say_k(texts: Texts, view: StatsView | PageView) -> Html:
    growth = view.figures.growth
    if not growth.tells:
        return texts.say("stats.k_few", few=FEW, count=growth.started)
    interval = growth.k_interval
    return texts.say(
        "stats.k",
        per_member=texts.number(growth.invitations_per_member, digits=2),
        conversion=texts.number(growth.conversion, digits=2),
        k=texts.number(growth.k, digits=2),
        low=texts.number(interval.low, digits=2),
        high=texts.number(interval.high, digits=2),
    )


def _say_ahead(texts: Texts, view: StatsView | PageView) -> list[Html]:
    """What word of mouth brings if all stays as it is; nothing where that cannot be told."""
    projection = view.figures.projection
    if projection is None:
        return []
    return [
        texts.say(
            "stats.ahead",
            count=round(projection.newcomers),
            low=texts.number(projection.interval.low),
            high=texts.number(projection.interval.high),
        )
    ]


def _say_growth(texts: Texts, _shop: Shop, view: PageView) -> list[Html]:
    growth, figures = view.figures.growth, view.figures
    steps = [_say_step(texts, step) for step in compute_steps(figures.funnel)]
    measures = [
        texts.say(
            "stats.per_member",
            value=texts.number(growth.invitations_per_member, digits=2),
            wider=texts.number(growth.handed_per_member, digits=2),
        ),
        texts.say(
            "stats.conversion",
            value=texts.number(growth.conversion, digits=2),
            wider=texts.number(growth.handed_conversion, digits=2),
        ),
        _say_k(texts, view),
        texts.say("stats.k_why"),
        *_say_cycle(texts, figures.cycle_hours),
        *_say_ahead(texts, view),
    ]
    now, was = figures.lately, figures.before
    periods = [
        texts.say("stats.period", name=texts.plain(NAMES[name][0]), now=getattr(now, name), was=getattr(was, name))
        for name in ("members", "sent", "clicked", "started", "qualified")
    ]
    lately = [texts.say("stats.lately", days=PERIOD_DAYS), *periods]
    return [*map(_stack, (steps, measures, lately)), texts.say("stats.unseen")]


def _say_cycle(texts: Texts, hours: int | None) -> list[Html]:
    if hours is None:
        return []
    return [texts.say("stats.cycle_days", count=hours // 24) if hours >= 48 else texts.say("stats.cycle", count=hours)]


def _say_step(texts: Texts, step: Step) -> Html:
    """How many, and what part of those before; of fewer than `FEW` no part is told."""
    name = texts.plain(NAMES[step.name][0])
    if step.share is None:
        return texts.say("stats.step_alone", name=name, number=step.people)
    if step.name == "clicked":
        return texts.say("stats.step_each", name=name, number=step.people, each=texts.number(step.share, digits=1))
    return texts.say("stats.step_share", name=name, number=step.people, share=texts.number(step.share * 100))


def _say_stories(texts: Texts, shop: Shop, view: PageView) -> list[Html]:
    def name(key: str) -> str:
        if not key:
            return texts.plain("stats.unknown")
        told = shop.story(texts.language, key).headline if shop.tells(key) else key
        return show_plain_name(texts, told, limit=_STORY_LIMIT)

    return _say_cut(texts, view.cut, name, "stats.no_stories")


def _say_sources(texts: Texts, _shop: Shop, view: PageView) -> list[Html]:
    """By which ways invitations left, links were opened and friends came; nothing of what has not happened."""
    counts = (
        ("counted.ways", {key: row.handed for key, row in view.cut.items()}, name_way),
        ("counted.clicks", {key: row.clicks for key, row in view.cut.items()}, name_source),
        ("counted.joins", {key: row.started for key, row in view.cut.items()} | dict(view.placements), name_source),
        ("counted.qualified", {key: row.qualified for key, row in view.cut.items()}, name_source),
    )
    said = [
        texts.say(key, list=_say_counts(texts, {each: number for each, number in of.items() if number}, name))
        for key, of, name in counts
        if any(of.values())
    ]
    return [*said, texts.say("stats.unseen")] if said else [texts.say("stats.no_sources")]


def _say_cut(texts: Texts, cut: Mapping[str, Funnel], name: Callable[[str], str], nothing: str) -> list[Html]:
    """The largest first: shared, came, count."""
    rows = [(key, row) for key, row in cut.items() if row.handed or row.started]
    ranked = sorted(rows, key=lambda item: (-item[1].started, -item[1].handed, item[0]))
    lines = [
        texts.say("stats.cut", name=name(key), handed=row.handed, started=row.started, qualified=row.qualified)
        for key, row in ranked[: 2 * _KINDS]
    ]
    return [_stack(lines)] if lines else [texts.say(nothing)]


def _say_members(texts: Texts, _shop: Shop, view: PageView) -> list[Html]:
    funnel = view.figures.funnel
    by_language = {key: row.members for key, row in view.cut.items() if row.members}
    blocks = [
        texts.say("stats.members", count=funnel.members, blocked=funnel.blocked, new=view.figures.lately.members),
        *([texts.say("stats.languages", list=_say_counts(texts, by_language, _name_language))] if by_language else []),
    ]
    top = [_say_line(texts, line) for line in view.top]
    return [_stack(blocks), _stack([texts.say("stats.top"), *top])] if top else [_stack(blocks)]


def _name_language(texts: Texts, key: str) -> str:
    if key in LANGUAGES:
        return Texts(key).plain("locale.name")
    return show_plain_name(texts, key, limit=_NAME_LIMIT) if key else texts.plain("stats.unknown")


def _say_rewards(texts: Texts, shop: Shop, view: PageView) -> list[Html]:
    funnel = view.figures.funnel
    lines = [
        texts.say("stats.step_alone", name=texts.plain(NAMES[name][0]), number=getattr(funnel, name))
        for name in ("qualified", "purchased", "redeemed")
    ]
    owed = _say_owed(texts, shop, view.owed) or [texts.say("stats.owes_nothing")]
    return [_stack(lines), *owed]


def _say_meaning(texts: Texts, _shop: Shop, _view: PageView) -> list[Html]:
    lines = [
        texts.say("stats.meaning", name=texts.plain(name), meaning=texts.plain(meaning))
        for name, meaning in NAMES.values()
    ]
    return [_stack(lines)]


_RENDERED: Mapping[Page, Callable[[Texts, Shop, PageView], list[Html]]] = MappingProxyType(
    {
        Page.GROWTH: _say_growth,
        Page.STORIES: _say_stories,
        Page.SOURCES: _say_sources,
        Page.MEMBERS: _say_members,
        Page.BROADCASTS: lambda texts, shop, view: say_results(texts, shop, view.broadcasts),
        Page.VOICE: lambda texts, _, view: [say_desk(texts, view.desk)] if view.desk else [],
        Page.REWARDS: _say_rewards,
        Page.ASKING: say_asking,
        Page.TRIAL: say_trial,
        Page.PULSE: say_pulse,
        Page.SPROUT: say_sprout,
        Page.MEANING: _say_meaning,
    }
)


_TAPS: Mapping[Page, Callable[[Texts, PageView], list[Row]]] = MappingProxyType(
    {Page.TRIAL: list_trial_taps, Page.ASKING: list_asking_taps, Page.PULSE: list_pulse_taps}
)


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


def _stack(lines: Iterable[Html]) -> Html:
    return Html("\n".join(lines))
