"""How a campaign's cards look: what is chosen, and what can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from telegram import InlineKeyboardButton

from bot.core.campaigns.campaign import Campaign
from bot.core.looks import AUTO, FOCUSES, LAYOUTS, list_themes
from bot.messages.buttons import CAMPAIGN, CAMPAIGN_EDIT, CAMPAIGN_LOOK, LOOK_LIST, LOOK_SET
from bot.messages.campaigns_panel import back_row
from bot.messages.keyboards import Row, make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.services.campaigns.editing import EditorView
from storage.records import CampaignId

NONE = "none"
"""In a button's data: nothing of one's own."""
PALETTE = {
    "🟥": "#c0392b",
    "🟧": "#d9731a",
    "🟨": "#e0b020",
    "🟩": "#2e8b57",
    "🟦": "#2563a8",
    "🟪": "#6d3fa9",
    "🟫": "#7a4a2b",
    "⬛": "#2b2b2b",
}
"""Colours to tap, each by the sign that looks like it."""
_ROW = 2
_THEMES = {
    "sunrise": "look.theme.sunrise",
    "fiesta": "look.theme.fiesta",
    "lagoon": "look.theme.lagoon",
    "salon": "look.theme.salon",
    "gallery": "look.theme.gallery",
    "quiet": "look.theme.quiet",
    "lantern": "look.theme.lantern",
    AUTO: "look.auto",
}
_LAYOUTS = {
    "": "look.as_theme",
    "sunrise": "look.layout.sunrise",
    "bubble": "look.layout.bubble",
    "salon": "look.layout.salon",
    "photo": "look.layout.photo",
    "minimal": "look.layout.minimal",
    "festive": "look.layout.festive",
}
_PALETTES = {"main": "look.main_text", "accent": "look.accent_text"}
_FOCUSES = {"top": "look.focus.top", "middle": "look.focus.middle", "bottom": "look.focus.bottom"}


def render_look(texts: Texts, view: EditorView) -> OutgoingMessage:
    """What is chosen; each of it one tap away, and the first card to look at."""
    draft, number = view.draft, view.entry.id
    theme, layout, colours = say_theme(texts, draft.theme), _say_layout(texts, draft.layout), say_colours(texts, draft)
    said = [texts.say("look.text", theme=theme, layout=layout, colours=colours)]
    rows = [
        [make_button(texts, LOOK_LIST, number, "theme", label=texts.plain("look.theme_button", theme=theme))],
        [make_button(texts, LOOK_LIST, number, "layout", label=texts.plain("look.layout_button", layout=layout))],
        [make_button(texts, LOOK_LIST, number, "colours", label=texts.plain("look.colours_button", colours=colours))],
    ]
    if draft.photo:
        said.append(say_focus(texts, draft.focus))
        rows.append(focus_row(texts, draft.focus, lambda value: LOOK_SET.data(number, "focus", value)))
    rows.append([make_button(texts, CAMPAIGN_EDIT, number, "card", label=texts.plain("look.card"))])
    return OutgoingMessage(text=Html("\n\n".join(said)), keyboard=stack(*rows, back_row(texts, CAMPAIGN, number)))


def render_themes(texts: Texts, view: EditorView) -> OutgoingMessage:
    """The looks there are, the present one marked."""
    number, now = view.entry.id, view.draft.theme
    rows = [
        [make_button(texts, CAMPAIGN_LOOK, number, theme, label=_mark(say_theme(texts, theme), theme == now))]
        for theme in (*list_themes(), AUTO)
    ]
    return _compose(texts, texts.say("editor.theme_text"), rows, number)


def render_layouts(texts: Texts, view: EditorView) -> OutgoingMessage:
    """The compositions there are, the present one marked."""
    number, now = view.entry.id, view.draft.layout
    rows = [
        [
            make_button(
                texts, LOOK_SET, number, "layout", value or NONE, label=_mark(_say_layout(texts, value), value == now)
            )
        ]
        for value in ("", *LAYOUTS)
    ]
    return _compose(texts, texts.say("look.layouts_text"), rows, number)


def render_colours(texts: Texts, view: EditorView, said: Html | None = None) -> OutgoingMessage:
    """The colours, and where they can come from; `said` is what kept the last choice from being taken."""
    draft, number = view.draft, view.entry.id
    main = draft.main_colour or texts.plain("look.none")
    accent = draft.accent_colour or texts.plain("look.fitting")
    rows = [
        [make_button(texts, LOOK_LIST, number, "main", label=texts.plain("look.main_button", colour=main))],
        [make_button(texts, LOOK_LIST, number, "accent", label=texts.plain("look.accent_button", colour=accent))]
        if draft.main_colour
        else [],
        [make_button(texts, CAMPAIGN_LOOK, number, AUTO, label=_mark(texts.plain("look.auto"), draft.theme == AUTO))],
        [make_button(texts, LOOK_SET, number, "main", NONE, label=_begin(texts.plain("look.as_theme")))]
        if draft.main_colour
        else [],
    ]
    text = texts.say("look.colours_text", colours=say_colours(texts, draft))
    return _compose(texts, text if said is None else Html(f"{said}\n\n{text}"), rows, number)


def render_palette(texts: Texts, view: EditorView, field: str) -> OutgoingMessage:
    """Some colours to tap, and the way to type any other; `field` is `main` or `accent`."""
    number, now = view.entry.id, view.draft.main_colour if field == "main" else view.draft.accent_colour
    buttons = [
        make_button(
            texts, LOOK_SET, number, field, colour.removeprefix("#"), label=_mark(f"{sign} {colour}", colour == now)
        )
        for sign, colour in PALETTE.items()
    ]
    rows = [
        *(buttons[first : first + _ROW] for first in range(0, len(buttons), _ROW)),
        [make_button(texts, CAMPAIGN_EDIT, number, field, label=texts.plain("look.type"))],
        [make_button(texts, LOOK_SET, number, field, NONE, label=_begin(texts.plain("look.fitting")))]
        if field == "accent"
        else [],
    ]
    return _compose(texts, texts.say(_PALETTES[field]), rows, number)


def say_theme(texts: Texts, theme: str) -> str:
    """What a theme is called."""
    return texts.plain(_THEMES[theme]) if theme in _THEMES else theme


def say_colours(texts: Texts, draft: Campaign) -> str:
    """Where the colours come from."""
    if draft.accent_colour:
        return texts.plain("look.two", main=draft.main_colour, accent=draft.accent_colour)
    if draft.main_colour:
        return draft.main_colour
    return texts.plain("look.auto" if draft.theme == AUTO else "look.as_theme")


def say_focus(texts: Texts, focus: str) -> Html:
    """What of a tall picture shows."""
    return texts.say("look.shows", what=texts.plain(_FOCUSES.get(focus, "look.focus.matters")))


def focus_row(texts: Texts, focus: str, compose_data: Callable[[str], str]) -> Row:
    """What of a tall picture can show; a tap on what does leaves it to the card again."""
    return [
        InlineKeyboardButton(
            _mark(texts.plain(_FOCUSES[each]), each == focus),
            callback_data=compose_data(NONE if each == focus else each),
        )
        for each in FOCUSES
    ]


def _say_layout(texts: Texts, layout: str) -> str:
    return texts.plain(_LAYOUTS[layout])


def _mark(label: str, chosen: bool) -> str:  # noqa: FBT001 -- what is chosen is the whole question
    return f"✓ {_begin(label)}" if chosen else _begin(label)


def _begin(label: str) -> str:
    return f"{label[:1].upper()}{label[1:]}"


def _compose(texts: Texts, text: Html, rows: Iterable[Row], number: CampaignId) -> OutgoingMessage:
    back = [make_button(texts, CAMPAIGN_EDIT, number, "theme", label=texts.plain("admin.back"))]
    return OutgoingMessage(text=text, keyboard=stack(*rows, back))
