"""Whom the shop writes to: what was kept, one segment with what each step takes away, and how it is put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import InlineKeyboardButton

from bot.core.segments.conditions import KINDS, NAME_LIMIT, list_steps
from bot.core.segments.resolving import compute_removals
from bot.core.segments.writing import SegmentMistake, Why
from bot.messages.broadcasts.buttons import BROADCAST_PANEL
from bot.messages.keyboards import Row, make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.segments.buttons import (
    SEGMENT,
    SEGMENT_CHOOSE,
    SEGMENT_DELETE,
    SEGMENT_EVERYBODY,
    SEGMENT_JOIN,
    SEGMENT_KIND,
    SEGMENT_LIST,
    SEGMENT_NAME,
    SEGMENT_NEW,
    SEGMENT_NO_LIST,
    SEGMENT_OPEN,
    SEGMENT_REWRITE,
    SEGMENT_VALUE,
    SEGMENTS,
)
from bot.messages.segments.words import KINDS as KIND_TEXTS
from bot.messages.segments.words import Words, say_condition, say_segment
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape
from bot.services.segments.composing import Place, SegmentList, SegmentView
from bot.services.segments.lists import Listed
from bot.services.segments.offering import Values

EXAMPLE = "language:id and friends>=3 and not label:staff"

_WHY = {
    Why.EMPTY: "segments.mistake.empty",
    Why.LONG: "segments.mistake.long",
    Why.NAME: "segments.mistake.name",
    Why.HOW: "segments.mistake.how",
    Why.VALUE: "segments.mistake.value",
    Why.MISSING: "segments.mistake.missing",
    Why.JOIN: "segments.mistake.join",
    Why.OPEN: "segments.mistake.open",
    Why.CLOSED: "segments.mistake.closed",
    Why.MANY: "segments.mistake.many",
    Why.DEEP: "segments.mistake.deep",
    Why.NOBODY: "segments.mistake.nobody",
}
_JOINS = {"and": "segments.join.and", "or": "segments.join.or", "not": "segments.join.not"}
_SHOWN_AROUND = 40
"""Characters of what was typed that are shown on each side of a mistake."""


def render_segments(texts: Texts, view: SegmentList) -> OutgoingMessage:
    """What was kept, each with how many it means; for a draft, everybody as well."""
    rows = [[_make_segment(texts, view, place)] for place in range(len(view.rows))]
    new = make_button(texts, SEGMENT_NEW, view.broadcast_id)
    if view.broadcast_id:
        everybody = texts.plain("segments.everybody", count=view.everybody)
        back = make_button(texts, BROADCAST_PANEL, view.broadcast_id)
        rows = [[make_button(texts, SEGMENT_EVERYBODY, view.broadcast_id, label=everybody)], *rows, [new], [back]]
        return OutgoingMessage(text=texts.say("segments.whom_title"), keyboard=stack(*rows))
    rows += [[new], [make_button(texts, SEGMENT_LIST)]]
    rows += [
        [make_button(texts, SEGMENT_NO_LIST, name, label=_label_list(texts, name, n))] for name, n in view.lists.items()
    ]
    title = texts.say("segments.title" if view.rows else "segments.none_yet")
    return OutgoingMessage(text=Html(f"{title}\n\n{texts.say('segments.how', example=EXAMPLE)}"), keyboard=stack(*rows))


def _make_segment(texts: Texts, view: SegmentList, place: int) -> InlineKeyboardButton:
    row = view.rows[place]
    label = texts.plain("segments.counted", name=row.name, count=view.counts[place]) if view.counts else row.name
    return make_button(texts, SEGMENT, row.id, view.broadcast_id, label=label)


def _label_list(texts: Texts, name: str, count: int) -> str:
    return texts.plain("segments.drop_list", name=name, count=count)


def render_segment(texts: Texts, view: SegmentView) -> OutgoingMessage:
    """Its words, what each step takes away, and what can be done with it."""
    place = view.place
    if view.segment is None:
        return render_kinds(texts, place.broadcast_id, first=True)
    words = Words(texts=texts, tiers=view.names)
    title = [Html(f"<b>{escape(view.name)}</b>")] if view.name else []
    said = escape(say_segment(words, view.segment))
    lines = [*title, said, Html(f"<code>{escape(place.written)}</code>"), Html(""), *_say_steps(words, view)]
    if view.taken:
        lines += [Html(""), texts.say("segments.taken")]
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(*_list_actions(texts, view)))


def _say_steps(words: Words, view: SegmentView) -> list[Html]:
    """All members, what each step takes away, who is left."""
    assert view.segment is not None
    texts, steps = words.texts, list_steps(view.segment)
    lines = [texts.say("segments.step.all", count=view.counts[0])]
    for step, gone in zip(steps, compute_removals(view.counts), strict=True):
        lines.append(texts.say("segments.step.gone", part=say_segment(words, step), gone=-gone))
    return [*lines, texts.say("segments.step.left", count=view.counts[-1])]


def _list_actions(texts: Texts, view: SegmentView) -> list[Row]:
    place = view.place
    joins = [make_button(texts, SEGMENT_JOIN, name, label=texts.plain(key)) for name, key in _JOINS.items()]
    rows: list[Row] = []
    if place.broadcast_id and view.counts[-1]:
        label = texts.plain("segments.choose", count=view.counts[-1])
        rows.append([make_button(texts, SEGMENT_CHOOSE, place.broadcast_id, label=label)])
    label = texts.plain("segments.rename" if view.name else "segments.save")
    rows += [joins, [make_button(texts, SEGMENT_NAME, label=label)]]
    if view.changed:
        rows.append([make_button(texts, SEGMENT_REWRITE)])
    if place.segment_id and not place.broadcast_id:
        rows.append([make_button(texts, SEGMENT_DELETE, place.segment_id)])
    return [*rows, [_make_way_back(texts, place)]]


def _make_way_back(texts: Texts, place: Place) -> InlineKeyboardButton:
    if place.broadcast_id:
        return make_button(texts, BROADCAST_PANEL, place.broadcast_id)
    return make_button(texts, SEGMENTS)


def render_kinds(texts: Texts, broadcast_id: int = 0, *, first: bool = False) -> OutgoingMessage:
    """Which condition? Any can be typed as well."""
    picks = [make_button(texts, SEGMENT_KIND, kind, label=texts.plain(KIND_TEXTS[kind])) for kind in KINDS]
    rows = [picks[place : place + 2] for place in range(0, len(picks), 2)]
    back = _make_way_back(texts, Place(broadcast_id=broadcast_id)) if first else make_button(texts, SEGMENT_OPEN)
    return OutgoingMessage(text=texts.say("segments.pick", example=EXAMPLE), keyboard=stack(*rows, [back]))


def render_values(texts: Texts, values: Values) -> OutgoingMessage:
    """What can stand behind it."""
    words = Words(texts=texts, tiers=values.names)
    rows = [
        [
            make_button(
                texts,
                SEGMENT_VALUE,
                each.name,
                each.how.name.lower(),
                each.value or "x",
                label=say_condition(words, each),
            )
        ]
        for each in values.offered
        if len(each.value) <= 34
    ]
    key = "segments.pick_value" if rows else "segments.no_values"
    text = texts.say(key, kind=texts.plain(KIND_TEXTS[values.kind]), example=KINDS[values.kind].example)
    return OutgoingMessage(text=text, keyboard=stack(*rows, [make_button(texts, SEGMENT_OPEN)]))


def render_mistake(texts: Texts, mistake: SegmentMistake) -> OutgoingMessage:
    """Where what was typed cannot be read, why, and what could stand there."""
    lines = [texts.say(_WHY[mistake.why], word=mistake.word[:_SHOWN_AROUND])]
    if mistake.why not in {Why.EMPTY, Why.LONG, Why.MANY}:
        lines.append(_point_at(mistake))
    if mistake.hint:
        lines.append(texts.say("segments.mistake.hint", hint=mistake.hint))
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack([make_button(texts, SEGMENT_OPEN)]))


def _point_at(mistake: SegmentMistake) -> Html:
    before = mistake.text[: mistake.start][-_SHOWN_AROUND:]
    after = mistake.text[mistake.end :][:_SHOWN_AROUND]
    word = f"<u>{escape(mistake.word[:_SHOWN_AROUND])}</u>" if mistake.word else "<u>…</u>"
    return Html(f"{escape(before)}{word}{escape(after)}")


def ask_name(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """By which name shall it be kept?"""
    text = texts.say("segments.ask_name", limit=NAME_LIMIT)
    if data.get("taken"):
        text = Html(f"{texts.say('segments.taken')}\n\n{text}")
    return OutgoingMessage(text=text, keyboard=stack([make_button(texts, SEGMENT_OPEN)]))


def render_ask_list(texts: Texts) -> OutgoingMessage:
    """Asks for a list of people."""
    return OutgoingMessage(text=texts.say("segments.ask_list"), keyboard=stack([make_button(texts, SEGMENTS)]))


def render_listed(texts: Texts, listed: Listed) -> OutgoingMessage:
    """What came of a list: who was found, and which lines nobody is known by."""
    lines = [texts.say("segments.listed", name=listed.name, count=listed.found)]
    if listed.unknown:
        lines += [Html(""), texts.say("segments.unlisted", count=len(listed.unknown) + listed.more)]
        lines += [_say_line(*each) for each in listed.unknown]
        lines += [Html("…")] if listed.more else []
    lines += [Html(""), texts.say("segments.list_said", written=f"list:{listed.name}")] if listed.found else []
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack([make_button(texts, SEGMENTS)]))


def _say_line(number: int, said: str) -> Html:
    return Html(f"{number}. {escape(said)}")


def render_list_mistake(texts: Texts, key: str) -> OutgoingMessage:
    """Why a document is no list."""
    return OutgoingMessage(text=texts.say(key), keyboard=stack([make_button(texts, SEGMENTS)]))


def render_gone(texts: Texts) -> OutgoingMessage:
    """It was deleted, or the message it was for is under way."""
    return OutgoingMessage(text=texts.say("segments.gone"), keyboard=stack([make_button(texts, SEGMENTS)]))
