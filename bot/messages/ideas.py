"""Ideas: those of members, what the team makes of them, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.ideas import ANSWER_LIMIT, BEFORE, EACH_DAY, IDEA_LIMIT, Taking
from bot.messages.buttons import MENU, REWARDS
from bot.messages.keyboards import Row, make_button, page_row, say_page, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import PARTY, OutgoingMessage, Photo
from bot.messages.shop import Shop, compose_join_keyboard
from bot.messages.taking_part_buttons import (
    IDEA_LOOK,
    IDEA_MARK,
    IDEA_NEW,
    IDEA_NEXT,
    IDEA_PICTURE,
    IDEA_TELL,
    IDEA_WANT,
    IDEAS,
)
from bot.messages.texts import Html, Texts, show_listed_name, show_name
from bot.services.ideas.answering import IdeaView
from bot.services.ideas.ideas import IdeasView, Taken, TellingView
from bot.services.ideas.notices import IdeaAnnounced, IdeaAnswered, IdeaCame
from bot.services.members import MemberView
from storage.idea import IdeaId, IdeaRow, IdeaState, Telling

_NAME_LIMIT = 32
_QUOTE_LIMIT = 160
_STATES = {
    IdeaState.OPEN: "ideas.state.open",
    IdeaState.THANKED: "ideas.state.thanked",
    IdeaState.CONSIDERED: "ideas.state.considered",
    IdeaState.DECLINED: "ideas.state.declined",
    IdeaState.ADOPTED: "ideas.state.adopted",
}
_MARKS = {
    IdeaState.THANKED: "ideas.mark.thanked",
    IdeaState.CONSIDERED: "ideas.mark.considered",
    IdeaState.ADOPTED: "ideas.mark.adopted",
    IdeaState.DECLINED: "ideas.mark.declined",
}
_NEWS = {
    IdeaState.THANKED: "ideas.told.thanked",
    IdeaState.CONSIDERED: "ideas.told.considered",
    IdeaState.DECLINED: "ideas.told.declined",
    IdeaState.ADOPTED: "ideas.told.adopted",
}
_TELLINGS = {
    Telling.AGREED: "ideas.telling.agreed",
    Telling.REFUSED: "ideas.telling.refused",
    Telling.UNASKED: "ideas.gone",
}


def ask_idea(texts: Texts, shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """What could be better?"""
    brand = shop.brand(texts.language)
    return OutgoingMessage(text=texts.say("ideas.ask", brand=brand, limit=IDEA_LIMIT))


def ask_picture(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """A picture of it."""
    return OutgoingMessage(text=texts.say("ideas.ask_picture"))


def ask_answer(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """What was done, or why not?"""
    key = "ideas.ask_done" if data["state"] == IdeaState.ADOPTED else "ideas.ask_why"
    return OutgoingMessage(text=texts.say(key, limit=ANSWER_LIMIT))


def render_taken(texts: Texts, _shop: Shop, view: Taken) -> OutgoingMessage:
    """It has arrived; or that was enough for today."""
    if view.taking is Taking.MANY or view.idea_id is None:
        return OutgoingMessage(text=texts.say("ideas.many", count=EACH_DAY), keyboard=stack(tap_row(texts, IDEAS)))
    rows = [[make_button(texts, IDEA_PICTURE, view.idea_id)], tap_row(texts, IDEAS, MENU)]
    return OutgoingMessage(text=texts.say("ideas.taken"), keyboard=stack(*rows))


def render_pictured(texts: Texts, *, kept: bool) -> OutgoingMessage:
    """The picture is with it; or there is nothing any more that it could go with."""
    text = texts.say("ideas.pictured" if kept else "ideas.gone")
    return OutgoingMessage(text=text, keyboard=stack(tap_row(texts, IDEAS, MENU)))


def render_ideas(texts: Texts, shop: Shop, view: IdeasView) -> OutgoingMessage:
    """What was done, one's own, and a page of what others think of, each with one tap to want it too."""
    blocks = [texts.say("ideas.title", brand=shop.brand(texts.language))]
    adopted, own = [_say_done(texts, row) for row in view.adopted], [_say_own(texts, row) for row in view.own]
    others = [_say_open(texts, row) for row in view.others]
    for key, lines in (("ideas.done", adopted), ("ideas.own", own), ("ideas.others", others)):
        if lines:
            blocks.append(Html("\n".join([texts.say(key), *lines])))
    if not (adopted or own or others):
        blocks.append(texts.say("ideas.none"))
    blocks += say_page(texts, view.page, view.pages)
    rows = [_want_row(texts, view, row) for row in view.others]
    rows += [page_row(texts, IDEAS, view.page, view.pages), tap_row(texts, IDEA_NEW, MENU)]
    if view.waiting:
        label = texts.plain("ideas.waiting", count=view.waiting)
        rows.append([make_button(texts, IDEA_NEXT, 0, label=label)])
    return OutgoingMessage(text=Html("\n\n".join(blocks)), keyboard=stack(*rows))


