"""Methods by which updates are delivered to an address instead of being fetched."""

from __future__ import annotations

from typing import Any

from bot.playground.api.answers import Described
from bot.playground.api.checking import Args
from bot.playground.world import World
from bot.playground.world.webhooks import DEFAULT_CONNECTIONS, Webhook, read_webhook


def set_webhook(world: World, args: Args) -> Any:
    """Have updates delivered; an empty address takes that back."""
    if not args["url"]:
        return delete_webhook(world, args)
    hook = read_webhook(args["url"], args.get("secret_token", ""), args.get("max_connections", DEFAULT_CONNECTIONS))
    if "allowed_updates" in args:
        world.updates.allow(args["allowed_updates"])
    if args.get("drop_pending_updates"):
        world.updates.clear()
    was_set = hook.is_like(world.webhook)
    world.webhook = hook
    world.emit("webhook")
    return Described(result=True, description="Webhook is already set" if was_set else "Webhook was set")


def delete_webhook(world: World, args: Args) -> Any:
    """Have updates wait to be fetched again."""
    if args.get("drop_pending_updates"):
        world.updates.clear()
    was_set = bool(world.webhook.url)
    world.webhook = Webhook()
    world.emit("webhook")
    return Described(result=True, description="Webhook was deleted" if was_set else "Webhook is already deleted")


def get_webhook_info(world: World, _args: Args) -> Any:
    """Return the address in force, and how it goes."""
    return world.webhook.render(world.updates.count_waiting(), world.updates.allowed)


METHODS = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
