"""Ready sentences: all of them, one as members read it, and one filled in for somebody."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup

from bot.core.tickets import MOST_TEMPLATE_WORDS, fill_template
from bot.messages.buttons import FLOW_CANCEL
from bot.messages.campaigns_panel import name_language
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_plain_name
from bot.messages.tickets.buttons import (
    TEMPLATE,
    TEMPLATE_DROP,
    TEMPLATE_EDIT,
    TEMPLATE_NEW,
    TICKET,
    TICKET_FILL,
    TICKET_SEND,
    TICKETS,
)
from bot.messages.tickets.buttons import TEMPLATES as ALL
from bot.services.tickets.templates import WRITING, TemplatesView, TemplateView

_SHIPPED = {
    "thanks": ("template.thanks.name", "template.thanks.words"),
    "understood": ("template.understood.name", "template.understood.words"),
    "next": ("template.next.name", "template.next.words"),
    "solved": ("template.solved.name", "template.solved.words"),
}
"""What each is called, and what it says."""


def name_template(texts: Texts, name: str) -> str:
    """What the team calls it."""
    return texts.plain(_SHIPPED[name][0]) if name in _SHIPPED else name


def say_template(shop: Shop, view: TemplateView, language: str, reader: str) -> str:
    """Its words in a language, filled in for a reader, as plain text."""
    texts = Texts(language)
    own = view.own.get(language) or (next(iter(view.own.values()), "") if view.name not in _SHIPPED else "")
    called, brand = show_plain_name(texts, reader), shop.brand(language)
    hours = texts.plain("ticket.promise", count=view.hours)
    if own:
        return fill_template(own, name=called, shop=brand, hours=hours)
    return texts.plain(_SHIPPED[view.name][1], name=called, brand=brand, promise=hours)


def render_templates(texts: Texts, view: TemplatesView) -> OutgoingMessage:
    """All of them; under a ticket, what would be said to whoever asks."""
    ticket = view.ticket
    if ticket is not None:
        taps = [
            make_button(texts, TICKET_FILL, ticket.id, name, label=name_template(texts, name)) for name in view.names
        ]
        last = [make_button(texts, TICKET, ticket.id, label=texts.plain("button.back"))]
        text = texts.say("template.which", number=str(ticket.id))
    else:
        taps = [make_button(texts, TEMPLATE, name, label=name_template(texts, name)) for name in view.names]
        last = [*([make_button(texts, TEMPLATE_NEW)] if view.may_write else []), *tap_row(texts, TICKETS)]
        text = texts.say("template.all")
    rows = [taps[start : start + 2] for start in range(0, len(taps), 2)]
    return OutgoingMessage(text=text, keyboard=stack(*rows, last))


def render_template(texts: Texts, shop: Shop, view: TemplateView) -> OutgoingMessage:
    """One of them in every language of the shop."""
    lines = [Html(f"<b>{escape(name_template(texts, view.name))}</b>")]
    for language in view.languages:
        words = say_template(shop, view, language, texts.plain("template.somebody"))
        lines.append(Html(f"{escape(name_language(language))}\n<blockquote>{escape(words)}</blockquote>"))
    edits = [
        [
            make_button(
                texts,
                TEMPLATE_EDIT,
                view.name,
                language,
                label=texts.plain("template.change", language=name_language(language)),
            )
        ]
        for language in (view.languages if view.may_write else ())
    ]
    drop = [make_button(texts, TEMPLATE_DROP, view.name)] if view.may_write and view.own else []
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(*edits, drop, tap_row(texts, ALL)))


def render_filled(texts: Texts, shop: Shop, view: TemplateView, *, private: bool) -> OutgoingMessage:
    """One of them filled in: send it, or say something else; in the team's group by replying."""
    assert view.ticket is not None
    words = say_template(shop, view, view.reader_language, view.reader)
    text = texts.say("template.filled" if private else "template.filled_here", name=show_plain_name(texts, view.reader))
    send = [make_button(texts, TICKET_SEND, view.ticket.id, view.name)]
    back = [make_button(texts, TICKET, view.ticket.id, label=texts.plain("button.back"))]
    return OutgoingMessage(text=Html(f"<blockquote>{escape(words)}</blockquote>\n{text}"), keyboard=stack(send, back))


def render_ask_name(texts: Texts) -> OutgoingMessage:
    """What is it to be called?"""
    return OutgoingMessage(text=texts.say("template.ask_name"), keyboard=_cancel(texts))


def render_ask_words(texts: Texts, name: str, language: str) -> OutgoingMessage:
    """What is to be said?"""
    text = texts.say(
        "template.ask_words",
        name=name_template(texts, name),
        language=name_language(language),
        placeholders="{name}, {shop}, {hours}",
        count=MOST_TEMPLATE_WORDS,
    )
    return OutgoingMessage(text=text, keyboard=_cancel(texts))


def render_bad_name(texts: Texts) -> OutgoingMessage:
    """A name that no button can carry."""
    return OutgoingMessage(text=texts.say("template.bad_name"), keyboard=_cancel(texts))


def render_full(texts: Texts) -> OutgoingMessage:
    """There are enough of them."""
    return OutgoingMessage(text=texts.say("template.full"), keyboard=stack(tap_row(texts, ALL)))


def _cancel(texts: Texts) -> InlineKeyboardMarkup:
    return stack([make_button(texts, FLOW_CANCEL, WRITING)])
