"""Below a message to all as members will see it: what happens with a tap, and what can be set before."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton

from bot.core.broadcasts.content import (
    FIRST,
    LABEL_LIMIT,
    MOST_BUTTONS,
    BroadcastContent,
    ButtonFault,
    ButtonMistake,
    Kind,
    list_links,
    read_content,
)
from bot.core.languages import LANGUAGES
from bot.core.segments.writing import parse_segment
from bot.messages.broadcasts.buttons import (
    BROADCAST_BUTTONS,
    BROADCAST_COUNT,
    BROADCAST_DROP,
    BROADCAST_LANGUAGES,
    BROADCAST_NO_BUTTONS,
    BROADCAST_PANEL,
    BROADCAST_SAMPLE,
    BROADCAST_SHARE,
    BROADCAST_TEST,
    BROADCAST_TO_ME,
    BROADCAST_TO_TEAM,
    BROADCAST_VERSION,
    BROADCAST_WHEN,
)
from bot.messages.broadcasts.fare import count_going
from bot.messages.broadcasts.when import say_plan
from bot.messages.buttons import BROADCAST_CANCEL, Button
from bot.messages.campaigns_panel import name_language
from bot.messages.keyboards import Row, broadcast_row, confirm_row, make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.segments.buttons import BROADCAST_WHOM
from bot.messages.segments.words import Words, say_segment
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.broadcasts.authoring import BroadcastView

_FAULTS = {
    ButtonFault.NO_ADDRESS: "broadcast.buttons.no_address",
    ButtonFault.NO_LABEL: "broadcast.buttons.no_label",
    ButtonFault.BAD_ADDRESS: "broadcast.buttons.bad_address",
    ButtonFault.LONG_LABEL: "broadcast.buttons.long_label",
    ButtonFault.TOO_MANY: "broadcast.buttons.too_many",
}


def render_panel(texts: Texts, shop: Shop, view: BroadcastView) -> OutgoingMessage:
    """Under the message as members will see it: one tap sends it."""
    content, number = read_content(view.broadcast.content), view.broadcast.id
    cancel = broadcast_row(texts, number, [BROADCAST_CANCEL])
    whom = broadcast_row(texts, number, [BROADCAST_WHOM])
    if not view.total:
        nobody = [texts.say("broadcast.nobody"), *_say_whom(texts, shop, view)]
        return OutgoingMessage(text=Html("\n\n".join(nobody)), keyboard=stack(whom, cancel))
    planned = Html("\n".join(say_plan(texts, view)))
    said = [*_say_whom(texts, shop, view), *_say_what_happens(texts, content)]
    lines = [texts.say("broadcast.preview", count=count_going(view)), *said, planned]
    keyboard = stack(
        confirm_row(texts, number, view.total),
        broadcast_row(texts, number, [BROADCAST_LANGUAGES, BROADCAST_BUTTONS, BROADCAST_TEST]),
        _switch_row(texts, shop, number, content),
        whom,
        broadcast_row(texts, number, [BROADCAST_WHEN]),
        cancel,
    )
    return OutgoingMessage(text=Html("\n\n".join(lines)), keyboard=keyboard)


def _say_whom(texts: Texts, shop: Shop, view: BroadcastView) -> list[Html]:
    """Which members are meant; nothing where all are."""
    if view.broadcast.segment is None:
        return []
    tiers = {tier.key: tier.name.get(texts.language, tier.key) for tier in shop.campaign.tiers}
    said = say_segment(Words(texts=texts, tiers=tiers), parse_segment(view.broadcast.segment))
    return [texts.say("segments.only", segment=said)]


def _say_what_happens(texts: Texts, content: BroadcastContent) -> list[Html]:
    """What the message above does not show."""
    kinds = {version.kind for version in content.versions.values()}
    others = [Html(name_language(language)) for language in content.versions if language != FIRST]
    has_buttons = content.shares or content.buttons
    return [
        *([texts.say("broadcast.panel.also", languages=texts.join(others))] if others else []),
        *([texts.say("broadcast.panel.poll")] if Kind.POLL in kinds else []),
        *([texts.say("broadcast.panel.album")] if Kind.ALBUM in kinds and has_buttons else []),
        *([texts.say("broadcast.panel.counted")] if content.counts else []),
    ]


def _switch_row(texts: Texts, shop: Shop, number: int, content: BroadcastContent) -> Row:
    can_count = shop.has_public_web and list_links(content)
    return [
        _make_switch(texts, BROADCAST_SHARE, number, is_on=content.shares),
        *([_make_switch(texts, BROADCAST_COUNT, number, is_on=content.counts)] if can_count else []),
    ]


def _make_switch(texts: Texts, button: Button, number: int, *, is_on: bool) -> InlineKeyboardButton:
    label = f"{'✓' if is_on else '✗'} {texts.plain(button.label)}"
    return make_button(texts, button, number, int(not is_on), label=label)


def render_languages(texts: Texts, shop: Shop, view: BroadcastView) -> OutgoingMessage:
    """Which languages there is a version in, and which can get one."""
    versions, number = read_content(view.broadcast.content).versions, view.broadcast.id
    rows = [
        [
            make_button(
                texts,
                BROADCAST_DROP,
                number,
                language,
                label=f"✓ {name_language(language)} · {texts.plain('broadcast.languages.drop')}",
            )
            if language in versions
            else make_button(texts, BROADCAST_VERSION, number, language, label=f"+ {name_language(language)}")
        ]
        for language in dict.fromkeys([*shop.campaign.languages, *LANGUAGES])
    ]
    return OutgoingMessage(
        text=texts.say("broadcast.languages.title"),
        keyboard=stack(*rows, broadcast_row(texts, number, [BROADCAST_PANEL])),
    )


def render_ask_version(texts: Texts, view: BroadcastView, language: str) -> OutgoingMessage:
    """Asks for the message in one more language."""
    text = texts.say("broadcast.languages.ask", language=name_language(language))
    return OutgoingMessage(text=text, keyboard=stack(broadcast_row(texts, view.broadcast.id, [BROADCAST_PANEL])))


def render_ask_buttons(texts: Texts, view: BroadcastView, mistake: ButtonMistake | None = None) -> OutgoingMessage:
    """Asks for buttons by lines; after lines that are none, which and why."""
    number, content = view.broadcast.id, read_content(view.broadcast.content)
    none = [BROADCAST_NO_BUTTONS] if content.buttons else []
    rows = [broadcast_row(texts, number, [button]) for button in (*none, BROADCAST_PANEL)]
    return OutgoingMessage(text=say_ask_buttons(texts, mistake), keyboard=stack(*rows))


def say_ask_buttons(texts: Texts, mistake: ButtonMistake | None) -> Html:
    """How buttons are written, and what is wrong with the lines that came."""
    asked = texts.say("broadcast.buttons.ask")
    return asked if mistake is None else Html(f"{_say_mistake(texts, mistake)}\n\n{asked}")


def _say_mistake(texts: Texts, mistake: ButtonMistake) -> Html:
    key, limit = _FAULTS[mistake.fault], LABEL_LIMIT if mistake.fault is ButtonFault.LONG_LABEL else MOST_BUTTONS
    return texts.say(key, line=mistake.line, said=mistake.said[:100], limit=limit)


def render_test(texts: Texts, view: BroadcastView, team: int) -> OutgoingMessage:
    """Whom it can go to first."""
    number = view.broadcast.id
    to_team = make_button(texts, BROADCAST_TO_TEAM, number, label=texts.plain("broadcast.panel.to_team", count=team))
    rows: Sequence[Row] = [
        [make_button(texts, BROADCAST_TO_ME, number)],
        [to_team] if team > 1 else [],
        [make_button(texts, BROADCAST_SAMPLE, number)] if view.total > 1 else [],
        [make_button(texts, BROADCAST_PANEL, number)],
    ]
    return OutgoingMessage(text=texts.say("broadcast.test.title"), keyboard=stack(*rows))


def render_tested(texts: Texts, sent: int, of: int) -> OutgoingMessage:
    """How many of the team have it now."""
    return OutgoingMessage(text=texts.say("broadcast.test.sent", sent=sent, count=of))
