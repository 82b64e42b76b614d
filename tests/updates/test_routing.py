"""What is typed or tapped goes to what was declared for it: in its place, to who may, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from telegram import CallbackQuery, Chat, InaccessibleMessage, MaybeInaccessibleMessage, Message, MessageEntity, Update
from telegram import User as Account
from telegram.constants import ChatType

from bot.core.roles import EVERYBODY, OWNERS, decide_allowed
from bot.core.setting import Setting
from bot.messages.buttons import KEY, Button, Place
from bot.messages.commands import Command
from bot.messages.joining.refusals import render_missing, say_stale
from bot.messages.texts import Texts
from bot.services.members import NotAllowed, find_members_language, may
from bot.services.tickets.desk import is_at_desk
from bot.updates.capability import Capability, CapabilityMistake, Listener, Registry
from bot.updates.context import PassalongContext
from bot.updates.flows import Flow
from bot.updates.job import Job
from bot.updates.routing import CallbackRouter, TextRouter, find_place, list_handlers, parse_command
from storage.errors import RowMissing
from storage.role import Role
from tests.logged import list_values

BOT, ADA, OWNER, DESK, OTHER = 1, 7, 8, -1001, -1002
NOON = datetime(2026, 1, 1, tzinfo=UTC)
STALE = say_stale(Texts("en"))
Log = list[tuple[str, Any]]


class Talk:
    """The context of an update: what is asked of the store, and what is said."""

    def __init__(self) -> None:
        self.bot = SimpleNamespace(id=BOT, username="Shop_Bot")
        self.log: Log = []
        self.args: list[str] | None = None

    async def read(self, service: Callable[..., Any], *args: int, **named: Any) -> Any:
        """What the store would say: who is who, and where the desk is."""
        if service is may:
            return decide_allowed(Role.OWNER if named["telegram_id"] == OWNER else Role.MEMBER, named["roles"])
        if service is is_at_desk:
            return named["chat_id"] == DESK
        assert service is find_members_language
        return "id" if args == (OWNER,) else None

    async def answer(self, _query: CallbackQuery, text: str | None = None) -> None:
        """Stop the spinner."""
        self.log.append(("answered", text))

    async def deliver(self, message: Any) -> None:
        """Say something."""
        self.log.append(("said", message.text))

    @property
    def context(self) -> PassalongContext[Any]:
        """For whoever handles."""
        return cast("PassalongContext[Any]", self)


def note(name: str, error: Exception | None = None) -> Callable[..., Any]:
    """A handler that notes what it was given."""

    async def handle(update: Update, context: Any, *values: Any) -> None:
        assert isinstance(update, Update)
        context.log.append((name, values))
        if error is not None:
            raise error

    return handle


CAPABILITY = Capability(
    name="sample",
    roles=EVERYBODY,
    commands={
        Command(name="bake", text={"en": "Bake"}, place=1): note("bake"),
        Command(name="oven", text={"en": "Oven"}, place=2, roles=OWNERS): note("oven"),
        Command(name="gone", text={"en": "Gone"}, place=3): note("gone", NotAllowed("no more")),
    },
    buttons={
        Button("plain"): note("plain"),
        Button("named", cake=KEY): note("named"),
        Button("word", toast="story.here"): note("word"),
        Button("owned", roles=OWNERS): note("owned"),
        Button("post", place=Place.POST): note("post"),
        Button("desk", place=Place.DESK): note("desk"),
        Button("barred"): note("barred", NotAllowed("no more")),
        Button("lost", cake=KEY): note("lost", RowMissing("no cake")),
        Button("lost_post", place=Place.POST, cake=KEY): note("lost_post", RowMissing("no cake")),
        Button("broken"): note("broken", RowMissing("no shop")),
    },
)
REGISTRY = Registry([CAPABILITY])


def make_account(number: int) -> Account:
    """Somebody, or the bot."""
    return Account(number, f"Person {number}", is_bot=number == BOT, language_code="en")


def make_message(chat: int, kind: str = ChatType.PRIVATE, *, sender: int | None = BOT, text: str = "") -> Message:
    """A message with a command in front where it looks like one."""
    name = text.split(maxsplit=1)[0] if text else ""
    entity = MessageEntity(MessageEntity.BOT_COMMAND, 0, len(name))
    return Message(
        5,
        NOON,
        Chat(chat, kind),
        from_user=make_account(sender) if sender is not None else None,
        text=text,
        entities=[entity] if name.startswith("/") else [],
    )


def make_tap(data: str | None, message: MaybeInaccessibleMessage | None, telegram_id: int = ADA) -> CallbackQuery:
    """Somebody taps."""
    return CallbackQuery("1", make_account(telegram_id), "c", message=message, data=data)


async def tap(data: str | None, message: MaybeInaccessibleMessage | None = None, telegram_id: int = ADA) -> Log:
    """What comes of a tap, in somebody's own chat unless it says where."""
    talk, query = Talk(), make_tap(data, message or make_message(telegram_id), telegram_id)
    await CallbackRouter(REGISTRY).on_tap(Update(1, callback_query=query), talk.context)
    return talk.log


