"""Every screen of coupons, filled with a name of one's choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.coupons.lines import FileMistake
from bot.core.coupons.rows import SAID_LIMIT, Problem, Refused
from bot.core.redeeming import Use
from bot.messages import coupons
from bot.messages.keyboards import stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.coupons.importing import MOST_TOLD, Imported, PoolsView, PoolView
from bot.services.redeeming.counter import Check
from storage.facts import CouponId, CouponRow, CouponState, GrantId

if TYPE_CHECKING:
    from bot.services.members import MemberView

MARCH = 1_773_273_600_000_000

ROW = CouponRow(
    id=CouponId(2**62),
    pool="free-coffee",
    code="<K7F3-9QXM>",
    state=CouponState.GIVEN,
    expires_at=MARCH,
    grant_id=GrantId(1),
    shown_at=MARCH,
    used_at=MARCH,
)

POOLS = [PoolView(name="w" * 32, ready=100_000, waiting=0), PoolView(name="tea", ready=0, waiting=1_000)]


def render_coupons(texts: Texts, shop: Shop, member: MemberView) -> dict[str, OutgoingMessage]:
    """What a member has, what the counter sees of a member of this name, and what whoever brings a list hears."""
    rows = [None, ROW, replace(ROW, expires_at=None), replace(ROW, state=CouponState.USED)]
    checks = {
        f"coupon, {use.name}, {done}, {row.expires_at}": coupons.render_coupon_check(
            texts,
            shop,
            Check(member=member, row=row, use=use, holder=member.name, can_undo=use is Use.USED, done=done),
        )
        for use in (Use.READY, Use.USED, Use.OVER)
        for done in (False, True)
        for row in rows[1:3]
        if row is not None
    }
    told = [Refused(number=10**6, problem=problem, said="<" * SAID_LIMIT) for problem in list(Problem) * 3][:MOST_TOLD]
    counts = Imported(new=100_000, known=2_000, refused=1_000, filled=3, told=told)
    return checks | {
        "coupons in a list": OutgoingMessage(
            text=Html("\n".join(coupons.say_coupon(texts, shop, row) for row in rows)),
            keyboard=stack(coupons.copy_row(texts, ROW.code, named=True)),
        ),
        "coupon, none": coupons.render_coupon_check(texts, shop, Check(member=member)),
        "coupons, pools": coupons.render_pools(texts, PoolsView(member=member, pools=POOLS)),
        "coupons, no pool": coupons.render_pools(texts, PoolsView(member=member)),
        "coupons, which pool": coupons.render_pool_question(texts, wrong=True),
        "coupons, taken in": coupons.render_imported(texts, "free-coffee", counts),
        "coupons, one list": coupons.render_imported(texts, "free-coffee", Imported(new=1)),
        "coupons, a spreadsheet": coupons.render_file_mistake(texts, FileMistake(is_spreadsheet=True)),
        "coupons, no text": coupons.render_file_mistake(texts, FileMistake(is_spreadsheet=False)),
        "coupons, too large": coupons.render_too_large(texts),
        "coupons, gone": coupons.render_file_gone(texts),
    }
