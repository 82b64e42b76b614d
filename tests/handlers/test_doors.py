"""Every command and every button, asked for by whom it is open and by whom not: what is not open does not exist.

What is tapped where no button of the bot's can be is tried by `tests/attack/forging.py`, each button in each wrong place.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from bot.core.roles import EVERYBODY, Roles, decide_allowed
from bot.messages.buttons import Button, Number
from bot.playground.world import Message, Person
from storage import Store, open_store
from storage.records import Seq
from storage.role import Role
from storage.tables import command_menus, inbox, roles
from tests.attack.acts import list_acts
from tests.attack.forging import TOAST, make_data
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.messages.pressing import BUTTONS, REGISTRY
from tests.thinning import thin

pytestmark = pytest.mark.asyncio(loop_scope="module")

POINTER = "I only understand buttons"
NUMBERS = count(1)
MISSING = 987_654_321
"""The number of nothing."""

COMMUNITY = {"PASSALONG_COMMUNITY_CHAT": "@little_oven_news"}


class Stage:
    """A shop at work with one person of each role, and its store."""

    def __init__(self, shop: ShopAtWork, store: Store) -> None:
        self.shop, self.store = shop, store
        self.people: dict[Role, Person] = {Role.OWNER: shop.admin}

    async def fill(self) -> None:
        """Give everybody a role and a greeting."""
        await self.shop.join(self.shop.admin)
        for role in (Role.MANAGER, Role.STAFF, Role.MEMBER):
            self.people[role] = await self.shop.add_member(role.title())
            if role is not Role.MEMBER:
                await self.store.write(roles.set, self.people[role].id, role)

    async def press(self, person: Person, where: Mapping[str, Any], data: str) -> str:
        """A tap as a forged client sends it; returns the toast, empty where the tap was taken for good."""
        number = f"forged{next(NUMBERS)}"
        user = {"id": person.id, "is_bot": False, "first_name": person.first_name, "language_code": "en"}
        body = {"id": number, "from": user, "chat_instance": "1", "data": data, **where}
        self.shop.world.push_raw("callback_query", body)
        journal = self.shop.world.journal

        def find() -> dict[str, Any] | None:
            calls = journal.list_calls("answerCallbackQuery")
            return next((call.params for call in reversed(calls) if call.params["callback_query_id"] == number), None)

        answer = await self.shop.telegram.until(find, what=f"an answer to {data}")
        return str(answer.get("text") or "")

    def list_acts(self) -> list[tuple[str, object]]:
        """Everything the bot has sent, edited or deleted for somebody, one by one."""
        return [(call.method, call.params) for call in list_acts(self.shop.world.journal)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One person of each role."""
    url = sqlite_in(tmp_path_factory.mktemp("doors"))
    async with open_store(url) as store, open_shop(url, settings=COMMUNITY, store=store) as shop:
        opened = Stage(shop, store)
        await opened.fill()
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nobodys(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A shop that names no admin."""
    url = sqlite_in(tmp_path_factory.mktemp("nobodys"))
    settings = {**COMMUNITY, "PASSALONG_ADMIN_IDS": ""}
    async with open_store(url) as store, open_shop(url, settings=settings, store=store) as shop:
        opened = Stage(shop, store)
        opened.people[Role.MEMBER] = await shop.add_member()
        yield opened


def show_message(message: Message) -> dict[str, Any]:
    """A message as a callback query carries it."""
    return {"message": message.render()}


def name_missing(button: Button) -> str:
    """What the button says of something that was never there."""
    arguments = button.arguments
    return button.data(
        *(min(MISSING, each.highest) if isinstance(each, Number) else "nowhere"[: each.longest] for each in arguments)
    )


def list_at_the_door(open_to: Roles) -> list[Role]:
    """The last who may pass and the first who may not: of the roles, each may do what those behind it may."""
    order = list(Role)
    return order[len(open_to) - 1 : len(open_to) + 1]


async def test_whoever_stands_higher_may_do_what_those_below_may() -> None:
    """So two of the roles say of a door how it treats all four."""
    commands = [(name, each.roles) for name, each in REGISTRY.commands.items()]
    buttons = [(name, each.roles) for name, each in REGISTRY.buttons.items()]
    assert [name for name, roles in commands + buttons if roles != frozenset(list(Role)[: len(roles)])] == []


@pytest.mark.parametrize("name", thin(REGISTRY.commands, step=4))
async def test_a_command_exists_for_whom_it_is_open(stage: Stage, name: str) -> None:
    """At every command's door: its own answer, or the pointer of a word that means nothing."""
    for role in list_at_the_door(REGISTRY.commands[name].roles):
        answer = await stage.shop.ask(stage.people[role], f"/{name}")
        allowed = decide_allowed(role, REGISTRY.commands[name].roles)
        assert (POINTER not in answer.text) == allowed


@pytest.mark.parametrize("name", thin(REGISTRY.commands, step=6))
async def test_without_admins_nobody_is_one(nobodys: Stage, name: str) -> None:
    """An empty list opens no door: neither to whom the settings could have named nor to a stranger."""
    for person in (nobodys.shop.admin, nobodys.shop.add_person()):
        if not nobodys.shop.world.open_chat(person).started:
            await nobodys.shop.join(person)
        answer = await nobodys.shop.ask(person, f"/{name}")
        assert (POINTER not in answer.text) == (REGISTRY.commands[name].roles == EVERYBODY)


@pytest.mark.parametrize("button", thin(BUTTONS, step=6), ids=str)
async def test_a_button_exists_for_whom_it_is_open(stage: Stage, button: Button) -> None:
    """Every button, pressed where it belongs by the least who may and by the next who may not."""
    for role in list_at_the_door(REGISTRY.buttons[button.name].roles):
        person = stage.people[role]
        if role is not Role.MEMBER:  # one of the buttons has everything forgotten, the role included
            await stage.store.write(roles.set, person.id, role)
        own = await stage.shop.ask(person, "/help")
        toast = await stage.press(person, show_message(own), make_data(button))
        assert (TOAST not in toast) == decide_allowed(role, REGISTRY.buttons[button.name].roles)
        assert bool(toast) == (TOAST in toast or bool(button.toast))


@pytest.mark.parametrize(
    "button", thin([each for each in BUTTONS if REGISTRY.buttons[each.name].roles != EVERYBODY], 1, step=9), ids=str
)
async def test_without_admins_nobody_presses_their_buttons(nobodys: Stage, button: Button) -> None:
    """Likewise."""
    person = nobodys.people[Role.MEMBER]
    own = await nobodys.shop.ask(person, "/help")
    acts = nobodys.list_acts()
    assert TOAST in await nobodys.press(person, show_message(own), make_data(button))
    assert nobodys.list_acts()[len(acts) :] == []


@pytest.mark.parametrize("button", thin([each for each in BUTTONS if each.arguments], 2, step=6), ids=str)
async def test_a_button_of_what_is_not_there_any_more_fails_nobody(
    stage: Stage, button: Button, caplog: pytest.LogCaptureFixture
) -> None:
    """Every button that names something, as after a backup was put back that does not know it: one kind answer, and no fault."""
    person = stage.shop.admin
    await stage.store.write(roles.set, person.id, Role.OWNER)
    own = await stage.shop.ask(person, "/help")
    caplog.clear()
    await stage.press(person, show_message(own), name_missing(button))
    async with asyncio.timeout(60):
        while await stage.store.read(inbox.list_open, after=Seq(0), limit=1):  # noqa: ASYNC110 -- nobody is told
            await asyncio.sleep(0.01)
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_whoever_leaves_the_team_loses_the_menu(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A former owner sees what everybody sees, also when they left while the bot was down."""
    url = sqlite_in(tmp_path_factory.mktemp("former"))
    async with open_store(url) as store:
        async with open_shop(url, store=store) as shop:
            await shop.join(shop.admin)
            await shop.telegram.until(lambda: "broadcast" in list_menu(shop, shop.admin))
            assert await store.read(command_menus.list_all)
        async with open_shop(url, store=store, world=shop.world, settings={"PASSALONG_ADMIN_IDS": "5"}) as again:
            await again.telegram.until(lambda: "broadcast" not in list_menu(again, again.admin))
            await again.telegram.until_call("deleteMyCommands", 4)
            assert POINTER in (await again.ask(again.admin, "/stats")).text


def list_menu(shop: ShopAtWork, person: Person) -> list[str]:
    """The names in somebody's menu."""
    return [each["command"] for each in shop.world.profile.list_commands(shop.world.open_chat(person), person)]
