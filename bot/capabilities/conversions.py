"""What was bought elsewhere: entered, seen, tied to its buyer; who may report it; looked at again at the bot's own pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, OWNERS, TEAM
from bot.late import late
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
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers.conversions import keys, lists, orders, till
    from bot.jobs import conversions as jobs
else:
    jobs = late("bot.jobs.conversions")
    keys = late("bot.handlers.conversions.keys")
    lists = late("bot.handlers.conversions.lists")
    orders = late("bot.handlers.conversions.orders")
    till = late("bot.handlers.conversions.till")

CAPABILITY = Capability(
    name="conversions",
    roles=TEAM,
    commands={
        Command(name="sold", text="sold.command", place=9): till.on_sold,
        Command(name="orders", text="orders.command", place=9): orders.on_orders,
        Command(name="api", text="api.command", place=9, roles=OWNERS): keys.on_api,
        Command(name="order", text="order.command", place=60, roles=EVERYBODY): orders.on_own_order,
    },
    buttons={
        SOLD_TO: till.on_sold_to,
        SOLD_UNDO: till.on_undo,
        ORDERS: orders.on_orders,
        ORDER_LIST: lists.on_lists,
        ORDER: orders.on_order,
        ORDER_OF: orders.on_order_of,
        ORDER_WHOSE: orders.on_whose,
        ORDER_ASIDE: orders.on_aside,
        API: keys.on_api,
        API_NEW: keys.on_new,
        API_REVOKE: keys.on_revoke,
        API_REVOKE_SURE: keys.on_revoke_sure,
    },
    flows={"sold": till.SELLING, "tie": orders.TYING, "lists": lists.LISTING},
    jobs=[Job(name="conversions", every_seconds=60.0, run=jobs.tend)],
)

OWN_ORDERS = Capability(name="own_orders", roles=EVERYBODY, flows={"order": orders.TELLING})

KEYS = Capability(name="api", roles=OWNERS, flows={"api": keys.NAMING})
"""Dialogues have the roles of their capability."""
