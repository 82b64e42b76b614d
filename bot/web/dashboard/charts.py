"""Bars as SVG, drawn by pygal: no script in them, nothing loaded from elsewhere, in the colours of light and of dark."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from bot.messages.dashboard.viewing import BoardChart

sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
"""pygal looks for maps at every import of anything, in a way that Python has given up; no map is drawn here."""

_LIGHT = ("#b8391a", "#3b6ea5")
_DARK = ("#ff9670", "#8ab8ea")
_FONT_SIZE = 22
_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans SC", sans-serif'
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#2a1d16",
    foreground_strong="#2a1d16",
    foreground_subtle="#e8dccd",
    colors=_LIGHT,
    opacity=1,
    opacity_hover=1,
    transition="none",
    font_family=_FONT,
    label_font_size=_FONT_SIZE,
    major_label_font_size=_FONT_SIZE,
    legend_font_size=_FONT_SIZE,
    value_font_size=_FONT_SIZE,
    no_data_font_size=30,
)
_PAINT = "{} {{ fill: {} !important; }} {} {{ stroke: {} !important; }}"


def _compose_colours(ink: str, line: str, colours: tuple[str, ...]) -> str:
    """Rules for one scheme; pygal's own know of one alone."""
    rules = [_PAINT.format("text", ink, ".guides, .line, path", line)]
    rules += [f".bar .color-{at}, .color-{at} rect {{ fill: {each} !important; }}" for at, each in enumerate(colours)]
    rules += [f".color-{at} .rect, rect.color-{at} {{ fill: {each} !important; }}" for at, each in enumerate(colours)]
    return " ".join([*rules, ".text-overlay text { text-anchor: start !important; }"])


_RULES = "inline:{} @media (prefers-color-scheme: dark) {{ {} }}".format(
    _compose_colours("#2a1d16", "#e8dccd", _LIGHT), _compose_colours("#f6ece3", "#3a2e27", _DARK)
)
_WIDTH, _HEIGHT, _ROW = 720, 400, 50
_LEGEND = 100
_MOST_UPRIGHT = 6
"""Labels that have room side by side."""

_WIDE_EXTRA = 0.45
"""Of the font's size: how much wider than pygal thinks a Chinese character is."""


def draw_bars(chart: BoardChart) -> bytes:
    """A chart as a picture of its own; its figures stand in a table as well."""
    kind = pygal.HorizontalBar if chart.lying else pygal.Bar
    many = len(chart.series) > 1
    height = (_LEGEND if many else 0) + 60 + _ROW * len(chart.labels) * (1.5 if many else 1) if chart.lying else _HEIGHT
    bars = kind(
        style=_STYLE,
        js=[],
        css=["file://style.css", "file://graph.css", _RULES],
        width=_WIDTH,
        height=round(height),
        explicit_size=True,
        disable_xml_declaration=False,
        show_legend=many,
        legend_at_bottom=True,
        legend_at_bottom_columns=1 if chart.lying else None,
        truncate_legend=-1,
        print_values=chart.lying,
        print_values_position="top",
        margin=12,
        margin_right=12 + _find_room(chart) if chart.lying else 12,
        margin_left=12 + _find_extra(chart.labels) if chart.lying else 12,
        spacing=14,
        truncate_label=22,
        include_x_axis=True,
        show_x_labels=not chart.lying,  # of bars that lie these are the figures, which stand on the bars
        y_labels_major_count=5,
        show_minor_y_labels=chart.lying,
        show_y_guides=not chart.lying,
        show_x_guides=False,
        formatter=lambda value: f"{int(value):,}" if value is not None else "",
    )
    bars.add_xml_filter(_drop_scripts)
    order = -1 if chart.lying else 1
    every = max(1, len(chart.labels) // _MOST_UPRIGHT) if not chart.lying else 1
    bars.x_labels = [label if at % every == 0 else "" for at, label in enumerate(chart.labels)][::order]
    for name, counts in chart.series.items():
        bars.add(name, list(counts)[::order])
    picture: bytes = bars.render()
    return picture


def _drop_scripts(picture: Element) -> Element:
    """Leave out what only pygal's own script would read."""
    for parent in picture.iter():
        for child in [each for each in parent if str(each.tag).endswith("script")]:
            parent.remove(child)
    return picture


def _find_room(chart: BoardChart) -> int:
    """What the longest figure takes beside the longest bar."""
    longest = max((len(f"{count or 0:,}") for counts in chart.series.values() for count in counts), default=0)
    return round((longest + 1) * _FONT_SIZE * 0.6)


def _find_extra(labels: Sequence[str]) -> int:
    wide = max((sum(east_asian_width(letter) in "WF" for letter in label) for label in labels), default=0)
    return round(wide * _FONT_SIZE * _WIDE_EXTRA)
