"""A new capability is its own files and one line of the table of contents: everything else finds it."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import sys
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from bot.app import run_in
from bot.capabilities import CAPABILITIES
from bot.core.setting import Setting, SettingMistake
from bot.messages.buttons import Button
from bot.playground.world import Message, Person
from bot.settings import read_settings
from bot.updates.capability import Capability, CapabilityMistake, Registry
from storage import Store, open_store
from storage.tables import warnings
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


PIECES = Setting(name="PIECES", default="8", parse=int, right="Give a number, like 12")


class Stage:
    """A shop with one capability more than it ships with."""

    def __init__(self, shop: ShopAtWork, store: Store) -> None:
        self.shop, self.store = shop, store

    async def reach(self, person: Person, *labels: str) -> Message:
        """Walk through the dialogue by these labels, from its second question on."""
        question = await self.shop.ask(person, "Lemon")
        for label in labels:
            await self.shop.tap(person, question, label)
        return question.chat.messages[question.id]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The sample is copied out of the tests, as if somebody had written it elsewhere."""
    folder = tmp_path_factory.mktemp("added")
    shutil.copy(Path(__file__).with_name("sample.py"), folder / "baking.py")
    sys.path.insert(0, str(folder))
    added: Capability = importlib.import_module("baking").CAPABILITY
    url = sqlite_in(folder)
    async with (
        open_store(url) as store,
        open_shop(
            url, store=store, capabilities=[*CAPABILITIES, added], settings={"PASSALONG_CAKE_PIECES": "12"}
        ) as shop,
    ):
        yield Stage(shop, store)
    sys.path.remove(str(folder))


def list_labels(message: Message) -> list[str]:
    """What can be tapped under a message."""
    return [button.text for button in message.buttons]


async def test_its_commands_stand_in_menus_and_help(stage: Stage) -> None:
    """Each for the roles it is open to, in the place it asked for, in the reader's language."""
    shop = stage.shop
    anna, rina = await shop.add_member("Anna"), await shop.add_member("Rina", language="id")
    await shop.join(shop.admin)

    def list_menu(person: Person) -> list[str]:
        chat = shop.world.open_chat(person)
        return [f"{each['command']} {each['description']}" for each in shop.world.profile.list_commands(chat, person)]

    await shop.telegram.until(lambda: "oven Look into the oven" in list_menu(shop.admin))
    assert list_menu(anna)[0] == "bake Have a cake baked"
    assert list_menu(rina)[0] == "bake Pesan kue"
    assert not [line for line in list_menu(anna) if line.startswith("oven")]
    assert "/bake \N{EN DASH} Have a cake baked" in (await shop.ask(anna, "/help")).text
    assert "/oven" not in (await shop.ask(anna, "/help")).text
    assert "/oven" in (await shop.ask(shop.admin, "/help")).text


async def test_its_dialogue_is_gone_through_step_by_step(stage: Stage) -> None:
    """Typed, tapped and skipped answers, a way back, one unit of work at its end, and the notice it owes."""
    anna = await stage.shop.add_member("Anna")
    first = await stage.shop.ask(anna, "/bake")
    assert (first.text, list_labels(first)) == ("What shall the cake be called?", ["Cancel"])
    second = await stage.shop.ask(anna, "Carrot")
    assert (second.text, list_labels(second)) == ("How big shall Carrot be?", ["Small", "Large", "Back", "Cancel"])
    await stage.shop.tap(anna, second, "Back")
    await stage.shop.until_edited(second, "What shall the cake be called?")
    again = await stage.shop.ask(anna, "Lemon")
    await stage.shop.tap(anna, again, "Small")
    third = await stage.shop.until_edited(again, "Is there a picture?")
    assert list_labels(third) == ["Back", "Skip", "Cancel"]
    await stage.shop.tap(anna, third, "Skip")
    baked = await stage.shop.until_edited(third, "Baked: small Lemon, picture: None")
    await stage.shop.tap(anna, baked, "Taste it")
    await stage.shop.until_edited(baked, "Mmm, lemon, one of 12 pieces")
    await stage.shop.telegram.until_message(anna, "Lemon is ready", after=first)
    assert f"baked:{anna.id}:Lemon" in await stage.store.read(warnings.list_told)


