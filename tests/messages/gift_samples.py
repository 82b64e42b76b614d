"""Every screen of gifts, filled with a name of one's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import gifts
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.gifts.settling import MOST_SHOWN, GiftsView
from storage.facts import GrantId
from storage.gift import GiftRow, GiftState, Trouble
from storage.records import PersonId

if TYPE_CHECKING:
    from bot.services.members import MemberView

MARCH = 1_773_273_600_000_000
_TROUBLES = [each for each in Trouble if each is not Trouble.NONE]


def make_gift(number: int, state: GiftState, trouble: Trouble = Trouble.NONE) -> GiftRow:
    """One that has not arrived for sure."""
    return GiftRow(
        grant_id=GrantId(2**62 + number),
        person_id=PersonId(1),
        gift="5170145012310081615",
        state=state,
        trouble=trouble,
        error="Bad Request: <STARGIFT_PREMIUM_NEEDED> " * 9,
        stars=1_000_000,
        tried_at=MARCH,
    )


def render_gifts(texts: Texts, shop: Shop, member: MemberView) -> dict[str, OutgoingMessage]:
    """What whoever runs the shop sees of gifts to a member of this name."""
    stuck = [make_gift(number, GiftState.STUCK, trouble) for number, trouble in enumerate(_TROUBLES)]
    rows = [make_gift(9, GiftState.UNKNOWN), *stuck][:MOST_SHOWN]
    names = {PersonId(1): member.name}
    views = {
        "all sorts": GiftsView(member=member, rows=rows, total=1_000, names=names),
        "doubt": GiftsView(member=member, rows=rows[:1], total=1, names=names),
        "trouble": GiftsView(member=member, rows=stuck[:2], total=2, names=names),
        "on their way": GiftsView(member=member, next_up=1),
        "none": GiftsView(member=member),
    }
    return {f"gifts, {name}": gifts.render_gifts(texts, shop, view) for name, view in views.items()}
