"""Methods about gifts and the Stars that pay for them."""

from __future__ import annotations

from typing import Any

from bot.playground.api.checking import Args
from bot.playground.world import World
from bot.playground.world.errors import NotSimulatedError, bad_request
from bot.playground.world.gifts import WORDS_LIMIT

_TOO_MUCH = ("pay_for_upgrade", "text_parse_mode", "text_entities")


def get_available_gifts(world: World, _args: Args) -> Any:
    """Return what bots can send; what is sold out is not shown."""
    return {"gifts": [offer.render() for offer in world.gifts.offers.values() if offer.left != 0]}


def get_my_star_balance(world: World, _args: Args) -> Any:
    """Return the bot's Stars."""
    parts = {"nanostar_amount": world.gifts.nanostars} if world.gifts.nanostars else {}
    return {"amount": world.gifts.balance, **parts}


def get_star_transactions(world: World, args: Args) -> Any:
    """Return a page of what people have paid and got back, the oldest first."""
    first = int(args.get("offset", 0))
    return {"transactions": world.gifts.transactions[first : first + int(args.get("limit", 100))]}


def send_gift(world: World, args: Args) -> Any:
    """Give a gift to a person."""
    if "user_id" not in args and not isinstance(args.get("chat_id"), int):
        raise NotSimulatedError("a gift for a channel is")
    for name in _TOO_MUCH:
        if args.get(name):
            raise NotSimulatedError(f"{name} of a gift is")
    text = args.get("text", "")
    if len(text) > WORDS_LIMIT:
        raise bad_request("STARGIFT_MESSAGE_INVALID")
    person = world.get_human(args["user_id"] if "user_id" in args else args["chat_id"])
    gift = world.gifts.send(person, args["gift_id"], text, world.now)
    world.emit("gift", about=gift)
    return True


METHODS = {
    "getAvailableGifts": get_available_gifts,
    "getMyStarBalance": get_my_star_balance,
    "getStarTransactions": get_star_transactions,
    "sendGift": send_gift,
}
