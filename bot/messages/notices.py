"""What the bot owes somebody, as messages: one renderer a kind, and many of a kind merged into few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from telegram import InlineKeyboardMarkup

from bot.messages.buttons import INVITES, REWARDS
from bot.messages.claiming import render_told
from bot.messages.community import render_admin_warning
from bot.messages.joining.refusals import render_sorry
from bot.messages.joining.revoked import render_friend_revoked, render_gift_revoked
from bot.messages.joining.welcome import render_welcome, render_welcome_invited, render_welcome_waiting
from bot.messages.keyboards import compose_join_keyboard, send_row, stack, tap_row
from bot.messages.naming import show_name, show_plain_name
from bot.messages.outgoing import OutgoingMessage
from bot.messages.reminding import render_nudge, render_reminder
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.notices import NoticeView
from storage.records import NoticeId, NoticeKind

_ROOM = 3400
"""UTF-16 units for names in one message. Telegram counts 4,096 code points; what stands around them is under 600."""

_LINE_COST = 40
"""What a line of the digest adds to the names in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message, and the notices that are settled when it has been sent."""

    text: str
    keyboard: InlineKeyboardMarkup | None
    notice_ids: tuple[NoticeId, ...]


Renderer = Callable[[Texts, Shop, list[NoticeView]], list[Part]]


def render_notices(texts: Texts, shop: Shop, views: Sequence[NoticeView]) -> list[Part]:
    """The messages for one recipient's notices, in order; neighbours of a kind that can merge do.

    `texts` speaks the recipient's language, for the announce chat the one the shop chose for it.
    """
    runs = groupby(views, key=lambda view: view.kind)
    return [part for kind, run in runs for part in _RENDERERS[kind](texts, shop, list(run))]


def _render_welcomes(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:
    return [
        _part(
            render_welcome(
                texts,
                shop,
                name=view.name,
                code=view.code,
                unknown_code=view.unknown_code,
                from_inline=view.from_inline,
                asks=view.asks,
            ),
            view,
        )
        for view in views
    ]


def _render_invited(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:
    return [
        _part(
            render_welcome_invited(
                texts, shop, name=view.name, code=view.code, inviter=view.friend, points=view.points
            ),
            view,
        )
        for view in views
    ]


def _render_waiting(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:
    return [
        _part(
            render_welcome_waiting(
                texts, shop, name=view.name, code=view.code, inviter=view.friend, points=view.points
            ),
            view,
        )
        for view in views
    ]


def _render_qualified(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:
    return [_part(_show_qualified(texts, shop, view), view) for view in views]


def _show_qualified(texts: Texts, shop: Shop, view: NoticeView) -> OutgoingMessage:
    points, inviter = shop.points(view.points, texts.language), show_name(texts, view.friend, first=True)
    text = texts.say("waiting.over", points=points, balance=view.balance, inviter=inviter)
    return OutgoingMessage(text=text, keyboard=stack(send_row(texts, shop, view.code), tap_row(texts, REWARDS)))


def _render_sorry(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:  # noqa: ARG001 -- one shape for all
    return [_part(render_sorry(texts), view) for view in views]


def _render_warnings(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:  # noqa: ARG001 -- likewise
    return [
        _part(render_admin_warning(texts, warning=view.warning, chat=view.chat, number=view.number), view)
        for view in views
    ]


def _render_each(render: Callable[[Texts, Shop, NoticeView], OutgoingMessage]) -> Renderer:
    """A message each: they carry a button of their own, or are rare."""
    return lambda texts, shop, views: [_part(render(texts, shop, view), view) for view in views]


def _render_friends(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:
    """Who came by me, all named, with the sum of what they brought."""
    keyboard = stack(send_row(texts, shop, views[0].code), tap_row(texts, INVITES, REWARDS))
    costs = (_measure(texts, view.friend) for view in views)
    return [
        _part(OutgoingMessage(text=_say_friends(texts, shop, chunk, views[-1].balance), keyboard=keyboard), *chunk)
        for chunk in _split(views, costs)
    ]


def _say_friends(texts: Texts, shop: Shop, views: list[NoticeView], balance: int) -> Html:
    points = shop.points(sum(view.points for view in views), texts.language)
    names = [show_name(texts, view.friend, first=place == 0) for place, view in enumerate(views)]
    if views[0].kind is NoticeKind.FRIEND_WAITING:
        return _say_waiting(texts, names, points)
    if len(names) == 1:
        return texts.say("friend_joined.alone", friend=names[0], points=points, balance=balance)
    return texts.say("friend_joined.many", count=len(names), names=texts.join(names), points=points, balance=balance)


def _say_waiting(texts: Texts, names: list[Html], points: str) -> Html:
    if len(names) == 1:
        return texts.say("waiting.friend", friend=names[0], points=points)
    return texts.say("waiting.friends", count=len(names), names=texts.join(names), points=points)


def _render_announcements(texts: Texts, shop: Shop, views: list[NoticeView]) -> list[Part]:
    """The channel's post, or its digest: inviter by inviter, with the friends each brought."""
    keyboard = compose_join_keyboard(texts.plain("button.join_too"), shop.address)
    places = {view.inviter: place for place, view in reversed(list(enumerate(views)))}
    ordered = sorted(views, key=lambda view: places[view.inviter])
    return [
        _part(OutgoingMessage(text=_say_announcement(texts, shop, chunk), keyboard=keyboard), *chunk)
        for chunk in _split(ordered, _measure_lines(texts, ordered))
    ]


