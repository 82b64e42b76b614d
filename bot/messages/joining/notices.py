"""A recommendation as it is told: to who came, to who invited, to the announce chat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import cast

from bot.core.durations import SECOND
from bot.core.rewards.steps import list_steps
from bot.messages.buttons import INVITES, REWARDS
from bot.messages.joining.revoked import render_friend_revoked, render_gift_revoked
from bot.messages.keyboards import Row, compose_menu_keyboard, home_row, nobody_row, send_row, stack, tap_row
from bot.messages.notices import Reader, Rendered, Renderers, each, measure, split
from bot.messages.outgoing import OutgoingMessage
from bot.messages.rewards import say_steps
from bot.messages.sharing.screens import back_row
from bot.messages.shop import Shop, Source, compose_join_keyboard
from bot.messages.team import duty_rows, say_duties
from bot.messages.texts import Html, Texts, escape, show_name
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
from bot.services.members import MemberView
from bot.services.notices import Owed
from storage.role import Role


def render_welcome(
    texts: Texts,
    shop: Shop,
    *,
    name: str,
    code: str,
    unknown_code: bool = False,
    from_inline: bool = False,
    asks: bool = False,
    role: Role = Role.MEMBER,
) -> OutgoingMessage:
    """For a newcomer whom nobody invited, or who came by a code that nobody has, or out of another chat.

    With `asks` the last thing said is the question who recommended us, so that a name typed next is the answer.
    """
    extra = [texts.say("welcome.unknown_code")] if unknown_code else []
    paragraphs = [_say_hello(texts, shop, name), *say_duties(texts, role), *extra, say_deal(texts, shop)]
    paragraphs.append(texts.say("welcome.card"))
    first = [*([back_row(texts)] if from_inline else []), *duty_rows(texts, role)]
    if not asks:
        return _compose(texts, shop, code, paragraphs, *first)
    return _compose(texts, shop, code, paragraphs, *first, below=[texts.say("claim.ask")], last=nobody_row(texts))


def render_welcome_invited(
    texts: Texts,
    shop: Shop,
    *,
    name: str,
    code: str,
    inviter: str,
    points: int,
    over: bool = False,
    waits: bool = False,
) -> OutgoingMessage:
    """For a newcomer who came by a friend's link and has earned `points` by it, or will once in the community chat.

    `over` where the campaign that the friend told of has ended.
    """
    gift = texts.say(
        "waiting.gift" if waits else "welcome.invited",
        inviter=show_name(texts, inviter, first=True),
        points=shop.points(points, texts.language),
    )
    ended = [texts.say("welcome.over")] if over else []  # what follows is to be had all the same
    said = [_say_hello(texts, shop, name), *ended, gift, say_deal(texts, shop)]
    return _compose(texts, shop, code, [*said, texts.say("welcome.card")])


def render_home(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """For a member who comes back, and behind every button called Menu."""
    key = "welcome.back" if member.name else "welcome.back_nobody"
    back = texts.say(key, name=show_name(texts, member.name), brand=shop.brand(texts.language))
    balance = shop.points(member.balance, texts.language)
    standing = texts.say("welcome.friends", count=member.score, balance=balance)
    below = [texts.say("spoken.line", code=member.spoken_code)] if member.spoken_code else []
    last = home_row(texts, can_claim=member.can_claim)
    paragraphs = [back, *say_duties(texts, member.role), standing, say_deal(texts, shop)]
    return _compose(texts, shop, member.code, paragraphs, *duty_rows(texts, member.role), below=below, last=last)


def say_deal(texts: Texts, shop: Shop) -> Html:
    """What both sides get."""
    told = shop.told(texts.language)
    return texts.say("welcome.deal", inviter_points=told.inviter_points, invitee_points=told.invitee_points)


def say_link(texts: Texts, shop: Shop, code: str) -> Html:
    """The member's own link, to be seen and copied."""
    return texts.say("welcome.link", link=escape(shop.link(code, Source.PLAIN)))


def _say_hello(texts: Texts, shop: Shop, name: str) -> Html:
    key = "welcome.hello" if name else "welcome.hello_nobody"
    return texts.say(key, name=show_name(texts, name), brand=shop.brand(texts.language))


def _compose(
    texts: Texts,
    shop: Shop,
    code: str,
    paragraphs: list[Html],
    *first: Row,
    below: Sequence[Html] = (),
    last: Row | None = None,
) -> OutgoingMessage:
    """The link stands under the paragraphs, and what is `below` under the link."""
    text = "\n\n".join([*paragraphs, say_link(texts, shop, code), *below])
    return OutgoingMessage(text=text, keyboard=compose_menu_keyboard(texts, shop, code, *first, last=last))


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
        role=notice.role,
    )


def _render_invited(reader: Reader, notice: WelcomeInvited | WelcomeWaiting) -> OutgoingMessage:
    return render_welcome_invited(
        reader.texts,
        reader.shop,
        name=reader.member.name,
        code=reader.member.code,
        inviter=reader.view.names[notice.inviter],
        points=notice.points,
        over=notice.over,
        waits=isinstance(notice, WelcomeWaiting),
    )


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
            messages=[OutgoingMessage(text=_say_news(reader, chunk), keyboard=keyboard)],
            owed=chunk,
        )
        for chunk in split(owed, costs)
    ]


