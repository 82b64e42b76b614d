"""Owners say who runs the shop with them, and every act is written down."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio
from sqlalchemy import delete, update
from telegram import Update

from bot.capabilities import CAPABILITIES
from bot.core.roles import EVERYBODY
from bot.handlers.conversations import begin
from bot.handlers.deps import Context
from bot.messages.commands import Command
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.playground.world import Message, Person
from bot.services.audit import list_acts
from bot.services.members import NotAllowed, open_home
from bot.services.proof import note_inspection
from bot.updates.capability import Capability
from bot.updates.flows import Flow, Step
from storage import RuleBroken, Store, open_store
from storage.records import Profile
from storage.role import Role
from storage.schema.team import audit as audit_table
from storage.tables import audit, people, roles
from tests.handlers.test_doors import list_menu
from tests.journeys.shop_at_work import ADMIN_ID, ShopAtWork, open_shop, sqlite_in
from tests.services.asking import find_flow
from tests.storage.cast import run

pytestmark = pytest.mark.asyncio(loop_scope="module")

POINTER = "I only understand buttons"


async def on_errand(update: Update, context: Context) -> None:
    """Ask what it is."""
    await begin(update, context, ERRAND)


async def do_errand(_update: Update, _context: Context, _data: Mapping[str, object]) -> None:
    """Its unit of work finds that the role has ended since the question."""
    raise NotAllowed


def ask_errand(_texts: Texts, _shop: Shop, _data: Mapping[str, object]) -> OutgoingMessage:
    """The one question."""
    return OutgoingMessage(text="What shall be done?")


ERRAND = Flow(name="errand", steps=[Step(name="what", ask=ask_errand)], on_done=do_errand)
ERRANDS = Capability(
    name="errands",
    roles=EVERYBODY,
    commands={Command(name="errand", text={"en": "An errand"}): on_errand},
    flows={ERRAND.name: ERRAND},
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Store]:
    """The shop's rows, within reach."""
    async with open_store(sqlite_in(tmp_path_factory.mktemp("team"))) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(store: Store) -> AsyncIterator[ShopAtWork]:
    """At work, with its owner in it."""
    async with open_shop("", store=store, capabilities=[*CAPABILITIES, ERRANDS]) as at_work:
        await at_work.join(at_work.admin)
        yield at_work


async def tap(shop: ShopAtWork, person: Person, message: Message, label: str) -> Message:
    """Tap, and return the message as it stands once it has changed."""
    before, chat = message.text, message.chat
    await shop.tap(person, message, label)
    await shop.telegram.until(lambda: chat.messages[message.id].text != before, what=f"another screen by {label}")
    return chat.messages[message.id]


async def make_link(shop: ShopAtWork, label: str) -> str:
    """The owner makes a link into the team; its payload."""
    made = await tap(shop, shop.admin, await shop.ask(shop.admin, "/team", "run the shop"), label)
    found = re.search(r"start=(team-[\w-]+)", made.text)
    assert found, made.text
    assert len(found[1]) <= 64
    return found[1]


async def invite(shop: ShopAtWork, name: str, label: str) -> Person:
    """Somebody new comes into the team."""
    person = await shop.add_member(name)
    answer = await shop.ask(person, f"/start {await make_link(shop, label)}", lambda message: "team" in message.text)
    assert "Welcome to the team" in answer.text
    return person


async def test_a_link_makes_one_person_a_manager_once(shop: ShopAtWork, store: Store) -> None:
    """The owner hears of it, the manager has the menu of one, and a second person finds the link used."""
    payload = await make_link(shop, "manager")
    rina, tono = await shop.add_member("Rina"), await shop.add_member("Tono")
    assert POINTER in (await shop.ask(rina, "/stats")).text
    assert "manager" in (await shop.ask(rina, f"/start {payload}")).text
    await shop.telegram.until_message(shop.admin, "Rina has accepted your invitation")
    await shop.telegram.until(lambda: "stats" in list_menu(shop, rina))
    assert POINTER not in (await shop.ask(rina, "/stats")).text
    assert "has been used" in (await shop.ask(tono, f"/start {payload}")).text
    assert POINTER in (await shop.ask(tono, "/stats")).text
    assert await store.read(roles.find, rina.id) is Role.MANAGER


async def test_who_may_do_more_leaves_the_link_for_somebody_else(shop: ShopAtWork) -> None:
    """An owner who tries it out does not use it up, and loses nothing."""
    payload = await make_link(shop, "staff")
    assert "owner here already" in (await shop.ask(shop.admin, f"/start {payload}")).text
    staff = await shop.add_member("Sita")
    assert "staff" in (await shop.ask(staff, f"/start {payload}")).text


