"""What was bought elsewhere: entered, seen, tied to its buyer; who may report it; looked at again at the bot's own pace."""

from __future__ import annotations

from bot.core.roles import EVERYBODY, OWNERS, TEAM
from bot.handlers.conversions.keys import NAMING, on_api, on_new, on_revoke, on_revoke_sure
from bot.handlers.conversions.lists import LISTING, on_lists
from bot.handlers.conversions.orders import (
    TELLING,
    TYING,
    on_aside,
    on_order,
    on_order_of,
    on_orders,
    on_own_order,
    on_whose,
)
from bot.handlers.conversions.till import SELLING, on_sold, on_sold_to, on_undo
from bot.messages.buttons import (
    API,
    API_NEW,
    API_REVOKE,
    API_REVOKE_SURE,
    ORDER,
    ORDER_ASIDE,
    ORDER_LIST,
    ORDER_OF,
    ORDER_WHOSE,
    ORDERS,
    SOLD_TO,
    SOLD_UNDO,
)
from bot.messages.commands import Command
from bot.services.conversions.settling import list_due, settle_due
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

MOST = 500
"""Orders in one round."""

PAGE = 50
"""Of these in one transaction."""


async def tend(store: Store) -> None:
    """Look again at orders whose time has come, and whose buyer has come or counts by now."""
    due = await store.read(list_due, limit=MOST)
    for place in range(0, len(due), PAGE):
        await store.write(settle_due, due[place : place + PAGE])


CAPABILITY = Capability(
    name="conversions",
    roles=TEAM,
    commands={
        Command(name="sold", text="sold.command", place=9): on_sold,
        Command(name="orders", text="orders.command", place=9): on_orders,
        Command(name="api", text="api.command", place=9, roles=OWNERS): on_api,
        Command(name="order", text="order.command", place=60, roles=EVERYBODY): on_own_order,
    },
    buttons={
        SOLD_TO: on_sold_to,
        SOLD_UNDO: on_undo,
        ORDERS: on_orders,
        ORDER_LIST: on_lists,
        ORDER: on_order,
        ORDER_OF: on_order_of,
        ORDER_WHOSE: on_whose,
        ORDER_ASIDE: on_aside,
        API: on_api,
        API_NEW: on_new,
        API_REVOKE: on_revoke,
        API_REVOKE_SURE: on_revoke_sure,
    },
    flows=[SELLING, TYING, LISTING],
    jobs=[Job(name="conversions", every_seconds=60.0, run=tend)],
)

OWN_ORDERS = Capability(name="own_orders", roles=EVERYBODY, flows=[TELLING])

KEYS = Capability(name="api", roles=OWNERS, flows=[NAMING])
"""Dialogues have the roles of their capability."""