CHANNEL = make_message(-5, ChatType.CHANNEL, sender=None)
GROUP = make_message(OTHER, ChatType.SUPERGROUP)
TEAM_GROUP = make_message(DESK, ChatType.SUPERGROUP)


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (make_message(ADA), Place.PRIVATE),
        (make_message(OWNER), None),
        (make_message(ADA, sender=9), None),
        (make_message(ADA, sender=None), None),
        (CHANNEL, Place.POST),
        (GROUP, Place.POST),
        (make_message(OTHER, ChatType.GROUP, sender=9), None),
        (InaccessibleMessage(Chat(ADA, ChatType.PRIVATE), 5), None),
        (None, None),
    ],
)
def test_a_button_is_where_only_this_bot_can_have_put_it(
    message: MaybeInaccessibleMessage | None, place: Place | None
) -> None:
    """Data of a tap may be made up, and so may the message it is said to be on."""
    assert find_place(make_tap("plain", message), BOT) is place


async def test_the_spinner_stops_before_the_work_begins() -> None:
    """With a word where the button has one, in the language of who taps; the arguments go along."""
    assert await tap("plain") == [("answered", None), ("plain", ())]
    assert await tap("named:lemon") == [("answered", None), ("named", ("lemon",))]
    for telegram_id, language in ((ADA, "en"), (OWNER, "id")):
        word = Texts(language).plain("story.here")
        assert await tap("word", telegram_id=telegram_id) == [("answered", word), ("word", ())]


@pytest.mark.parametrize("data", ["", None, "nothing", "named", "named:", "named:a:b", "plain:x", "owned", "post"])
async def test_what_is_no_button_for_whoever_taps_it_gets_one_kind_sentence(data: str | None) -> None:
    """Made up, of another time, for others, or for another place: all look alike, and nothing is done."""
    assert await tap(data) == [("answered", STALE)]


async def test_what_is_open_to_some_is_done_for_them() -> None:
    """As their role is now."""
    assert await tap("owned", telegram_id=OWNER) == [("answered", None), ("owned", ())]


async def test_each_button_works_in_its_place_alone() -> None:
    """Under posts in groups and channels; the team's in their own chats and in the group where they answer."""
    for where in (GROUP, CHANNEL, TEAM_GROUP):
        assert await tap("post", where) == [("answered", None), ("post", ())]
        assert await tap("plain", where) == [("answered", STALE)]
    for where in (make_message(ADA), TEAM_GROUP):
        assert await tap("desk", where) == [("answered", None), ("desk", ())]
    for where in (GROUP, CHANNEL, make_message(DESK, ChatType.SUPERGROUP, sender=9)):
        assert await tap("desk", where) == [("answered", STALE)]


async def test_who_may_not_any_more_hears_nothing_of_the_thing() -> None:
    """The role ended between the tap and the work."""
    assert await tap("barred") == [("answered", None), ("barred", ())]


async def test_a_button_about_what_is_gone_says_so_to_who_tapped_it(caplog: pytest.LogCaptureFixture) -> None:
    """In their language, and not in front of others; the log says what is gone; what names nothing is a fault of ours."""
    for telegram_id, language in ((ADA, "en"), (OWNER, "id")):
        words = render_missing(Texts(language)).text
        log = await tap("lost:lemon", telegram_id=telegram_id)
        assert log == [("answered", None), ("lost", ("lemon",)), ("said", words)]
    assert await tap("lost_post:lemon", GROUP) == [("answered", None), ("lost_post", ("lemon",))]
    assert ["no cake" in said for (said,) in list_values(caplog)] == [True] * 3
    with pytest.raises(RowMissing):
        await tap("broken")


