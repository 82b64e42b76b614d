"""What the announce chat reads of friends: a member's step, the month; of each friend it reads in `notices`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.core.posters import Poster
from bot.messages.notices import Reader, Rendered, Renderers, each, measure, split
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import compose_join_keyboard
from bot.messages.texts import Html, show_name, show_plain_name
from bot.services.joining.notices import MonthAnnounced, StepAnnounced
from bot.services.notices import Owed

_LINE_COST = 40
"""What a line of the digest adds to the names in it."""

_POSTER_NAME_LIMIT = 24


def _render_month(reader: Reader, notice: MonthAnnounced) -> OutgoingMessage:
    """How many friends came by all together, and what they were given."""
    texts, shop = reader.texts, reader.shop
    brand = shop.brand(texts.language)
    text, below = texts.say("announce.month", count=notice.count, brand=brand), ""
    if notice.points:
        points = shop.points(notice.points, texts.language)
        text = Html(f"{text}\n\n{texts.say('announce.saved', points=points)}")
        below = texts.plain("poster.saved", points=points)
    headline = texts.plain("poster.month", count=notice.count)
    poster = Poster(brand=brand, sign=texts.number(notice.count), headline=headline, below=below)
    return _compose_post(reader, text, poster)


def _render_steps(reader: Reader, owed: Sequence[Owed[StepAnnounced]]) -> list[Rendered]:
    """A post with a picture for each member who got so far; in a digest one for all of them, as names allow."""
    rendered = []
    for digest_at, run in groupby(owed, key=lambda one: one.notice.digest_at):
        steps = list(run)
        if digest_at and len(steps) > 1:
            costs = (_LINE_COST + measure(reader.texts, _find_name(reader, one.notice)) for one in steps)
            rendered += [_render_many_steps(reader, chunk) for chunk in split(steps, costs)]
        else:
            rendered += [Rendered(messages=[_render_step(reader, one.notice)], owed=[one]) for one in steps]
    return rendered


def _render_step(reader: Reader, step: StepAnnounced) -> OutgoingMessage:
    texts, brand, name = reader.texts, reader.shop.brand(reader.texts.language), _find_name(reader, step)
    key = "announce.step" if name else "announce.step_nobody"
    text = texts.say(key, name=show_name(texts, name), count=step.friends, brand=brand)
    shown = show_plain_name(texts, name, limit=_POSTER_NAME_LIMIT)
    headline = texts.plain("poster.step" if name else "poster.step_nobody", count=step.friends, name=shown)
    return _compose_post(reader, text, _compose_offer(reader, step.friends, headline))


def _render_many_steps(reader: Reader, owed: Sequence[Owed[StepAnnounced]]) -> Rendered:
    texts, count = reader.texts, len(owed)
    lines = [_say_step(reader, one.notice) for one in sorted(owed, key=lambda one: -one.notice.friends)]
    text = Html("\n\n".join([texts.say("announce.steps", count=count), "\n".join(lines)]))
    poster = _compose_offer(reader, count, texts.plain("poster.steps", count=count))
    return Rendered(messages=[_compose_post(reader, text, poster)], owed=owed)


def _say_step(reader: Reader, step: StepAnnounced) -> Html:
    name = _find_name(reader, step)
    shown = show_name(reader.texts, name, first=True) if name else reader.texts.say("name.somebody")
    return reader.texts.say("announce.step_line", name=shown, count=step.friends)


def _find_name(reader: Reader, step: StepAnnounced) -> str:
    return reader.view.public_names.get(step.member, "")


def _compose_offer(reader: Reader, number: int, headline: str) -> Poster:
    """With what a friend gets who comes now."""
    shop, texts = reader.shop, reader.texts
    offer = shop.story(texts.language, None).offer
    return Poster(brand=shop.brand(texts.language), sign=texts.number(number), headline=headline, below=offer)


def _compose_post(reader: Reader, text: Html, poster: Poster) -> OutgoingMessage:
    keyboard = compose_join_keyboard(reader.texts.plain("button.join_too"), reader.shop.address)
    return OutgoingMessage(text=text, keyboard=keyboard, poster=poster)


NOTICES: Renderers = {
    StepAnnounced: _render_steps,
    MonthAnnounced: each(_render_month),
}
