"""All tables by their names, for what must leave none out.

What asks a few imports them from their own files, so that a start makes no others.
"""

from __future__ import annotations

from storage.schema.base import metadata
from storage.schema.boards import SHOP_BOARD, board, score, score_band, standing
from storage.schema.campaigns import campaign, campaign_version, picture, shop
from storage.schema.contests import contest, placing, strike
from storage.schema.conversions import (
    api_key,
    api_request,
    column_map,
    conversion,
    customer,
    order_claim,
    receipt,
    sale,
)
from storage.schema.coupons import coupon, pool
from storage.schema.drops import coupon_claim, coupon_drop
from storage.schema.fairness import captcha, mark, review, signal, watch
from storage.schema.funnel import COUNTED_EVER, EVER, EVER_DAY, FOLDED, FUNNEL_COUNTS, FUNNEL_KEY, funnel
from storage.schema.gifts import gift
from storage.schema.honours import honour
from storage.schema.ideas import idea, idea_support
from storage.schema.jobs import due_job
from storage.schema.liability import liability, liability_bound
from storage.schema.messages import (
    broadcast,
    broadcast_link,
    broadcast_open,
    delivery,
    flood_wait,
    inbox,
    outbox,
    warning,
)
from storage.schema.people import (
    code_key,
    command_menu,
    conversation,
    face,
    forgotten,
    guess,
    label,
    person,
    profile,
    role,
    spoken,
)
from storage.schema.polls import poll, vote
from storage.schema.proof import checkpoint, inspection
from storage.schema.pulse import asking, pulse
from storage.schema.redeeming import redemption, stock
from storage.schema.referrals import HOUSE_ACCOUNT, account, inviter_sum, ledger, referral, reminder, told_story
from storage.schema.rewards import allowance, awaited, event, grant
from storage.schema.segments import listed, segment
from storage.schema.sharing import card, chat_join, chat_link, click, handout, link_revocation, share, tally, visit
from storage.schema.team import audit, hand_grant, team_invitation
from storage.schema.testimonials import testimonial
from storage.schema.tickets import ticket, ticket_copy, ticket_said, ticket_signer, ticket_template
from storage.schema.waitlists import waitlist, waitlist_chunk, waitlist_jump, waitlist_place
from storage.schema.web import web_key
from storage.schema.webhooks import hook_event, hook_post, webhook

__all__ = [
    "COUNTED_EVER",
    "EVER",
    "EVER_DAY",
    "FOLDED",
    "FUNNEL_COUNTS",
    "FUNNEL_KEY",
    "HOUSE_ACCOUNT",
    "SHOP_BOARD",
    "account",
    "allowance",
    "api_key",
    "api_request",
    "asking",
    "audit",
    "awaited",
    "board",
    "broadcast",
    "broadcast_link",
    "broadcast_open",
    "campaign",
    "campaign_version",
    "captcha",
    "card",
    "chat_join",
    "chat_link",
    "checkpoint",
    "click",
    "code_key",
    "column_map",
    "command_menu",
    "contest",
    "conversation",
    "conversion",
    "coupon",
    "coupon_claim",
    "coupon_drop",
    "customer",
    "delivery",
    "due_job",
    "event",
    "face",
    "flood_wait",
    "forgotten",
    "funnel",
    "gift",
    "grant",
    "guess",
    "hand_grant",
    "handout",
    "honour",
    "hook_event",
    "hook_post",
    "idea",
    "idea_support",
    "inbox",
    "inspection",
    "inviter_sum",
    "label",
    "ledger",
    "liability",
    "liability_bound",
    "link_revocation",
    "listed",
    "mark",
    "metadata",
    "order_claim",
    "outbox",
    "person",
    "picture",
    "placing",
    "poll",
    "pool",
    "profile",
    "pulse",
    "receipt",
    "redemption",
    "referral",
    "reminder",
    "review",
    "role",
    "sale",
    "score",
    "score_band",
    "segment",
    "share",
    "shop",
    "signal",
    "spoken",
    "standing",
    "stock",
    "strike",
    "tally",
    "team_invitation",
    "testimonial",
    "ticket",
    "ticket_copy",
    "ticket_said",
    "ticket_signer",
    "ticket_template",
    "told_story",
    "visit",
    "vote",
    "waitlist",
    "waitlist_chunk",
    "waitlist_jump",
    "waitlist_place",
    "warning",
    "watch",
    "web_key",
    "webhook",
]
