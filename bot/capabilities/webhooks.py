"""Other systems that hear what happens here, for owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import OWNERS
from bot.late import late
from bot.messages.buttons import (
    WEBHOOK,
    WEBHOOK_ADD,
    WEBHOOK_EVENT,
    WEBHOOK_LEAVE,
    WEBHOOK_ON,
    WEBHOOK_REMOVE,
    WEBHOOK_SINCE,
    WEBHOOKS,
)
from bot.services.webhooks.notices import WebhookOff
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import webhooks
    from bot.messages import webhooks as messages
else:
    webhooks = late("bot.handlers.webhooks")
    messages = late("bot.messages.webhooks")

CAPABILITY = Capability(
    name="webhooks",
    roles=OWNERS,
    buttons={
        WEBHOOKS: webhooks.on_webhooks,
        WEBHOOK: webhooks.on_webhook,
        WEBHOOK_ADD: webhooks.on_add,
        WEBHOOK_ON: webhooks.on_switch_on,
        WEBHOOK_EVENT: webhooks.on_event,
        WEBHOOK_SINCE: webhooks.on_since,
        WEBHOOK_LEAVE: webhooks.on_leave,
        WEBHOOK_REMOVE: webhooks.on_remove,
    },
    flows={"webhook": webhooks.ADDING},
    notices={WebhookOff: messages.NOTICES[WebhookOff]},
)
