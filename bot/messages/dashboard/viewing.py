"""The dashboard in words: each page as figures, charts and tables ready to be written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from unicodedata import east_asian_width

from bot.core.dashboard import ALONGSIDE, CUTS, LISTS, BoardPage
from bot.core.durations import DAY, DAY_SECONDS
from bot.core.funnel import Funnel, compute_steps
from bot.core.liability import count_digits
from bot.messages.broadcasts.results import name_broadcast
from bot.messages.dashboard.entering import ROOT
from bot.messages.sharing.ways import name_origin
from bot.messages.shop import Shop
from bot.messages.stats.asking import say_effect
from bot.messages.stats.voice import say_span
from bot.messages.texts import LANGUAGES, Texts, show_plain_name
from bot.services.broadcasts.results import BroadcastResult
from bot.services.dashboard.viewing import BoardView
from bot.services.tickets.watching import DeskFigures
from storage.frozen import frozen
from storage.records import join_name

_NAME_LIMIT = 40
_LABEL_WIDTH = 18
_SHOWN = ("shared", "clicked", "started", "qualified", "purchased")
"""Steps of the funnel in a table of parts."""


@frozen
class BoardTable:
    """Rows under a heading."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    nothing: str
    """What is said where there is no row."""
    numbers: frozenset[int] = frozenset()
    """Columns that stand to the right."""


