"""Coupons: lists that whoever runs the shop sends as a document, the counter, and what is done at the bot's own pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.buttons import COUPON_HAND_AGAIN, COUPON_HAND_IN
from bot.messages.commands import Command
from bot.services.coupons.notices import CouponAwaited, CouponGiven, CouponOver, CouponTaken, CouponUsed, PoolLow
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers import coupons
    from bot.jobs import coupons as jobs
    from bot.messages import coupons as messages
else:
    jobs = late("bot.jobs.coupons")
    coupons = late("bot.handlers.coupons")
    messages = late("bot.messages.coupons")

CAPABILITY = Capability(
    name="coupons",
    roles=MANAGERS,
    commands={Command(name="coupons", text="coupon.command", place=5): coupons.on_coupons},
    buttons={COUPON_HAND_IN: coupons.on_hand_in, COUPON_HAND_AGAIN: coupons.on_hand_again},
    documents=dict.fromkeys((".csv", ".tsv", ".txt"), coupons.on_document),
    flows={"coupons": coupons.FLOW},
    notices={
        kind: messages.NOTICES[kind]
        for kind in (CouponGiven, CouponAwaited, CouponOver, CouponTaken, CouponUsed, PoolLow)
    },
    jobs=[Job(name="coupons", every_seconds=60.0, run=jobs.tend)],
)