async def type_text(text: str, telegram_id: int = ADA, *, wanted: bool = False) -> tuple[Log, list[str] | None]:
    """What comes of a message, and what stood behind its command; wanted are texts that begin like one."""
    talk, asked = Talk(), list[str]()

    async def wants(update: Update, context: Talk) -> bool:
        assert context is talk
        asked.append((update.message and update.message.text) or "")
        return wanted

    router = TextRouter(
        REGISTRY,
        on_text=note("text"),
        on_edited=note("edited", NotAllowed("no more")),
        on_passed=note("passed"),
        wants_command=wants,
    )
    message = make_message(telegram_id, sender=telegram_id, text=text)
    await router.on_message(Update(1, message=message), talk.context)
    assert asked in ([], [text])
    return talk.log, talk.args


@pytest.mark.parametrize(
    ("text", "handler", "args"),
    [
        ("/bake", "bake", []),
        ("/BAKE@shop_bot lemon", "bake", ["lemon"]),
        ("/bake@SHOP_BOT two lemons now", "bake", ["two", "lemons", "now"]),
        ("/bake@other_bot lemon", "text", None),
        ("/nothing", "text", []),
        ("/oven", "text", []),
        ("/gone", "gone", []),
        ("bake", "text", None),
        ("", "text", None),
    ],
)
async def test_a_command_goes_to_its_handler_and_all_else_is_text(
    text: str, handler: str, args: list[str] | None
) -> None:
    """Whatever its letters' size; one for another bot, and one that somebody may not use, does not exist for them."""
    log, found = await type_text(text)
    assert log[0] == (handler, ())
    assert found == args


async def test_a_command_that_somebody_may_not_use_any_more_is_text() -> None:
    """Its handler was told so by the store, and has said nothing yet."""
    log, _ = await type_text("/gone")
    assert log == [("gone", ()), ("text", ())]
    log, _ = await type_text("/oven", OWNER)
    assert log == [("oven", ())]


async def test_a_sentence_that_begins_like_a_command_is_an_answer_where_one_is_awaited() -> None:
    """Three words are more than a command with what belongs to it; two are none."""
    assert (await type_text("/bake us something", wanted=True))[0] == [("text", ())]
    assert (await type_text("/bake us something"))[0] == [("bake", ())]
    assert (await type_text("/bake lemon", wanted=True))[0] == [("bake", ())]


async def test_what_was_edited_and_what_other_bots_made_end_quietly() -> None:
    """Of what an inline mode made only this bot's own is taken."""
    talk = Talk()
    router = TextRouter(
        REGISTRY,
        on_text=note("text"),
        on_edited=note("edited", NotAllowed("no more")),
        on_passed=note("passed"),
        wants_command=note("never"),
    )
    await router.on_edited(Update(1, edited_message=make_message(ADA, sender=ADA, text="x")), talk.context)
    for maker in (BOT, 99, None):
        passed = Message(
            5,
            NOON,
            Chat(ADA, ChatType.PRIVATE),
            from_user=make_account(ADA),
            via_bot=make_account(maker) if maker is not None else None,
        )
        await router.on_passed(Update(1, message=passed), talk.context)
        assert talk.log == [("edited", ()), ("passed", ())], maker


def test_a_command_stands_in_front() -> None:
    """One in the middle of a text is none, nor is what merely looks like one."""
    later = Message(
        5, NOON, Chat(ADA, ChatType.PRIVATE), text="try /bake", entities=[MessageEntity("bot_command", 4, 5)]
    )
    other = Message(5, NOON, Chat(ADA, ChatType.PRIVATE), text="/bake", entities=[MessageEntity("bold", 0, 5)])
    assert parse_command(later, "shop_bot") == parse_command(other, "shop_bot") == ""