@frozen
class BoardChart:
    """Bars: for each of some labels, so many of each series."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[int | None]]
    """None for what is not counted."""
    lying: bool = False
    """From left to right, for labels that are long."""


@frozen
class Board:
    """A page."""

    language: str
    brand: str
    root: str
    """Where the dashboard begins."""
    title: str
    about: str
    menu: Sequence[tuple[str, str, bool]]
    """Address, label, and whether it is this page."""
    figures: Sequence[tuple[str, str]]
    chart: BoardChart | None
    tables: Sequence[BoardTable]
    lists: Sequence[tuple[str, str]]
    """Address and label of what can be taken away."""
    words: Mapping[str, str]
    """What stands around it, by place."""


def compose_board(shop: Shop, view: BoardView) -> Board:
    """A page in the language of whoever looks."""
    texts, page, root = Texts(view.insider.member.language), view.page, f"{shop.web_path}{ROOT}"
    return Board(
        language=texts.locale,
        brand=shop.brand(texts.language),
        root=root,
        title=texts.plain(f"dashboard.page.{page}"),
        about=texts.plain(f"dashboard.about.{page}"),
        menu=[
            (
                f"{root}/{each}" if each is not BoardPage.FUNNEL else root,
                texts.plain(f"dashboard.page.{each}"),
                each is page,
            )
            for each in BoardPage
        ],
        figures=_list_figures(texts, shop, view),
        chart=_compose_chart(texts, shop, view),
        tables=_list_tables(texts, shop, view),
        lists=_list_exports(view, root),
        words={
            "mark": view.mark,
            "leave": texts.plain("dashboard.leave"),
            "lists": texts.plain("dashboard.lists"),
            "skip": texts.plain("dashboard.skip"),
            "pages": texts.plain("dashboard.pages"),
            "moment": texts.plain("dashboard.moment", date=texts.moment(view.now, shop.zone)),
        },
    )


def _list_figures(texts: Texts, shop: Shop, view: BoardView) -> list[tuple[str, str]]:
    if view.desk is not None:
        return _list_desk(texts, view.desk)
    if view.figures is None:
        return []
    funnel, growth = view.figures.funnel, view.figures.growth
    few = texts.plain("dashboard.few")
    said = {
        "members": texts.number(funnel.members),
        "started": texts.number(funnel.started),
        "owed": shop.points(view.owed.points, texts.language),
    }
    if view.page is BoardPage.GROWTH:
        hours = view.figures.cycle_hours
        said = {
            "invitations": texts.number(growth.invitations_per_member, digits=2),
            "handed": texts.number(growth.handed_per_member, digits=2),
            "conversion": texts.number(growth.conversion, digits=2),
            "k": texts.number(growth.k, digits=2) if growth.tells else few,
            "cycle": texts.plain("dashboard.hours", count=hours) if hours is not None else few,
            **({} if view.asking is None else {"asking": say_effect(texts, view.asking) or few}),
        }
    return [(texts.plain(f"dashboard.figure.{name}"), value) for name, value in said.items()]


def _list_desk(texts: Texts, desk: DeskFigures) -> list[tuple[str, str]]:
    """How members are answered; medians of enough answers only."""
    spans = {"answer": desk.lately.answer_seconds, "solution": desk.lately.solved_seconds}
    few = texts.plain("dashboard.few")
    said = {
        "unclosed": texts.number(desk.open),
        "asked": texts.number(desk.lately.tickets),
        **{name: few if seconds is None else say_span(texts, seconds) for name, seconds in spans.items()},
    }
    return [(texts.plain(f"dashboard.figure.{name}"), value) for name, value in said.items()]


def _compose_chart(texts: Texts, shop: Shop, view: BoardView) -> BoardChart | None:
    title = texts.plain(f"dashboard.page.{view.page}")
    if view.page is BoardPage.FUNNEL and view.figures is not None:
        steps = compute_steps(view.figures.funnel)
        series = {texts.plain("dashboard.people"): [step.people for step in steps]}
        return BoardChart(
            title=title, labels=[_say_step(texts, step.name) for step in steps], series=series, lying=True
        )
    if view.weeks:
        weeks = {name: [getattr(each, name) for each in view.weeks.values()] for name in ("members", "started")}
        series = {_say_step(texts, name): counts for name, counts in weeks.items()}
        return BoardChart(title=title, labels=[_say_day(day) for day in view.weeks], series=series)
    if view.broadcasts:
        results: dict[str, list[int | None]] = {
            texts.plain("dashboard.column.sent"): [each.sent for each in view.broadcasts],
            texts.plain("dashboard.column.opened"): [each.opened for each in view.broadcasts],
        }
        labels = [_shorten(name_broadcast(texts, shop, each.broadcast)) for each in view.broadcasts]
        return BoardChart(title=title, labels=labels, series=results, lying=True)
    if any(part.started for part in view.parts.values()):
        most = [(key, part) for key, part in view.parts.items() if part.started][:10]
        series = {_say_step(texts, "started"): [part.started for _, part in most]}
        return BoardChart(
            title=title,
            labels=[_shorten(_name_part(texts, shop, view.page, key)) for key, _ in most],
            series=series,
            lying=True,
        )
    return None


def _list_tables(texts: Texts, shop: Shop, view: BoardView) -> list[BoardTable]:
    if view.page in LISTS:
        return [_compose_list(texts, shop, view)]
    if view.page is BoardPage.BROADCASTS:
        return [_compose_results(texts, shop, view)]
    if view.page in CUTS:
        part = texts.plain(f"dashboard.page.{view.page}")
        shown = {key: counts for key, counts in view.parts.items() if any(getattr(counts, name) for name in _SHOWN)}
        parts = [(_name_part(texts, shop, view.page, key), counts) for key, counts in shown.items()]
        return [_compose_parts(texts, part, parts)]
    weeks = [(_say_week(texts, day), counts) for day, counts in view.weeks.items()][::-1]
    by_week = _compose_parts(texts, texts.plain("dashboard.week"), weeks)
    return [_compose_steps(texts, view), by_week] if view.page is BoardPage.FUNNEL else [by_week]


def _compose_steps(texts: Texts, view: BoardView) -> BoardTable:
    steps = compute_steps(view.figures.funnel) if view.figures is not None else []
    rows = [
        [
            _say_step(texts, step.name),
            texts.number(step.people),
            ""
            if step.of == 0
            else f"{texts.number(100 * step.share)}%"
            if step.share is not None
            else texts.plain("dashboard.few"),
        ]
        for step in steps
    ]
    head = [texts.plain(f"dashboard.column.{name}") for name in ("step", "people", "share")]
    return BoardTable(
        nothing=texts.plain("dashboard.none"),
        caption=texts.plain("dashboard.page.funnel"),
        head=head,
        rows=rows,
        numbers=frozenset({1, 2}),
    )


def _compose_parts(texts: Texts, of: str, parts: Sequence[tuple[str, Funnel]]) -> BoardTable:
    rows = [[key, *(texts.number(getattr(counts, name)) for name in _SHOWN)] for key, counts in parts]
    head = [of, *(_say_step(texts, name) for name in _SHOWN)]
    return BoardTable(
        nothing=texts.plain("dashboard.none"), caption=of, head=head, rows=rows, numbers=frozenset(range(1, len(head)))
    )


def _compose_results(texts: Texts, shop: Shop, view: BoardView) -> BoardTable:
    """What came of each message to many; who opened a link only where that is counted."""
    rows = [
        [
            name_broadcast(texts, shop, each.broadcast),
            *("\u2013" if count is None else texts.number(count) for count in _list_result(each)),
            texts.moment(each.broadcast.started_at or each.broadcast.created_at, shop.zone),
            texts.plain(f"dashboard.state.{each.broadcast.state}"),
            texts.number(each.broadcast.id),
        ]
        for each in view.broadcasts
    ]
    names = ("words", "sent", "opened", "failed", "unknown", "occurred_at", "state", "id")
    return BoardTable(
        nothing=texts.plain("dashboard.none"),
        caption=texts.plain("dashboard.page.broadcasts"),
        head=[texts.plain(f"dashboard.column.{name}") for name in names],
        rows=rows,
        numbers=frozenset({1, 2, 3, 4, 7}),
    )


def _list_result(result: BroadcastResult) -> tuple[int | None, ...]:
    return result.sent, result.opened, result.failed, result.unknown


def _compose_list(texts: Texts, shop: Shop, view: BoardView) -> BoardTable:
    columns = LISTS[view.page].columns
    rows = [[_show(texts, shop, view.page, column, row) for column in columns] for row in view.rows]
    head = [texts.plain(f"dashboard.column.{column}") for column in columns]
    right = frozenset(at for at, name in enumerate(columns) if name in {"friends", "points", "amount"})
    return BoardTable(
        nothing=texts.plain("dashboard.none"),
        caption=texts.plain(f"dashboard.page.{view.page}"),
        head=head,
        rows=rows,
        numbers=right,
    )


def _show(texts: Texts, shop: Shop, page: BoardPage, column: str, row: Mapping[str, object]) -> str:
    if column == "name":
        name = join_name(str(row["first_name"] or ""), str(row["last_name"] or ""))
        return show_plain_name(texts, name, limit=_NAME_LIMIT) if name else texts.plain("dashboard.gone")
    if column == "amount":
        return _say_amount(texts, row["amount_minor"], str(row["currency"]))
    value = row[column]
    if isinstance(value, int):
        return texts.moment(value, shop.zone) if column.endswith("_at") else texts.number(value)
    if column == "state":
        return texts.plain(f"{'ticket' if page is BoardPage.TICKETS else 'dashboard'}.state.{value}")
    return "" if value is None else str(value)


def _say_amount(texts: Texts, minor: object, currency: str) -> str:
    digits = count_digits(currency)
    return f"{texts.number(minor / 10**digits, digits=digits)} {currency}" if isinstance(minor, int) else ""


def _say_step(texts: Texts, name: str) -> str:
    return texts.plain(f"dashboard.step.{name}")


def _say_week(texts: Texts, day: int) -> str:
    return texts.date(day * DAY, UTC)


def _say_day(day: int) -> str:
    """The month and the day, short enough to stand below bars."""
    return f"{datetime.fromtimestamp(day * DAY_SECONDS, UTC):%m-%d}"


def _name_part(texts: Texts, shop: Shop, page: BoardPage, key: str) -> str:
    """What people call a part; a source, a story or a language by its name, whatever else as it is."""
    if page is BoardPage.SOURCES:
        return name_origin(texts, key)
    if not key:
        return texts.plain("dashboard.unknown")
    if page is BoardPage.STORIES and shop.tells(key):
        return show_plain_name(texts, shop.story(texts.language, key).headline, limit=_NAME_LIMIT)
    return Texts(key).plain("locale.name") if page is BoardPage.LANGUAGES and key in LANGUAGES else key


def _shorten(label: str) -> str:
    """As much as stands beside a bar; a letter of Chinese is as wide as two."""
    width, kept = 0, ""
    for letter in label:
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > _LABEL_WIDTH:
            return f"{kept.rstrip()}…"
        kept += letter
    return kept


def _list_exports(view: BoardView, root: str) -> list[tuple[str, str]]:
    if not view.insider.may_export:
        return []
    names = ALONGSIDE[view.page]
    return [(f"{root}/lists/{name}.{form}", f"{name}.{form}") for name in names for form in ("csv", "jsonl")]
