"""A recommendation as it is told: to who came, to who invited, to the announce chat."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.messages.buttons import INVITES, REWARDS
from bot.messages.joining.revoked import render_friend_revoked, render_gift_revoked
from bot.messages.joining.welcome import render_welcome, render_welcome_invited, render_welcome_waiting
from bot.messages.keyboards import compose_join_keyboard, send_row, stack, tap_row
from bot.messages.naming import show_name
from bot.messages.notices import Reader, Rendered, Renderers, each, measure, split
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html, Texts
from bot.services.joining.notices import (
    FriendJoined,
    FriendRevoked,
    FriendWaiting,
    GiftRevoked,
    JoinAnnounced,
    Qualified,
    Welcome,
    WelcomeInvited,
    WelcomeWaiting,
)
from bot.services.notices import Owed

_LINE_COST = 40
"""What a line of the digest adds to the names in it."""


def _render_welcome(reader: Reader, notice: Welcome) -> OutgoingMessage:
    return render_welcome(
        reader.texts,
        reader.shop,
        name=reader.member.name,
        code=reader.member.code,
        unknown_code=notice.unknown_code,
        from_inline=notice.from_inline,
        asks=notice.asks,
    )


def _render_invited(reader: Reader, notice: WelcomeInvited | WelcomeWaiting) -> OutgoingMessage:
    render = render_welcome_waiting if isinstance(notice, WelcomeWaiting) else render_welcome_invited
    member, inviter = reader.member, reader.view.names[notice.inviter]
    return render(reader.texts, reader.shop, name=member.name, code=member.code, inviter=inviter, points=notice.points)


def _render_qualified(reader: Reader, notice: Qualified) -> OutgoingMessage:
    texts, member = reader.texts, reader.member
    points, inviter = reader.shop.points(notice.points, reader.texts.language), reader.show(notice.inviter, first=True)
    text = texts.say("waiting.over", points=points, balance=member.balance, inviter=inviter)
    return OutgoingMessage(
        text=text, keyboard=stack(send_row(texts, reader.shop, member.code), tap_row(texts, REWARDS))
    )


def _render_friends(reader: Reader, owed: Sequence[Owed[FriendJoined | FriendWaiting]]) -> list[Rendered]:
    """Who came by me, all named, with the sum of what they brought."""
    texts = reader.texts
    keyboard = stack(send_row(texts, reader.shop, reader.member.code), tap_row(texts, INVITES, REWARDS))
    costs = (measure(texts, reader.view.names[one.notice.friend]) for one in owed)
    return [
        Rendered(
            messages=[OutgoingMessage(text=_say_friends(reader, [one.notice for one in chunk]), keyboard=keyboard)],
            owed=chunk,
        )
        for chunk in split(owed, costs)
    ]


def _say_friends(reader: Reader, friends: Sequence[FriendJoined | FriendWaiting]) -> Html:
    texts, points = reader.texts, reader.shop.points(sum(each.points for each in friends), reader.texts.language)
    names = [reader.show(each.friend, first=place == 0) for place, each in enumerate(friends)]
    if isinstance(friends[0], FriendWaiting):
        return _say_waiting(texts, names, points)
    if len(names) == 1:
        return texts.say("friend_joined.alone", friend=names[0], points=points, balance=reader.member.balance)
    joined = texts.join(names)
    return texts.say("friend_joined.many", count=len(names), names=joined, points=points, balance=reader.member.balance)


def _say_waiting(texts: Texts, names: list[Html], points: str) -> Html:
    if len(names) == 1:
        return texts.say("waiting.friend", friend=names[0], points=points)
    return texts.say("waiting.friends", count=len(names), names=texts.join(names), points=points)


def _render_announcements(reader: Reader, owed: Sequence[Owed[JoinAnnounced]]) -> list[Rendered]:
    """The channel's post, or its digest: inviter by inviter, with the friends each brought."""
    keyboard = compose_join_keyboard(reader.texts.plain("button.join_too"), reader.shop.address)
    names = reader.view.public_names
    places = {names[one.notice.inviter]: place for place, one in reversed(list(enumerate(owed)))}
    ordered = sorted(owed, key=lambda one: places[names[one.notice.inviter]])
    costs, before = [], None
    for one in ordered:
        inviter = names[one.notice.inviter]
        line = _LINE_COST + measure(reader.texts, inviter) if inviter != before else 0
        costs.append(measure(reader.texts, reader.view.names[one.notice.friend]) + line)
        before = inviter
    return [
        Rendered(messages=[OutgoingMessage(text=_say_announcement(reader, chunk), keyboard=keyboard)], owed=chunk)
        for chunk in split(ordered, costs)
    ]


def _say_announcement(reader: Reader, owed: Sequence[Owed[JoinAnnounced]]) -> Html:
    texts, brand = reader.texts, reader.shop.brand(reader.texts.language)
    if len(owed) == 1:
        friend = reader.show(owed[0].notice.friend, first=True)
        return texts.say(
            "announce.alone",
            friend=friend,
            inviter=show_name(texts, reader.view.public_names[owed[0].notice.inviter]),
            brand=brand,
        )
    title = texts.say("announce.many", count=len(owed), brand=brand)
    runs = groupby(owed, key=lambda one: reader.view.public_names[one.notice.inviter])
    lines = [_say_line(reader, inviter, list(run)) for inviter, run in runs]
    return Html("\n\n".join([title, "\n".join(lines)]))


def _say_line(reader: Reader, inviter: str, owed: Sequence[Owed[JoinAnnounced]]) -> Html:
    friends = reader.texts.join([reader.show(one.notice.friend) for one in owed])
    if not inviter:
        return reader.texts.say("announce.line_nobody", friends=friends)
    return reader.texts.say("announce.line", inviter=show_name(reader.texts, inviter, first=True), friends=friends)


NOTICES: Renderers = {
    Welcome: each(_render_welcome),
    WelcomeInvited: each(_render_invited),
    WelcomeWaiting: each(_render_invited),
    Qualified: each(_render_qualified),
    FriendJoined: _render_friends,
    FriendWaiting: _render_friends,
    JoinAnnounced: _render_announcements,
    FriendRevoked: each(render_friend_revoked),
    GiftRevoked: each(render_gift_revoked),
}
