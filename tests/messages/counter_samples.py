"""Every screen of what there is for points, filled with a name of one's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.campaigns.catalogue import AT_ONCE, HAD, KINDS
from bot.core.campaigns.rewards import Give
from bot.core.redeeming import Use
from bot.messages import redeeming
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.messages.why import render_answer, render_thing_answer
from bot.services.redeeming.counter import Check
from bot.services.redeeming.given import CounterList
from bot.services.redeeming.redeeming import CounterView, Offer, RedemptionView, Refusal, ThingAnswer
from bot.services.rewards.viewing import GrantAnswer, GrantView
from storage.facts import EventKind, GrantId, GrantKind, GrantState, RedemptionId, RedemptionRow, RedemptionState
from storage.records import PersonId, VersionId
from tests.messages.why_samples import make_grant

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


GRANTED = (GrantState.AVAILABLE, GrantState.WAITING, GrantState.USED, GrantState.EXPIRED)

GIVEN = replace(ROW, item="rule:third-friend", price=0, grant_id=GrantId(1))


def make_counter(shop: Shop) -> CounterView:
    """Everything that is offered, for each reason it can be had or not, and two things that wait."""
    verdicts = [None, *Refusal]
    offers = [
        Offer(item=item, left=left, refusal=refusal, waits=left is None)
        for item in shop.campaign.catalogue
        for refusal in verdicts
        for left in (None, 1)
    ]
    aside = replace(ROW, state=RedemptionState.RESERVED, item="long gone")
    return CounterView(offers=offers[:12], waiting=[ROW, aside])


def _offer(shop: Shop, kind: GrantKind) -> Shop:
    """The shop, with an item of this kind."""
    give = Give(kind=kind, what="coffee")
    catalogue = tuple(replace(item, key=ROW.item, give=give) for item in shop.campaign.catalogue[:1])
    return replace(shop, campaign=replace(shop.campaign, catalogue=catalogue))


def _make_bought(member: MemberView, kind: GrantKind, state: GrantState) -> GrantView:
    """What was had for points without the counter."""
    view = make_grant(member.name, state, kind, EventKind.HAD, None)
    return replace(view, rule=None if view.rule is None else replace(view.rule, when=HAD, name={"en": "A croissant"}))


def _render_kinds(texts: Texts, shop: Shop, member: MemberView) -> dict[str, OutgoingMessage]:
    """What is no matter of the counter."""
    aside = replace(ROW, state=RedemptionState.RESERVED)
    asked = {
        f"redemption, asked, {kind}, {waits}": redeeming.render_reserved(
            texts, _offer(shop, kind), RedemptionView(member=member, row=aside, item=ROW.item, waits=waits)
        )
        for kind in KINDS
        for waits in (False, True)
    }
    row = replace(ROW, state=RedemptionState.GRANTED, grant_id=GrantId(1))
    granted = {
        f"redemption, granted, {kind}, {state}": redeeming.render_reserved(
            texts, shop, RedemptionView(member=member, row=row, item=row.item, grant=_make_bought(member, kind, state))
        )
        for kind in AT_ONCE
        for state in GRANTED
        if state is not GrantState.WAITING or kind in {GrantKind.COUPON, GrantKind.GIFT}
        if state is not GrantState.AVAILABLE or kind is not GrantKind.GIFT
    }
    whys = {
        f"why, had, {kind}, {state}": render_answer(
            texts,
            shop,
            GrantAnswer(member=member, grant=replace(_make_bought(member, kind, state), redemption=row)),
        )
        for kind in AT_ONCE
        for state in GRANTED
    }
    back = RedemptionView(member=member, row=replace(row, state=RedemptionState.RETURNED))
    return asked | granted | whys | {"redemption, given up": redeeming.render_redemption(texts, shop, back)}


def _render_answers(texts: Texts, shop: Shop, member: MemberView) -> dict[str, OutgoingMessage]:
    """Why something stands as it does that was had for points."""
    return {
        f"why, thing, {state}": render_thing_answer(
            texts,
            shop,
            ThingAnswer(member=member, row=replace(ROW, state=state), offered=replace(item, per_member=2)),
        )
        for item in shop.campaign.catalogue[:1]
        for state in RedemptionState
    }


def render_counter(texts: Texts, shop: Shop, member: MemberView, photo: Photo) -> dict[str, OutgoingMessage]:
    """What a member sees, and what the counter sees of a member of this name."""
    rows = {state: replace(ROW, state=state) for state in RedemptionState}
    own = {
        f"redemption, {state}": redeeming.render_reserved(texts, shop, RedemptionView(member=member, row=row), photo)
        for state, row in rows.items()
    }
    given = {
        f"given, {state}": redeeming.render_redemption(
            texts, shop, RedemptionView(member=member, row=replace(GIVEN, state=state))
        )
        for state in (RedemptionState.REDEEMED, RedemptionState.USED, RedemptionState.DECLINED, RedemptionState.EXPIRED)
    }
    refused = {
        f"redemption, {refusal.name}": redeeming.render_reserved(
            texts, shop, RedemptionView(member=member, refusal=refusal, price=2000, item=ROW.item)
        )
        for refusal in Refusal
    }
    checks = {
        f"check, {use.name}, {done}": redeeming.render_check(
            texts,
            shop,
            Check(member=member, row=ROW, use=use, holder=member.name, can_undo=use is Use.USED, done=done),
        )
        for use in Use
        for done in (False, True)
    }
    return (
        own
        | _render_kinds(texts, shop, member)
        | given
        | refused
        | _render_answers(texts, shop, member)
        | checks
        | {
            "redemption, none": redeeming.render_redemption(texts, shop, RedemptionView(member=member)),
            "given, code": redeeming.render_counter_code(texts, shop, GIVEN, photo),
            "check, given": redeeming.render_check(
                texts, shop, Check(member=member, row=GIVEN, use=Use.READY, holder=member.name)
            ),
            "redemption, code": redeeming.render_counter_code(texts, shop, ROW, photo),
            "redemption, stranger's": redeeming.render_strangers_code(texts, shop),
            "check, none": redeeming.render_check(texts, shop, Check(member=member)),
            "check, help": redeeming.render_check_help(texts, shop, CounterList(member=member)),
            "check, list": redeeming.render_check_help(
                texts, shop, CounterList(member=member, given=[(GIVEN, member.name)] * 10)
            ),
        }
    )