def test_what_was_said_goes_one_way_and_what_was_changed_another() -> None:
    """And only what a human has said to the bot itself: a group's words are read by who listens there."""
    texts = TextRouter(
        REGISTRY,
        on_text=note("text"),
        on_edited=note("edited"),
        on_passed=note("passed"),
        wants_command=note("never"),
    )
    handlers = {getattr(each.callback, "__name__", ""): each for each in list_handlers(REGISTRY, texts)}
    said, machine = make_message(ADA, sender=ADA, text="x"), make_message(ADA, sender=BOT, text="x")
    inside = make_message(DESK, ChatType.SUPERGROUP, sender=ADA, text="x")
    passed = Message(5, NOON, Chat(ADA, ChatType.PRIVATE), from_user=make_account(ADA), via_bot=make_account(BOT))
    updates = {
        "said": Update(1, message=said),
        "changed": Update(1, edited_message=said),
        "passed": Update(1, message=passed),
        "passed and changed": Update(1, edited_message=passed),
        "said inside": Update(1, message=inside),
        "changed inside": Update(1, edited_message=inside),
        "said by a machine": Update(1, message=machine),
        "changed by a machine": Update(1, edited_message=machine),
    }
    for name, wanted in (("on_message", {"said"}), ("on_edited", {"changed"}), ("on_passed", {"passed"})):
        assert {each for each, update in updates.items() if handlers[name].check_update(update)} == wanted
    assert list(handlers)[3] == "on_tap"


@pytest.mark.parametrize(
    "second",
    [
        Capability(name="sample"),
        Capability(name="other", commands={Command(name="bake", text={"en": "Bake"}): note("bake")}),
        Capability(name="other", buttons={Button("plain", cake=KEY): note("plain")}),
        Capability(name="other", settings=[Setting(name="OVEN", default="", parse=str, right="x")] * 2),
        Capability(name="other", documents={".csv": note("file")}, flows={"baking": cast("Any", None)}),
    ],
    ids=["a capability", "a command", "a button", "a setting", "a document"],
)
def test_two_things_of_one_name_are_refused_at_the_start(second: Capability) -> None:
    """The later one would be in the place of the other, and nobody would know."""
    first = replace(CAPABILITY, documents={".csv": note("file")})
    with pytest.raises(CapabilityMistake, match=r"'(sample|bake|plain|OVEN|\.csv)' is declared twice"):
        Registry([first, second])


def test_all_that_capabilities_declare_is_found_by_its_name() -> None:
    """With who may use it: as its own declaration says, or else as its capability does; other kinds of updates are listened to once."""
    flow, job = Flow(name="baking", steps=()), Job(name="baking", every_seconds=1.0, run=note("job"))
    oven = Setting(name="OVEN", default="cold", parse=str.upper, right="x")
    listener = Listener(update_type="poll", handler=cast("Any", None))
    other = Capability(
        name="other",
        roles=OWNERS,
        commands={Command(name="first", text={"en": "First"}, place=0, roles=EVERYBODY): note("first")},
        buttons={Button("other"): note("other")},
        documents={".csv": note("file")},
        flows={"baking": flow},
        jobs=[job],
        settings=[oven],
        listeners=[listener, listener, Listener(update_type="message", handler=cast("Any", None))],
    )
    registry = Registry([CAPABILITY, other], {"OVEN": "hot"})
    assert registry.capabilities == (CAPABILITY, other)
    assert {name: bound.roles for name, bound in registry.commands.items()} == {
        "bake": EVERYBODY,
        "oven": OWNERS,
        "gone": EVERYBODY,
        "first": EVERYBODY,
    }
    assert (registry.buttons["plain"].roles, registry.buttons["other"].roles) == (EVERYBODY, OWNERS)
    assert (registry.documents[".csv"].roles, registry.flows["baking"].roles) == (OWNERS, OWNERS)
    assert (registry.flows["baking"].given, registry.flows["baking"].declared) == (flow, flow)
    assert (registry.jobs, registry.get_setting(oven)) == ((job,), "HOT")
    assert Registry([other]).get_setting(oven) == "COLD"
    assert registry.update_types == ("message", "edited_message", "callback_query", "poll")
    assert len(registry.listeners) == 3
    assert [each.name for each in registry.list_commands(Role.MEMBER)] == ["first", "bake", "gone"]
    assert [each.name for each in registry.list_commands(Role.OWNER)] == ["first", "bake", "oven", "gone"]
