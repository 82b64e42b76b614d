"""The tables with the indexes over a part of one: for migrations, and whoever compares this shape with a database.

The conditions of those indexes are said to SQLAlchemy per engine, and saying so imports the dialects of both. A running
bot speaks to one and needs no index by name, so they lie apart from their tables.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, and_, func
from sqlalchemy.sql.expression import ColumnElement

from storage.schema.boards import board, standing
from storage.schema.conversions import sale
from storage.schema.coupons import coupon
from storage.schema.everything import metadata
from storage.schema.funnel import COUNTED_EVER, funnel
from storage.schema.honours import honour
from storage.schema.messages import inbox, outbox
from storage.schema.people import person
from storage.schema.redeeming import redemption
from storage.schema.referrals import HOUSE_ACCOUNT, ledger
from storage.schema.rewards import awaited, grant
from storage.schema.tickets import ticket
from storage.schema.waitlists import waitlist_place
from storage.schema.webhooks import hook_post

__all__ = ["metadata"]


def _add(name: str, *columns: Column[int] | Column[str] | ColumnElement[int], where: ColumnElement[bool]) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


_add(
    "ix_hook_post_owed",
    hook_post.c.webhook_id,
    hook_post.c.line,
    hook_post.c.event_id,
    where=hook_post.c.state == "owed",
)
_add("ix_hook_post_in_order", hook_post.c.webhook_id, hook_post.c.event_id, where=hook_post.c.state == "owed")
_add("ix_inbox_open", inbox.c.seq, where=inbox.c.state == "open")
_add("ix_outbox_owed", outbox.c.id, where=outbox.c.state == "owed")
_add(
    "ix_standing_ranking",
    standing.c.board_id,
    standing.c.score.desc(),
    standing.c.reached_at,
    standing.c.person_id,
    where=standing.c.score > 0,
)
_add(
    "ix_person_quiet",
    person.c.quiet_since,
    where=and_(person.c.quiet_since.is_not(None), person.c.blocked_at.is_(None), person.c.nudges),
)
_add(
    "ix_ledger_debit_id_id",
    ledger.c.debit_id,
    ledger.c.id.desc(),
    where=ledger.c.debit_id != HOUSE_ACCOUNT,  # every reward leaves the house: nobody asks for all of them
)
_add(
    "ix_redemption_due",
    redemption.c.expires_at,
    where=redemption.c.state.in_(["reserved", "redeemed"]),
)
_add("ix_grant_waiting", grant.c.kind, grant.c.what, grant.c.id, where=grant.c.state == "waiting")
_add("ix_coupon_free", coupon.c.pool, coupon.c.id, where=coupon.c.state == "free")
_add(
    "ix_coupon_due",
    coupon.c.expires_at,
    where=and_(coupon.c.expires_at.is_not(None), coupon.c.state.in_(["free", "given"])),
)
# Statements of SQLite name this one: a step that drops it does more than add.
_add(
    "ix_grant_live",
    grant.c.person_id,
    grant.c.id.desc(),
    where=and_(
        func.coalesce(grant.c.ledger_id, 0) == 0,  # not IS NULL, which an index of all lines looks good for
        grant.c.state.in_(["pending", "held", "waiting", "available", "reserved"]),
    ),
)
_add("ix_grant_threshold", grant.c.person_id, grant.c.threshold, where=grant.c.threshold.is_not(None))
_add("ix_grant_due", grant.c.matures_at, where=grant.c.state.in_(["held", "pending"]))
_add("ix_awaited_due", awaited.c.due_at, where=awaited.c.due_at.is_not(None))
Index(
    "uq_board_shops_period",
    board.c.period,
    unique=True,
    sqlite_where=board.c.campaign_id.is_(None),
    postgresql_where=board.c.campaign_id.is_(None),
)
_add("ix_honour_until_at", honour.c.until_at, where=honour.c.until_at.is_not(None))
_add("ix_waitlist_place_owed", waitlist_place.c.campaign_id, waitlist_place.c.person_id, where=waitlist_place.c.owed)
_add("ix_honour_tag_owed", honour.c.person_id, where=honour.c.tag_owed)
_add("ix_sale_due_at", sale.c.due_at, where=sale.c.due_at.is_not(None))
_add("ix_sale_waiting", sale.c.id, where=sale.c.state == "waiting")
_add("ix_sale_noted", sale.c.person_id, where=sale.c.state == "noted")
_add("ix_ticket_waiting", ticket.c.id, where=ticket.c.state != "closed")
_add("ix_ticket_look_at", ticket.c.look_at, where=ticket.c.look_at.is_not(None))
_add("ix_funnel_ever", funnel.c.shard, where=COUNTED_EVER)
