"""What can be taken out of a shop as lists: declared columns of its tables, read page by page.

A column that is not named here leaves with no list. Nothing is named that opens a door: no hash or secret of a key, no
token, no code of a coupon or voucher that somebody could still hand in, no seed of a draw, no address of a webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, case

from storage.listing import Export, pick_columns
from storage.listing import declare_list as _list
from storage.schema import everything as of


def find_export(name: str) -> Export | None:
    """A list by its name, or by that of the table it is made of."""
    return EXPORTS.get(name) or next((each for each in EXPORTS.values() if each.keys[0].table.name == name), None)


_CAMPAIGN = {"campaign": of.campaign.c.slug}
_VERSION = {**_CAMPAIGN, "version": of.campaign_version.c.number}


def _with_version(table: FromClause, version_id: ColumnElement[Any]) -> FromClause:
    versions = of.campaign_version.join(of.campaign, of.campaign.c.id == of.campaign_version.c.campaign_id)
    return table.join(versions, of.campaign_version.c.id == version_id)


def _with_campaign(table: Table) -> FromClause:
    return table.outerjoin(of.campaign, of.campaign.c.id == table.c.campaign_id)


_DEBIT, _CREDIT = of.account.alias("debit"), of.account.alias("credit")

_MEMBERS = (
    of.person.outerjoin(of.profile, of.profile.c.person_id == of.person.c.id)
    .outerjoin(of.account, of.account.c.owner_id == of.person.c.id)
    .outerjoin(of.honour, of.honour.c.person_id == of.person.c.id)
)

_EVERY = (
    _list(
        "members",
        "everybody who ever came, with their name, friends, points and tier",
        of.person,
        "id:member_id code created_at started_at language score:friends shared_at asked_at blocked_at anonymous"
        " findable nudges own_words",
        joined=_MEMBERS,
        more={
            **pick_columns(of.profile, "telegram_id first_name last_name username telegram_language"),
            "points": of.account.c.balance,
            "tier": of.honour.c.tier,
        },
    ),
    _list(
        "referrals",
        "who came by whom, and what became of it",
        of.referral,
        "id inviter_id invitee_id source state joined_at",
        joined=_with_version(of.referral, of.referral.c.campaign_version_id).outerjoin(
            of.told_story, of.told_story.c.referral_id == of.referral.c.id
        ),
        more={**_VERSION, "story": of.told_story.c.story},
    ),
    _list(
        "ledger",
        "every transfer of points; an empty member is the shop",
        of.ledger,
        "id posted_at amount:points reason referral_id",
        joined=of.ledger.join(_DEBIT, _DEBIT.c.id == of.ledger.c.debit_id).join(
            _CREDIT, _CREDIT.c.id == of.ledger.c.credit_id
        ),
        more={"from_member_id": _DEBIT.c.owner_id, "to_member_id": _CREDIT.c.owner_id},
    ),
    _list(
        "events",
        "what happened that rules look at",
        of.event,
        "id kind person_id:member_id referral_id happened_at",
        joined=_with_version(of.event, of.event.c.campaign_version_id),
        more=_VERSION,
    ),
    _list(
        "grants",
        "what came of the rules for whom, and where it stands",
        of.grant,
        "id rule person_id:member_id event_id side state kind what points ledger_id granted_at matures_at changed_at"
        " reason",
    ),
    _list("hand_grants", "points that the team gave by hand", of.hand_grant, "grant_id actor_id reason given_at"),
    _list(
        "coupons",
        "coupons and who has them; a code once it is used",
        of.coupon,
        "id pool state imported_at given_at shown_at used_at used_by_id expires_at",
        joined=of.coupon.outerjoin(of.grant, of.grant.c.id == of.coupon.c.grant_id),
        more={
            "member_id": of.grant.c.person_id,
            "code": case((of.coupon.c.state == "used", of.coupon.c.code), else_=""),
        },
    ),
    _list("pools", "how many coupons are left", of.pool, "name ready stocked stocked_at"),
    _list(
        "redemptions",
        "what members took from the catalogue",
        of.redemption,
        "id person_id:member_id item price state reserved_at expires_at used_at used_by_id grant_id",
        joined=_with_version(of.redemption, of.redemption.c.campaign_version_id),
        more=_VERSION,
    ),
    _list("gifts", "Telegram gifts that were tried", of.gift, "grant_id state trouble error stars tried_at due_at"),
    _list("shares", "cards that left their member's hands", of.share, "id person_id:member_id way story shared_at"),
    _list(
        "handouts", "cards handed out unasked", of.handout, "id person_id:member_id kind story state error wanted_at"
    ),
    _list("clicks", "members' links that were opened", of.click, "id person_id:member_id source clicked_at"),
    _list(
        "orders",
        "what was sold elsewhere; amounts in minor units (cents)",
        of.sale,
        "id order_id person_id:member_id state reason amount:amount_minor refunded:refunded_minor currency occurred_at"
        " due_at changed_at",
    ),
    _list(
        "conversions",
        "each report of an order, as it was taken",
        of.conversion,
        "id type part amount:amount_minor currency occurred_at received_at channel state actor_id",
        joined=of.conversion.join(of.sale, of.sale.c.id == of.conversion.c.sale_id),
        more={"order_id": of.sale.c.order_id},
    ),
    _list("receipts", "links on receipts", of.receipt, "order_id person_id:member_id made_at opened_at"),
    _list("order_claims", "who says an order is theirs", of.order_claim, "order_id person_id:member_id said_at"),
    _list("customers", "the shop's own customer numbers", of.customer, "external_id person_id:member_id tied_at"),
    _list("broadcasts", "messages to many", of.broadcast, "id author_id state created_at started_at finished_at"),
    _list(
        "broadcast_links",
        "links in broadcasts that are counted",
        of.broadcast_link,
        "broadcast_id number url",
    ),
    _list(
        "broadcast_opens",
        "who opened a link in which broadcast",
        of.broadcast_open,
        "broadcast_id person_id:member_id opened_at",
    ),
    _list(
        "deliveries",
        "each recipient of each broadcast",
        of.delivery,
        "broadcast_id person_id:member_id state error claimed_at settled_at",
    ),
    _list(
        "contests",
        "contests and where they stand",
        of.contest,
        "id key state starts_at ends_at released_at",
        joined=_with_campaign(of.contest),
        more=_CAMPAIGN,
    ),
    _list("placings", "who won what place", of.placing, "contest_id place person_id:member_id score reached_at"),
    _list(
        "strikes",
        "who was taken out of a contest",
        of.strike,
        "contest_id person_id:member_id reason struck_by_id struck_at",
    ),
    _list(
        "standings",
        "who has how many friends on which ranking",
        of.standing,
        "board_id person_id:member_id score reached_at",
        joined=of.standing.join(_with_campaign(of.board), of.board.c.id == of.standing.c.board_id),
        more={**_CAMPAIGN, "period": of.board.c.period},
    ),
    _list(
        "reviews",
        "friends who were looked at, why, and what was decided",
        of.review,
        "referral_id state risk evidence opened_at due_at decided_at by_itself reason appeal appealed_by_id appealed_at"
        " answered_at",
    ),
    _list(
        "pulses", "how members said it was", of.pulse, "id person_id:member_id cause source asked_at answered_at answer"
    ),
    _list(
        "polls", "what members were asked to choose", of.poll, "id question options outcome opened_at closed_at told_at"
    ),
    _list("votes", "who chose what", of.vote, "poll_id person_id:member_id choice voted_at"),
    _list(
        "testimonials",
        "what members say for all to read",
        of.testimonial,
        "person_id:member_id words name state made_at changed_at",
    ),
    _list("drops", "coupons for whoever comes first", of.coupon_drop, "id pool name quantity taken opened_at ended_at"),
    _list("drop_claims", "who came for them", of.coupon_claim, "drop_id person_id:member_id place grant_id claimed_at"),
    _list(
        "ideas",
        "what members have thought of, and what was answered",
        of.idea,
        "id person_id:member_id text state answer telling supporters made_at answered_at",
    ),
    _list("labels", "what a member is called", of.label, "person_id:member_id label given_at by_rule"),
    _list("segments", "whom the shop writes to, by name", of.segment, "id name written changed_at"),
    _list("listed", "who stands in which list", of.listed, "list person_id:member_id listed_at"),
    _list(
        "waitlist",
        "who waits, and who was let in",
        of.waitlist_place,
        "person_id:member_id entered_at let_in_at",
        joined=_with_campaign(of.waitlist_place),
        more=_CAMPAIGN,
    ),
    _list(
        "tickets",
        "when members asked something, and when it was answered and solved",
        of.ticket,
        "id person_id:member_id about state opened_at taken_by_id due_at answered_at closed_at solved_at",
    ),
    _list(
        "chat_joins",
        "who was seen in the community chat",
        of.chat_join,
        "chat_id telegram_id person_id:member_id referral_id joined_at left_at",
    ),
    _list(
        "campaigns",
        "campaigns and where they stand",
        of.campaign,
        "id slug state version_number:version created_at starts_at ends_at ended_at budget_points",
    ),
    _list(
        "webhooks",
        "other systems that are told",
        of.webhook,
        "id kinds state failing_since failures error arrived_at created_at",
    ),
    _list(
        "webhook_deliveries",
        "each event for each of them",
        of.hook_post,
        "webhook_id event_id state attempts first_tried_at due_at error ended_at",
        joined=of.hook_post.join(of.hook_event, of.hook_event.c.id == of.hook_post.c.event_id),
        more={"kind": of.hook_event.c.kind, "happened_at": of.hook_event.c.happened_at},
    ),
    _list(
        "notices",
        "what the bot owed to whom, without its words",
        of.outbox,
        "id recipient_id:member_id kind state attempts error channel created_at settled_at",
    ),
    _list("team", "who runs the shop", of.role, "telegram_id role from_settings given_at"),
    _list(
        "acts",
        "who did what in running it",
        of.audit,
        "id actor_id act subject person_id:member_id before after acted_at",
    ),
    _list("jobs", "the bot's own work, and when it is due", of.due_job, "name due_at failures error"),
)

EXPORTS: Mapping[str, Export] = MappingProxyType({export.name: export for export in _EVERY})
"""Every list by its name."""
