"""Labels of members: all of them, those of one member, and the code that goes with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.labels import LABELS_EACH, Labelling
from bot.messages.buttons import LABEL, LABELLED, LABELS, MEMBER, NEW_LABEL, OWN_CODE
from bot.messages.keyboards import make_button, send_row, stack
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.spoken import REFUSALS
from bot.messages.texts import Html, Texts, escape, show_name
from bot.services.labels import CodeGiven, LabelList, LabelsView

_NAME_LIMIT = 32


def render_labels(texts: Texts, _shop: Shop, view: LabelsView) -> OutgoingMessage:
    """A member's labels, each with a tap away or on, and the code."""
    if view.outcome is Labelling.NOBODY:
        return OutgoingMessage(text=texts.say("labels.nobody"))
    lines = [
        texts.say("labels.of", name=show_name(texts, view.name, first=True, limit=_NAME_LIMIT)),
        _say_own(texts, view),
    ]
    if view.code:
        lines.append(texts.say("labels.code", code=view.code.upper()))
    if view.outcome is Labelling.MANY:
        lines.append(texts.say("labels.many", count=LABELS_EACH))
    shown = dict.fromkeys([*view.own, *view.known])
    rows = [
        [make_button(texts, LABEL, view.person_id, int(label not in view.own), label, label=_mark(texts, label, view))]
        for label in shown
    ]
    rows.append([make_button(texts, NEW_LABEL, view.person_id)])
    if view.own:
        rows.append([make_button(texts, OWN_CODE, view.person_id)])
    rows.append([make_button(texts, MEMBER, view.person_id, label=texts.plain("labels.back"))])
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(*rows))


def render_list(texts: Texts, _shop: Shop, view: LabelList) -> OutgoingMessage:
    """All labels with how many have them; or the members of one."""
    if view.label:
        title = texts.say("labels.with", label=view.label, count=view.counts.get(view.label, 0))
        nameless = texts.plain("find.nameless")
        rows = [[make_button(texts, MEMBER, number, label=name or nameless)] for number, name in view.people.items()]
        return OutgoingMessage(text=title, keyboard=stack(*rows, [make_button(texts, LABELS)]))
    how = texts.say("labels.how", example="/label @anna ambassador", gone="/label @anna -ambassador")
    if not view.counts:
        return OutgoingMessage(text=Html(f"{texts.say('labels.none')}\n\n{how}"))
    rows = [
        [make_button(texts, LABELLED, label, label=texts.plain("labels.counted", label=label, count=count))]
        for label, count in view.counts.items()
    ]
    return OutgoingMessage(text=Html(f"{texts.say('labels.title')}\n\n{how}"), keyboard=stack(*rows))


def ask_label(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """Which?"""
    name = show_name(texts, str(data["name"]), limit=_NAME_LIMIT)
    return OutgoingMessage(text=texts.say("labels.ask", name=name))


def ask_code(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """Which code?"""
    name = show_name(texts, str(data["name"]), limit=_NAME_LIMIT)
    asked = texts.say("labels.ask_code", name=name)
    refused = str(data.get("refused", ""))
    return OutgoingMessage(text=Html(f"{texts.say(refused)}\n\n{asked}") if refused in REFUSALS.values() else asked)


def _say_own(texts: Texts, view: LabelsView) -> Html:
    if not view.own:
        return texts.say("labels.has_none")
    return texts.say("labels.own", list=texts.join([escape(label) for label in view.own]))


def _mark(texts: Texts, label: str, view: LabelsView) -> str:
    return texts.plain("labels.on" if label in view.own else "labels.off", label=label)


def _render_code(reader: Reader, notice: CodeGiven) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    text = texts.say(
        "labels.told_code",
        brand=shop.brand(texts.language),
        code=notice.code.upper(),
        link=shop.own_link(notice.code),
    )
    return OutgoingMessage(text=text, keyboard=stack(send_row(texts, shop, reader.member.code)))


NOTICES: Renderers = {CodeGiven: each(_render_code)}
