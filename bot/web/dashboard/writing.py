"""A page of the dashboard put together in its template."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.dashboard.viewing import Board, BoardTable
from bot.web.templates import Markup, Templates


def write_board(templates: Templates, board: Board) -> str:
    """The whole page."""
    return templates.write(
        "dashboard",
        **board.words,
        language=board.language,
        brand=board.brand,
        title=board.title,
        about=board.about,
        action=f"{board.root}/leave",
        live=f"{board.root}/live",
        menu=_join(_write_link(templates, *each) for each in board.menu),
        figures=_write_figures(templates, board.figures),
        chart=_write_chart(templates, board),
        tables=_join(_write_table(templates, table) for table in board.tables),
        exports=_write_lists(templates, board),
    )


def _join(parts: object) -> Markup:
    return Markup("".join(parts))  # type: ignore[arg-type]


def _write_link(templates: Templates, address: str, label: str, here: bool) -> Markup:  # noqa: FBT001 -- as the menu has it
    current = Markup(' aria-current="page"') if here else Markup("")
    return templates.write("dashboard_link", address=address, label=label, current=current)


def _write_figures(templates: Templates, figures: Sequence[tuple[str, str]]) -> Markup:
    if not figures:
        return Markup("")
    shown = _join(templates.write("dashboard_figure", label=label, value=value) for label, value in figures)
    return templates.write("dashboard_figures", figures=shown)


def _write_chart(templates: Templates, board: Board) -> Markup:
    if board.chart is None:
        return Markup("")
    here = next(address for address, _, current in board.menu if current)
    name = here.removeprefix(board.root).removeprefix("/") or "funnel"
    return templates.write("dashboard_chart", source=f"{board.root}/charts/{name}", words=board.chart.title)


def _write_table(templates: Templates, table: BoardTable) -> Markup:
    def write_row(cells: Sequence[str], tag: str) -> Markup:
        return _join(_write_cell(templates, cell, tag, right=at in table.numbers) for at, cell in enumerate(cells))

    rows = _join(f"<tr>{write_row(row, 'cell')}</tr>" for row in table.rows)
    if not table.rows:
        rows = templates.write("dashboard_none", columns=str(len(table.head)), text=table.nothing)
    return templates.write("dashboard_table", caption=table.caption, head=write_row(table.head, "heading"), rows=rows)


def _write_cell(templates: Templates, cell: str, tag: str, *, right: bool) -> Markup:
    return templates.write(f"dashboard_{tag}", text=cell, side="right" if right else "left")


def _write_lists(templates: Templates, board: Board) -> Markup:
    if not board.lists:
        return Markup("")
    links = _join(
        templates.write("dashboard_link", address=each, label=label, current=Markup("")) for each, label in board.lists
    )
    return templates.write("dashboard_lists", label=board.words["lists"], links=links)