def render_idea(texts: Texts, shop: Shop, view: IdeaView) -> OutgoingMessage:
    """An idea as the team sees it, with what can be made of it."""
    row = view.row
    if row is None:
        return OutgoingMessage(text=texts.say("ideas.nothing"), keyboard=stack(tap_row(texts, IDEAS)))
    author = show_listed_name(texts, view.author, limit=_NAME_LIMIT)
    blocks = [
        texts.say("ideas.of", name=author, date=texts.moment(row.made_at, shop.zone)),
        show_name(texts, row.text, limit=IDEA_LIMIT),
        Html("\n".join([_say_state(texts, row), *_say_supporters(texts, row)])),
    ]
    if view.late:
        blocks.insert(0, texts.say("ideas.late"))
    marks = [
        make_button(texts, IDEA_MARK, row.id, state, label=texts.plain(key))
        for state, key in _MARKS.items()
        if row.state in BEFORE[state]
    ]
    rows = [marks[:2], marks[2:], [make_button(texts, IDEA_NEXT, row.id)]]
    photo = Photo(file_id=row.photo) if row.photo else None
    return OutgoingMessage(text=Html("\n\n".join(blocks)), photo=photo, keyboard=stack(*rows))


def render_telling(texts: Texts, _shop: Shop, view: TellingView) -> OutgoingMessage:
    """All are told; or nobody is."""
    return OutgoingMessage(text=texts.say(_TELLINGS[view.telling]), keyboard=stack(tap_row(texts, IDEAS, MENU)))


def render_gone(texts: Texts, _member: MemberView) -> OutgoingMessage:
    """There is nothing to put a picture to."""
    return render_pictured(texts, kept=False)


def _say_done(texts: Texts, row: IdeaRow) -> Html:
    """By what was done; the words of whoever is forgotten went with them."""
    said = row.answer or row.text
    return texts.say("ideas.line", said=show_name(texts, said, limit=_QUOTE_LIMIT)) if said else texts.say("ideas.was")


def _say_own(texts: Texts, row: IdeaRow) -> Html:
    said = show_name(texts, row.text, limit=_QUOTE_LIMIT)
    return Html("\n".join([texts.say("ideas.line", said=said), _say_state(texts, row)]))


def _say_open(texts: Texts, row: IdeaRow) -> Html:
    said = show_name(texts, row.text, limit=_QUOTE_LIMIT)
    return texts.say("ideas.numbered", number=str(row.id), said=said)


def _say_state(texts: Texts, row: IdeaRow) -> Html:
    return texts.say(_STATES[row.state], answer=show_name(texts, row.answer, limit=ANSWER_LIMIT))


def _say_supporters(texts: Texts, row: IdeaRow) -> list[Html]:
    return [texts.say("ideas.supporters", count=row.supporters)] if row.supporters else []


def _want_row(texts: Texts, view: IdeasView, row: IdeaRow) -> Row:
    wanted = row.id in view.supported
    key = "ideas.wanted" if wanted else "ideas.want"
    label = texts.plain(key, number=str(row.id), count=row.supporters)
    return [make_button(texts, IDEA_WANT, row.id, int(not wanted), view.page, label=label)]


def _render_came(reader: Reader, notice: IdeaCame) -> OutgoingMessage:
    row = [make_button(reader.texts, IDEA_LOOK, notice.idea)]
    return OutgoingMessage(text=reader.texts.say("ideas.came"), keyboard=stack(row))


def _render_answered(reader: Reader, notice: IdeaAnswered) -> OutgoingMessage:
    texts, shop, adopted = reader.texts, reader.shop, notice.idea_state is IdeaState.ADOPTED
    text = texts.say(
        _NEWS[notice.idea_state],
        brand=shop.brand(texts.language),
        said=show_name(texts, notice.said, limit=_QUOTE_LIMIT),
        answer=show_name(texts, notice.answer, limit=ANSWER_LIMIT),
    )
    rows = [_tell_row(texts, IdeaId(notice.idea))] if notice.asks else []
    if adopted:
        rows.append(tap_row(texts, IDEAS, REWARDS))
        honour = [texts.say("ideas.honoured", brand=shop.brand(texts.language))] if notice.honoured else []
        asked = [texts.say("ideas.may_tell")] if notice.asks else []
        text = Html("\n\n".join([text, *honour, *asked]))
    else:
        rows.append(tap_row(texts, IDEAS))
    return OutgoingMessage(text=text, keyboard=stack(*rows), effect_id=PARTY if adopted else "")


def _tell_row(texts: Texts, idea_id: IdeaId) -> Row:
    return [
        make_button(texts, IDEA_TELL, idea_id, int(agreed), label=texts.plain(key))
        for agreed, key in ((True, "ideas.tell"), (False, "ideas.tell_not"))
    ]


def _render_announced(reader: Reader, notice: IdeaAnnounced) -> OutgoingMessage:
    texts, shop = reader.texts, reader.shop
    name = reader.view.public_names.get(notice.person, "")
    text = texts.say(
        "ideas.announced",
        name=show_listed_name(texts, name),
        answer=show_name(texts, notice.answer, limit=ANSWER_LIMIT),
        brand=shop.brand(texts.language),
    )
    return OutgoingMessage(text=text, keyboard=compose_join_keyboard(texts.plain("button.join_too"), shop.address))


NOTICES: Renderers = {
    IdeaCame: each(_render_came),
    IdeaAnswered: each(_render_answered),
    IdeaAnnounced: each(_render_announced),
}