async def test_a_second_tap_changes_nothing(stage: Stage) -> None:
    """The question that waits stays; what has come of the last one stays, too."""
    anna = await stage.shop.add_member("Anna")
    await stage.shop.ask(anna, "/bake")
    question = await stage.shop.ask(anna, "Lemon")
    taps = [stage.shop.world.tap(anna, question, "Small") for _ in range(2)]
    for tap in taps:
        await stage.shop.telegram.until_answered(tap)
    await stage.shop.ask(anna, "/help")
    third = await stage.shop.until_edited(question, "Is there a picture?")
    taps = [stage.shop.world.tap(anna, third, "Skip") for _ in range(2)]
    for tap in taps:
        await stage.shop.telegram.until_answered(tap)
    await stage.shop.telegram.until_message(anna, "That question is over", after=third)
    await stage.shop.until_edited(third, "Baked: small Lemon")


async def test_an_answer_of_another_shape_is_asked_for_again(stage: Stage) -> None:
    """A text where a picture is wanted; then the picture."""
    anna = await stage.shop.add_member("Anna")
    await stage.shop.ask(anna, "/bake")
    question = await stage.reach(anna, "Large")
    await stage.shop.until_edited(question, "Is there a picture?")
    assert (await stage.shop.ask(anna, "no idea")).text == "Is there a picture?"
    jpeg = BytesIO()
    Image.new("RGB", (64, 64), "gold").save(jpeg, "JPEG")
    sent = stage.shop.world.send_photo(anna, stage.shop.world.open_chat(anna), jpeg.getvalue())
    assert "Baked: large Lemon, picture: " in (await stage.shop.telegram.until_reply(sent)).text


async def test_commands_are_never_swallowed_and_the_question_is_found_again(stage: Stage) -> None:
    """In the middle of a dialogue commands do what they always do; beginning once more leads to where one was."""
    anna = await stage.shop.add_member("Anna")
    await stage.shop.ask(anna, "/bake")
    assert "/share" in (await stage.shop.ask(anna, "/help")).text
    assert "How big" in (await stage.shop.ask(anna, "Lemon")).text
    assert "How big" in (await stage.shop.ask(anna, "/bake")).text
    assert "I only understand buttons" in (await stage.shop.ask(anna, "/nonsense")).text


async def test_a_dialogue_is_left_by_cancelling(stage: Stage) -> None:
    """By command and by button; what is typed then is just a text, and old buttons say that it is over."""
    anna = await stage.shop.add_member("Anna")
    await stage.shop.ask(anna, "/bake")
    question = await stage.shop.ask(anna, "Lemon")
    assert "off." in (await stage.shop.ask(anna, "/cancel")).text
    assert "I only understand buttons" in (await stage.shop.ask(anna, "Small")).text
    assert "nothing to cancel" in (await stage.shop.ask(anna, "/cancel")).text
    await stage.shop.tap(anna, question, "Small")
    await stage.shop.telegram.until_message(anna, "That question is over", after=question)
    begun = await stage.shop.ask(anna, "/bake")
    await stage.shop.tap(anna, begun, "Cancel")
    await stage.shop.until_edited(begun, "off.")


async def test_an_old_button_of_one_flow_ends_no_other(stage: Stage) -> None:
    """The button "not after all" of the spoken code leaves a cake that is being ordered alone."""
    anna = await stage.shop.add_member("Anna")
    spoken = await stage.shop.ask(anna, "/spoken")
    await stage.shop.tap(anna, spoken, "Choose")
    prompt = await stage.shop.until_edited(spoken, "code")
    await stage.shop.ask(anna, "/bake")
    await stage.shop.tap(anna, prompt, "Cancel")
    assert "How big shall Lemon be?" in (await stage.shop.ask(anna, "Lemon")).text


async def test_its_job_runs(stage: Stage) -> None:
    """The supervisor does it when it is due: a first time at the start."""
    for _ in range(500):
        if "dusted" in await stage.store.read(warnings.list_told):
            return
        await asyncio.sleep(0.02)
    pytest.fail("the job never ran")


async def test_a_setting_that_cannot_be_is_refused_at_the_start(tmp_path: Path) -> None:
    """Like one of the house: by name, with what would be right, and before anything is opened."""
    declared = Capability(name="pieces", settings=[PIECES])
    settings = read_settings({"PASSALONG_BOT_TOKEN": "1:a", "PASSALONG_PIECES": "many"})
    async with open_store(sqlite_in(tmp_path)) as store:
        with pytest.raises(SettingMistake, match=r"PASSALONG_PIECES .*Give a number, like 12"):
            await run_in(store, settings, asyncio.Event(), capabilities=[*CAPABILITIES, declared])


async def test_nothing_is_declared_twice() -> None:
    """Two capabilities that want one name are told so at the start, not by whichever is asked first."""

    async def on_nothing() -> None:
        return None

    twice = [Capability(name=name, buttons={Button("same"): on_nothing}) for name in ("one", "two")]
    with pytest.raises(CapabilityMistake, match="'same' is declared twice"):
        Registry(twice)