async def test_a_link_said_in_a_group_makes_nobody_anything(shop: ShopAtWork, store: Store) -> None:
    """Neither by a command there, however it is spelled; whoever opens it in their own chat still comes in, once."""
    payload, world = await make_link(shop, "staff"), shop.world
    one, other = await shop.add_member("Lina"), await shop.add_member("Made")
    group = world.add_group("Us", shop.admin)
    world.add_bot(shop.admin, group)
    for member in (one, other):
        world.join(member, group)
    for person, name in ((one, "/start"), (other, f"/start@{world.bot.username}")):
        world.send_text(person, group, f"{name} {payload}")
        world.send_text(person, group, f"https://t.me/{world.bot.username}?start={payload}")
    await shop.telegram.until_confirmed()
    await shop.ask(one, "/help")
    assert [await store.read(roles.find, person.id) for person in (one, other)] == [Role.MEMBER, Role.MEMBER]
    assert "Welcome to the team" in (await shop.ask(other, f"/start {payload}", "team")).text
    assert "has been used" in (await shop.ask(one, f"/start {payload}", "link")).text


async def test_a_made_up_link_is_none(shop: ShopAtWork) -> None:
    """Whatever stands behind the prefix, it makes nobody anything, and is nobody's code."""
    person = await shop.add_member("Mallory")
    for token in ("", "x", "A" * 22, "A" * 59):
        assert "has been used or has expired" in (await shop.ask(person, f"/start team-{token}")).text
    assert POINTER in (await shop.ask(person, "/team")).text


async def test_who_is_removed_is_out_at_once_also_within_a_dialogue(shop: ShopAtWork, store: Store) -> None:
    """What they were writing goes to nobody; buttons, commands and menu are gone, and they are told kindly."""
    budi = await invite(shop, "Budi", "manager")
    await shop.ask(budi, "/broadcast")
    team = await shop.ask(shop.admin, "/team", "run the shop")
    asked = await tap(shop, shop.admin, team, "Remove Budi")
    assert "Remove Budi from the team?" in asked.text
    left = await tap(shop, shop.admin, asked, "Yes, remove")
    assert "Budi" not in left.text.split("These people")[1]
    await shop.telegram.until_message(budi, "Thank you for your work")
    assert (
        POINTER
        in (await shop.ask(budi, "Hello to everybody", lambda message: "Thank you for" not in message.text)).text
    )
    assert POINTER in (await shop.ask(budi, "/stats")).text
    await shop.telegram.until(lambda: "stats" not in list_menu(shop, budi))
    assert await store.read(roles.find, budi.id) is Role.MEMBER


async def test_an_owner_of_the_settings_is_removed_there_alone(shop: ShopAtWork, store: Store) -> None:
    """They have no button to be removed by, and data made up for one is told why not."""
    second = await invite(shop, "Dewi", "owner")
    await shop.telegram.until_message(shop.admin, "Dewi has accepted")
    team = await shop.ask(second, "/team", "run the shop")
    assert "Sari: owner, named in the settings" in team.text
    assert not [label for row in team.keyboard for label in row if "Remove Sari" in str(label)]
    assert await store.read(roles.find, ADMIN_ID) is Role.OWNER


async def test_acts_are_read_by_those_who_run_the_shop(shop: ShopAtWork, store: Store) -> None:
    """Who, when, what, before and after, the latest first."""
    nina = await invite(shop, "Nina", "manager")
    for reader in (shop.admin, nina):
        said = (await shop.ask(reader, "/audit", lambda message: "Who did what" in message.text)).text
        assert "Nina: the role of Nina went from “member” to “manager”." in said
        assert "Sari made a link into the team, as “manager”." in said
    first = (await store.read(list_acts, most=1))[0]
    assert (first.act, first.actor, first.before, first.after) == ("role", "Nina", "member", "manager")


async def test_the_last_look_at_the_books_is_told(shop: ShopAtWork, store: Store) -> None:
    """In one sentence, with when; and that there was something wrong."""
    head = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    await store.write(note_inspection, entries=1204, head=head, faults=[])
    said = await shop.ask(shop.admin, "/audit")
    assert re.search(r"The books were looked over on .+, \d\d:\d\d: 1,204 entries, all in order\.$", said.text)
    await store.write(note_inspection, entries=1204, head=head, faults=["balances miss the ledger by 7 points"])
    assert "add up. On the server, passalong audit" in (await shop.ask(shop.admin, "/audit")).text


