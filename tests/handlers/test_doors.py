"""Every command and every button, asked for by everybody, everywhere: what is not open does not exist."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from bot.core.roles import EVERYBODY, decide_allowed
from bot.messages.buttons import Button
from bot.playground.world import Message, Person
from storage import Store, open_store
from storage.role import Role
from storage.tables import command_menus, roles
from tests.attack.acts import list_acts
from tests.attack.forging import TOAST, list_wrong_places, make_data
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.messages.pressing import BUTTONS, REGISTRY

pytestmark = pytest.mark.asyncio(loop_scope="module")

POINTER = "I only understand buttons"
NUMBERS = count(1)
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
            return next((call.params for call in calls if call.params["callback_query_id"] == number), None)

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
        yield Stage(shop, store)


def show_message(message: Message) -> dict[str, Any]:
    """A message as a callback query carries it."""
    return {"message": message.render()}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", REGISTRY.commands)
async def test_a_command_exists_for_whom_it_is_open(stage: Stage, name: str, role: Role) -> None:
    """Every command against every role: its own answer, or the pointer of a word that means nothing."""
    answer = await stage.shop.ask(stage.people[role], f"/{name}")
    allowed = decide_allowed(role, REGISTRY.commands[name].roles)
    assert (POINTER not in answer.text) == allowed


@pytest.mark.parametrize("name", REGISTRY.commands)
async def test_without_admins_nobody_is_one(nobodys: Stage, name: str) -> None:
    """An empty list opens no door: neither to whom the settings could have named nor to a stranger."""
    for person in (nobodys.shop.admin, nobodys.shop.add_person()):
        if not nobodys.shop.world.open_chat(person).started:
            await nobodys.shop.join(person)
        answer = await nobodys.shop.ask(person, f"/{name}")
        assert (POINTER not in answer.text) == (REGISTRY.commands[name].roles == EVERYBODY)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("button", BUTTONS, ids=str)
async def test_a_button_exists_for_whom_it_is_open(stage: Stage, button: Button, role: Role) -> None:
    """Every button against every role, pressed where it belongs."""
    person = stage.people[role]
    if role is not Role.MEMBER:  # one of the buttons has everything forgotten, the role included
        await stage.store.write(roles.set, person.id, role)
    own = await stage.shop.ask(person, "/help")
    toast = await stage.press(person, show_message(own), make_data(button))
    assert (TOAST not in toast) == decide_allowed(role, REGISTRY.buttons[button.name].roles)
    assert bool(toast) == (TOAST in toast or bool(button.toast))


@pytest.mark.parametrize(
    "button", [each for each in BUTTONS if REGISTRY.buttons[each.name].roles != EVERYBODY], ids=str
)
async def test_without_admins_nobody_presses_their_buttons(nobodys: Stage, button: Button) -> None:
    """Likewise."""
    person = await nobodys.shop.add_member()
    own = await nobodys.shop.ask(person, "/help")
    acts = nobodys.list_acts()
    assert TOAST in await nobodys.press(person, show_message(own), make_data(button))
    assert nobodys.list_acts()[len(acts) :] == []


@pytest.mark.parametrize("button", BUTTONS, ids=str)
async def test_a_button_works_in_its_place_alone(stage: Stage, button: Button) -> None:
    """Data sent on a post, a group's message, another's chat, an inline message or one that is gone edits nothing."""
    owner, other = stage.people[Role.OWNER], stage.people[Role.MEMBER]
    for place, where in list_wrong_places(owner, await stage.shop.ask(other, "/help")).items():
        acts = stage.list_acts()
        assert TOAST in await stage.press(owner, where, make_data(button)), place
        assert stage.list_acts()[len(acts) :] == [], place


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