def _say_announcement(texts: Texts, shop: Shop, views: list[NoticeView]) -> Html:
    brand = shop.brand(texts.language)
    if len(views) == 1:
        friend, inviter = show_name(texts, views[0].friend, first=True), show_name(texts, views[0].inviter)
        return texts.say("announce.alone", friend=friend, inviter=inviter, brand=brand)
    title = texts.say("announce.many", count=len(views), brand=brand)
    lines = [_say_line(texts, inviter, list(run)) for inviter, run in groupby(views, key=lambda view: view.inviter)]
    return Html("\n\n".join([title, "\n".join(lines)]))


def _say_line(texts: Texts, inviter: str, views: list[NoticeView]) -> Html:
    friends = texts.join([show_name(texts, view.friend) for view in views])
    if not inviter:
        return texts.say("announce.line_nobody", friends=friends)
    return texts.say("announce.line", inviter=show_name(texts, inviter, first=True), friends=friends)


def _measure(texts: Texts, name: str) -> int:
    """UTF-16 units that a name takes in a list, never fewer than it will."""
    return len((show_plain_name(texts, name) + texts.join(["", ""])).encode("utf-16-le")) // 2 + 1


def _measure_lines(texts: Texts, views: Sequence[NoticeView]) -> Iterator[int]:
    before = None
    for view in views:
        begins = view.inviter != before
        yield _measure(texts, view.friend) + (_LINE_COST + _measure(texts, view.inviter) if begins else 0)
        before = view.inviter


def _split(views: Sequence[NoticeView], costs: Iterator[int]) -> list[list[NoticeView]]:
    """Cut into runs that fit into one message each."""
    chunks: list[list[NoticeView]] = []
    room = 0
    for view, cost in zip(views, costs, strict=True):
        if not chunks or cost > room:
            chunks.append([])
            room = _ROOM
        chunks[-1].append(view)
        room -= cost
    return chunks


def _part(screen: OutgoingMessage, *views: NoticeView) -> Part:
    return Part(text=screen.text, keyboard=screen.keyboard, notice_ids=tuple(view.id for view in views))


_RENDERERS: dict[NoticeKind, Renderer] = {
    NoticeKind.WELCOME: _render_welcomes,
    NoticeKind.WELCOME_INVITED: _render_invited,
    NoticeKind.WELCOME_WAITING: _render_waiting,
    NoticeKind.FRIEND_JOINED: _render_friends,
    NoticeKind.FRIEND_WAITING: _render_friends,
    NoticeKind.QUALIFIED: _render_qualified,
    NoticeKind.REMINDER: _render_each(render_reminder),
    NoticeKind.NUDGE: _render_each(render_nudge),
    NoticeKind.JOIN_ANNOUNCED: _render_announcements,
    NoticeKind.FRIEND_CLAIMED: _render_each(render_told),
    NoticeKind.FRIEND_REVOKED: _render_each(render_friend_revoked),
    NoticeKind.GIFT_REVOKED: _render_each(render_gift_revoked),
    NoticeKind.ADMIN_WARNING: _render_warnings,
    NoticeKind.SORRY: _render_sorry,
}
