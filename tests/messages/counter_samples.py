"""Every screen of what there is for points, filled with a name of one's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.redeeming import Use
from bot.messages import redeeming
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.redeeming.given import CounterList
from bot.services.redeeming.redeeming import CheckView, CounterView, Offer, RedemptionView, Refusal
from storage.facts import GrantId, RedemptionId, RedemptionRow, RedemptionState
from storage.records import PersonId, VersionId

if TYPE_CHECKING:
    from bot.services.members import MemberView

MARCH = 1_773_273_600_000_000

ROW = RedemptionRow(
    id=RedemptionId(2**62),
    reference="K7F39QXM",
    person_id=PersonId(1),
    campaign_version_id=VersionId(1),
    item="croissant",
    price=40,
    state=RedemptionState.REDEEMED,
    reserved_at=MARCH,
    expires_at=MARCH,
    used_at=MARCH,
    used_by_id=None,
)


GIVEN = replace(ROW, item="rule:third-friend", price=0, grant_id=GrantId(1))


def make_counter(shop: Shop) -> CounterView:
    """Everything that is offered, for each reason it can be had or not, and two things that wait."""
    verdicts = [None, *Refusal]
    offers = [
        Offer(item=item, left=left, refusal=refusal)
        for item in shop.campaign.catalogue
        for refusal in verdicts
        for left in (None, 1)
    ]
    aside = replace(ROW, state=RedemptionState.RESERVED, item="long gone")
    return CounterView(offers=offers[:12], waiting=[ROW, aside])


def render_counter(texts: Texts, shop: Shop, member: MemberView, photo: Photo) -> dict[str, OutgoingMessage]:
    """What a member sees, and what the counter sees of a member of this name."""
    rows = {state: replace(ROW, state=state) for state in RedemptionState}
    own = {
        f"redemption, {state}": redeeming.render_reserved(texts, shop, RedemptionView(member=member, row=row))
        for state, row in rows.items()
    }
    given = {
        f"given, {state}": redeeming.render_redemption(
            texts, shop, RedemptionView(member=member, row=replace(GIVEN, state=state))
        )
        for state in (each for each in RedemptionState if each is not RedemptionState.RESERVED)
    }
    refused = {
        f"redemption, {refusal.name}": redeeming.render_reserved(
            texts, shop, RedemptionView(member=member, refusal=refusal, price=2000)
        )
        for refusal in Refusal
    }
    checks = {
        f"check, {use.name}, {done}": redeeming.render_check(
            texts,
            shop,
            CheckView(member=member, row=ROW, use=use, holder=member.name, can_undo=use is Use.USED, done=done),
        )
        for use in Use
        for done in (False, True)
    }
    return (
        own
        | given
        | refused
        | checks
        | {
            "redemption, none": redeeming.render_redemption(texts, shop, RedemptionView(member=member)),
            "given, code": redeeming.render_counter_code(texts, shop, GIVEN, photo),
            "check, given": redeeming.render_check(
                texts, shop, CheckView(member=member, row=GIVEN, use=Use.READY, holder=member.name)
            ),
            "redemption, code": redeeming.render_counter_code(texts, shop, ROW, photo),
            "redemption, stranger's": redeeming.render_strangers_code(texts, shop),
            "check, none": redeeming.render_check(texts, shop, CheckView(member=member)),
            "check, help": redeeming.render_check_help(texts, shop, CounterList(member=member)),
            "check, list": redeeming.render_check_help(
                texts, shop, CounterList(member=member, given=[(GIVEN, member.name)] * 10)
            ),
        }
    )
