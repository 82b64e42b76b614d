"""How far those who play have come: two customers, the shop in its owner's hand, the counter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.playground.page.cast import Cast
from bot.playground.world import Chat, Message, Person, World

OWNER = "sari"
"""The phone from which the shop is run."""


def render_guide(world: World, cast: Cast) -> dict[str, Any]:
    """Return who plays and which steps are done, by name; what they are called in words is the page's affair.

    Buttons are known by what they say to the bot, so that it may speak any language.
    """
    people = [phone.person for phone in cast.phones if phone.person is not None]
    owner = next((phone.person for phone in cast.phones if phone.key == OWNER), None)
    guide: dict[str, Any] = {"names": {}, "done": []}
    if len(people) > 1:
        one, two = people[:2]
        guide["names"] |= {"one": one.full_name, "two": two.full_name}
        guide["done"] += _list_loop(world, one, two)
    if owner is not None:
        guide["names"]["owner"] = owner.full_name
        guide["done"] += _list_owners(world, owner)
        if cast.counter:
            guide["names"]["counter"] = people[0].full_name
            guide["done"] += _list_counters(world, people[0], owner)
    return guide


def _list_loop(world: World, one: Person, two: Person) -> list[str]:
    """Steps of the card's way from a customer to a friend."""
    said = _list_said(world, world.find_direct_chat(one, world.bot))
    between = world.find_direct_chat(one, two)
    passed = any(_is_card(message) for message in _list_of(between, one))
    hers = world.find_direct_chat(two, world.bot)
    joined = hers is not None and hers.started
    rewarded = joined and any(two.full_name in message.text for message in said)
    return _keep({"start": bool(said), "pass": passed, "join": joined, "reward": rewarded})


def _list_owners(world: World, owner: Person) -> list[str]:
    """Steps of running the shop."""
    chat = world.find_direct_chat(owner, world.bot)
    mine, answers = _list_of(chat, owner), _list_said(world, chat)
    last = answers[-1].id if answers else 0
    taps = _list_taps(world, owner)
    return _keep(
        {
            "admin": any(message.text.startswith("/admin") and message.id < last for message in mine),
            "rename": "shop_edit:brand" in taps and _is_repeated(mine, answers),
            "campaign": any(data.startswith("new_from:") for data in taps),
            "picture": any((message.photo or message.content.document) and message.id < last for message in mine),
            "preview": any(data.startswith("campaign_edit:") and data.endswith(":preview") for data in taps),
            "run": any(data.startswith("campaign_do:") and data.endswith(":start") for data in taps),
        }
    )


def _list_counters(world: World, one: Person, owner: Person) -> list[str]:
    """Steps of having something for one's points."""
    chat = world.find_direct_chat(one, world.bot)
    answers, taken = _list_said(world, chat), _list_taps(world, one)
    asked = any(message.text.startswith("/rewards") for message in _list_of(chat, one)) and bool(answers)
    return _keep(
        {
            "rewards": asked or any(data.startswith("rewards:") for data in taken),
            "take": any(data.startswith("redeem_sure:") for data in taken),
            "hand": any(data.startswith("hand_out:") for data in _list_taps(world, owner)),
        }
    )


def _list_taps(world: World, person: Person) -> list[str]:
    """What the buttons say that somebody has tapped, where the bot has answered."""
    return [callback.data for callback in world.callbacks.values() if callback.person is person and callback.answer]


def _is_repeated(mine: Iterable[Message], answers: Iterable[Message]) -> bool:
    """Whether the bot has said something again that was typed: as it does with a name that it has taken."""
    said = [(message.id, message.text) for message in answers]
    typed = ((message.id, message.text) for message in mine if message.text and not message.text.startswith("/"))
    return any(number < other and words in text for number, words in typed for other, text in said)


def _is_card(message: Message) -> bool:
    return message.forward_origin is not None or message.via_bot is not None or "t.me/" in message.text


def _list_of(chat: Chat | None, sender: Person) -> list[Message]:
    return [] if chat is None else [message for message in chat.messages.values() if message.sender is sender]


def _list_said(world: World, chat: Chat | None) -> list[Message]:
    return _list_of(chat, world.bot)


def _keep(steps: dict[str, bool]) -> list[str]:
    return [name for name, done in steps.items() if done]