def _say_news(reader: Reader, owed: Sequence[Owed[FriendJoined | FriendWaiting]]) -> Html:
    """Who came, where that puts the reader in line, and how far the next step is."""
    texts, friends, rules = reader.texts, [one.notice for one in owed], reader.shop.campaign.rewards
    points = reader.shop.points(sum(each.points for each in friends), texts.language)
    names = [reader.show(each.friend, first=place == 0) for place, each in enumerate(friends)]
    values: dict[str, str | int] = {"points": points, "balance": reader.member.balance}
    if isinstance(friends[0], FriendWaiting):
        said = _say_waiting(texts, names, points)
    elif len(names) == 1:
        said = texts.say("friend_joined.alone", friend=names[0], **values)
    else:
        said = texts.say("friend_joined.many", count=len(names), names=texts.join(names), **values)
    last = friends[-1]
    if isinstance(last, FriendJoined) and last.place:
        said = Html(f"{said}\n\n{texts.say('queue.moved', place=last.place)}")
    if not rules:
        return said
    day = datetime.fromtimestamp(owed[-1].owed_at // SECOND, reader.shop.zone).date().isoformat()
    member, labels = reader.member, reader.view.labels
    steps = list_steps(rules, member.score, day, labels=labels, tier=member.tier)[:1]
    return Html("\n\n".join([said, *say_steps(texts, reader.shop, steps)]))


def _say_waiting(texts: Texts, names: list[Html], points: str) -> Html:
    if len(names) == 1:
        return texts.say("waiting.friend", friend=names[0], points=points)
    return texts.say("waiting.friends", count=len(names), names=texts.join(names), points=points)


def _render_announcements(reader: Reader, owed: Sequence[Owed[JoinAnnounced]]) -> list[Rendered]:
    """The channel's posts; one digest for each moment at which one is due, however many came."""
    rendered = []
    for digest_at, run in groupby(owed, key=lambda one: one.notice.digest_at):
        posts = _render_posts(reader, list(run))
        rendered += _gather(reader, posts) if digest_at else posts
    return rendered


def _gather(reader: Reader, posts: Sequence[Rendered]) -> list[Rendered]:
    """As many names as one post has room for, and how many more there are."""
    first, owed = posts[0], [one for each in posts for one in each.owed]
    if len(posts) == 1:
        return [first]
    text = _say_announcement(reader, cast("Sequence[Owed[JoinAnnounced]]", first.owed), count=len(owed))
    return [Rendered(messages=[replace(first.messages[0], text=text)], owed=owed)]


def _render_posts(reader: Reader, owed: Sequence[Owed[JoinAnnounced]]) -> list[Rendered]:
    """Inviter by inviter, with the friends each brought."""
    keyboard = compose_join_keyboard(reader.texts.plain("button.join_too"), reader.shop.address)
    names = reader.view.public_names
    places = {names[one.notice.inviter]: place for place, one in reversed(list(enumerate(owed)))}
    ordered = sorted(owed, key=lambda one: places[names[one.notice.inviter]])
    return [
        Rendered(messages=[OutgoingMessage(text=_say_announcement(reader, chunk), keyboard=keyboard)], owed=chunk)
        for chunk in split(ordered, _measure_lines(reader, ordered))
    ]


def _measure_lines(reader: Reader, ordered: Iterable[Owed[JoinAnnounced]]) -> Iterator[int]:
    """What each friend's name takes, with that of the inviter where a line begins."""
    names, before = reader.view.public_names, None
    for one in ordered:
        inviter = names[one.notice.inviter]
        line = _LINE_COST + measure(reader.texts, inviter) if inviter != before else 0
        yield measure(reader.texts, names[one.notice.friend]) + line
        before = inviter


def _say_announcement(reader: Reader, owed: Sequence[Owed[JoinAnnounced]], *, count: int = 0) -> Html:
    """`count` where more came than are named."""
    texts, brand = reader.texts, reader.shop.brand(reader.texts.language)
    if len(owed) == 1:
        friend = show_name(texts, reader.view.public_names[owed[0].notice.friend], first=True)
        return texts.say(
            "announce.alone",
            friend=friend,
            inviter=show_name(texts, reader.view.public_names[owed[0].notice.inviter]),
            brand=brand,
        )
    title = texts.say("announce.many", count=count or len(owed), brand=brand)
    runs = groupby(owed, key=lambda one: reader.view.public_names[one.notice.inviter])
    lines = [_say_line(reader, inviter, list(run)) for inviter, run in runs]
    more = [texts.say("announce.more", count=count - len(owed))] if count else []
    return Html("\n\n".join([title, "\n".join(lines), *more]))


def _say_line(reader: Reader, inviter: str, owed: Sequence[Owed[JoinAnnounced]]) -> Html:
    texts, names = reader.texts, reader.view.public_names
    friends = texts.join([show_name(texts, names[one.notice.friend]) for one in owed])
    if not inviter:
        return texts.say("announce.line_nobody", friends=friends)
    return texts.say("announce.line", inviter=show_name(texts, inviter, first=True), friends=friends)


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
