"""A capability as somebody would add it: everything it brings lies in this one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from telegram import Update

from bot.core.roles import EVERYBODY, OWNERS
from bot.core.setting import Setting
from bot.handlers.conversations import begin
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.buttons import KEY, Button
from bot.messages.commands import Command
from bot.messages.keyboards import make_button, stack
from bot.messages.notices import Reader, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.conversations import finish
from bot.services.members import open_home
from bot.services.notices import Notice, owe
from bot.updates.capability import Capability
from bot.updates.context import visitor_of
from bot.updates.flows import Answer, Flow, Step
from bot.updates.job import Job
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import Profile
from storage.store import Store
from storage.tables import people, warnings
from storage.tx import Tx

TASTE = Button("taste", cake=KEY)


def parse_pieces(value: str) -> int:
    """How many pieces there are."""
    if not value.isdecimal():
        raise ValueError("is no number of pieces")
    return int(value)


PIECES = Setting(name="CAKE_PIECES", default="8", parse=parse_pieces, right="Give a whole number, like 12")


@frozen
class CakeReady(Notice):
    """What the bot owes whoever had one baked."""

    kind: ClassVar[str] = "cake_ready"
    cake: str


def render_ready(reader: Reader, notice: CakeReady) -> OutgoingMessage:
    """The notice as its reader sees it."""
    return OutgoingMessage(text=f"{reader.shop.brand('en')}: {notice.cake} is ready")


def ask_name(_texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """The first question."""
    return OutgoingMessage(text="What shall the cake be called?")


def ask_size(_texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """The second, which knows the first answer."""
    return OutgoingMessage(text=f"How big shall {data['name']} be?")


def ask_picture(_texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """The last, which nobody must answer."""
    return OutgoingMessage(text="Is there a picture?")


def list_sizes(_texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
    """What can be tapped."""
    return {"small": "Small", "large": "Large"}


def bake(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> str:
    """The unit of work behind the dialogue."""
    warnings.add(tx, f"baked:{visitor.telegram_id}:{data['name']}")
    person = people.find_by_telegram_id(tx, visitor.telegram_id)
    assert person is not None
    owe(tx, MemberAddress(person.id), CakeReady(cake=data["name"]), key=f"{person.id}:{data['name']}")
    return f"{data['size']} {data['name']}, picture: {data['picture']}"


async def on_bake(update: Update, context: Context) -> None:
    """Ask for a cake."""
    await begin(update, context, CAKE)


async def on_done(update: Update, context: Context, data: Mapping[str, Any]) -> None:
    """Every question is answered."""
    baked = await context.write(finish, bake, visitor=visitor_of(update), flow=CAKE.name, data=data)
    texts = Texts("en")
    taste = make_button(texts, TASTE, "lemon", label="Taste it")
    await show(update, context, OutgoingMessage(text=f"Baked: {baked}", keyboard=stack([taste])))


async def on_taste(update: Update, context: Context, cake: str) -> None:
    """A button that carries a key."""
    await context.read(open_home, visitor=visitor_of(update))
    await show(
        update, context, OutgoingMessage(text=f"Mmm, {cake}, one of {context.deps.registry.get_setting(PIECES)} pieces")
    )


async def dust(store: Store) -> None:
    """Work at its own pace."""
    await store.write(warnings.add, "dusted")


CAKE = Flow(
    name="cake",
    steps=[
        Step(name="name", ask=ask_name),
        Step(name="size", ask=ask_size, choices=list_sizes, takes=frozenset()),
        Step(
            name="picture",
            ask=ask_picture,
            takes=frozenset({Answer.PHOTO}),
            read=lambda message: message.photo[-1].file_id,
            optional=True,
        ),
    ],
    on_done=on_done,
)

CAPABILITY = Capability(
    name="baking",
    roles=EVERYBODY,
    commands={
        Command(name="bake", text={"en": "Have a cake baked", "id": "Pesan kue"}, place=5): on_bake,
        Command(name="oven", text={"en": "Look into the oven"}, place=6, roles=OWNERS): on_bake,
    },
    buttons={TASTE: on_taste},
    flows={CAKE.name: CAKE},
    notices={CakeReady: each(render_ready)},
    jobs=[Job(name="dusting", every_seconds=3600.0, run=dust)],
    settings=[PIECES],
)