async def test_many_acts_are_leafed_through(shop: ShopAtWork, store: Store) -> None:
    """A page at a time, back to the first: the campaign that came with the program, which nobody in the chat began."""
    seen, page = [], await shop.ask(shop.admin, "/audit")
    for _ in range(10):
        seen.append(page.text)
        if "Earlier" not in str(page.keyboard):
            break
        page = await tap(shop, shop.admin, page, "Earlier")
    assert "A command on the server changed the campaign “welcome”" in seen[-1]
    assert len(set(seen)) == len(seen) > 1


@pytest.mark.parametrize("statement", [update(audit_table).values(act="x"), delete(audit_table)])
async def test_nothing_is_taken_back(store: Store, statement: object) -> None:
    """The database itself refuses."""
    with pytest.raises(RuleBroken, match="append-only"):
        await store.write(run, statement)  # type: ignore[arg-type]  # pytest's parameters
    assert await store.read(audit.list_before, most=1)


@pytest.mark.parametrize(
    ("language", "said", "door"),
    [
        ("en", "You run this shop as owner", "Run the shop"),
        ("id", "Kamu mengurus toko ini sebagai pemilik", "Urus toko"),
        ("zh", "你在这里是店主", "管店"),
    ],
)
async def test_who_runs_the_shop_is_welcomed_as_that(
    shop: ShopAtWork, store: Store, language: str, said: str, door: str
) -> None:
    """With what they may do and the way to it, in their language, from the very first start; others are told nothing of it."""
    person = shop.add_person("Wati", language=language)
    await store.write(roles.set, person.id, Role.OWNER)
    first = await shop.join(person)
    for welcome in (first, await shop.ask(person, "/start")):
        assert said in welcome.text
        assert "/admin" in welcome.text
        assert door in str(welcome.keyboard)
    guest = shop.add_person("Gina", language=language)
    for greeting in (await shop.join(guest), await shop.ask(guest, "/start")):
        assert "/admin" not in greeting.text
        assert door not in str(greeting.keyboard)


async def test_staff_are_welcomed_without_a_door_that_is_not_theirs(shop: ShopAtWork, store: Store) -> None:
    """What they may do, and /help."""
    person = shop.add_person("Tari")
    await store.write(roles.set, person.id, Role.STAFF)
    welcome = await shop.join(person)
    assert "You run this shop as staff: you can help members" in welcome.text
    assert "Run the shop" not in str(welcome.keyboard)


async def test_a_large_team_is_leafed_through(shop: ShopAtWork, store: Store) -> None:
    """However many there are, a page has few enough buttons for Telegram, and everybody is on one."""
    for number in range(1, 121):
        await store.write(roles.set, 7_000_000 + number, Role.STAFF)
        await store.write(open_home, visitor=Profile(telegram_id=7_000_000 + number, first_name=f"Helper{number}x"))
    page, seen = await shop.ask(shop.admin, "/team"), ""
    for _ in range(10):
        assert len(page.buttons) <= 100
        seen += page.text
        if "▶" not in str(page.keyboard):
            break
        page = await tap(shop, shop.admin, page, "▶")
    assert all(f"Helper{number}x" in seen for number in range(1, 121))


async def test_a_role_that_ends_in_the_middle_of_a_question_ends_it_kindly(shop: ShopAtWork, store: Store) -> None:
    """Also where only the unit of work finds out: nothing is done, and nothing more is asked."""
    person = await shop.add_member("Doni")
    assert "What shall be done?" in (await shop.ask(person, "/errand")).text
    assert "do that here any more" in (await shop.ask(person, "everything")).text
    found = await store.read(people.find_by_telegram_id, person.id)
    assert found is not None
    assert await find_flow(store, found.id) is None
    assert POINTER in (await shop.ask(person, "everything")).text


async def test_a_menu_speaks_the_language_that_was_chosen(shop: ShopAtWork) -> None:
    """Whatever Telegram itself is set to; and it goes with the role."""
    person = await invite(shop, "Made", "manager")
    await shop.telegram.until(lambda: "stats" in list_menu(shop, person))
    screen = await shop.ask(person, "/language")
    await tap(shop, person, screen, "Bahasa Indonesia")

    def speaks_indonesian() -> bool:
        listed = shop.world.profile.list_commands(shop.world.open_chat(person), person)
        return "Urus toko: kampanye, kata, gambar" in {each["description"] for each in listed}

    await shop.telegram.until(speaks_indonesian)
