"""What the bot owes somebody, as messages: a renderer a kind, declared beside the screens of its capability."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_name, show_plain_name
from bot.services.members import MemberView
from bot.services.notices import Notice, NoticesView, Owed
from storage.frozen import frozen
from storage.records import PersonId

N = TypeVar("N", bound=Notice)

ROOM = 3400
"""UTF-16 units for names in one message. Telegram counts 4,096 code points; what stands around them is under 600."""


@frozen
class Reader:
    """Who reads some notices: a member, or everybody in a chat."""

    texts: Texts
    """In the reader's language."""
    shop: Shop
    view: NoticesView

    @property
    def member(self) -> MemberView:
        """The member.

        Raises:
            LookupError: a chat reads it.
        """
        if self.view.member is None:
            raise LookupError("a notice for a member is addressed to a chat")
        return self.view.member

    def show(self, person_id: PersonId, *, first: bool = False) -> Html:
        """Somebody's name in a sentence; `first` where it begins with it."""
        return show_name(self.texts, self.view.names[person_id], first=first)


@frozen
class Rendered:
    """Messages that are sent one after the other, and the notices that are settled when the last one has arrived."""

    messages: Sequence[OutgoingMessage]
    owed: Sequence[Owed[Notice]]


Renderer = Callable[[Reader, Sequence[Owed[N]]], Sequence[Rendered]]
"""Takes neighbours of its kind in order; every notice is settled by one of what it returns."""

Renderers = Mapping[type[Notice], Renderer[Any]]


def render_notices(reader: Reader, owed: Iterable[Owed[Notice]], renderers: Renderers) -> list[Rendered]:
    """The messages for one reader's notices, in order; neighbours of a kind that can merge do."""
    runs = groupby(owed, key=lambda each: type(each.notice))
    return [rendered for kind, run in runs for rendered in renderers[kind](reader, list(run))]


def list_kinds(renderers: Renderers) -> dict[str, type[Notice]]:
    """What can be owed, by the word for it in the table."""
    return {notice.kind: notice for notice in renderers}


def each(render: Callable[[Reader, N], OutgoingMessage | Sequence[OutgoingMessage]]) -> Renderer[N]:
    """A renderer of notices that never merge: they carry a button of their own, or are rare."""

    def render_all(reader: Reader, owed: Sequence[Owed[N]]) -> list[Rendered]:
        said = [(render(reader, one.notice), one) for one in owed]
        return [
            Rendered(messages=[each] if isinstance(each, OutgoingMessage) else each, owed=[one]) for each, one in said
        ]

    return render_all


def measure(texts: Texts, name: str) -> int:
    """UTF-16 units that a name takes in a list, never fewer than it will."""
    return len((show_plain_name(texts, name) + texts.join(["", ""])).encode("utf-16-le")) // 2 + 1


def split(owed: Sequence[Owed[N]], costs: Iterable[int]) -> list[list[Owed[N]]]:
    """Cut into runs that fit into one message each; costs in UTF-16 units, not asked for where there is one alone."""
    if len(owed) == 1:
        return [list(owed)]
    chunks: list[list[Owed[N]]] = []
    room = 0
    for one, cost in zip(owed, costs, strict=True):
        if not chunks or cost > room:
            chunks.append([])
            room = ROOM
        chunks[-1].append(one)
        room -= cost
    return chunks
