from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from bot.core.throttling import MISSES_ALLOWED
from bot.playground.world import Message, Person
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in
from tests.thinning import thin

pytestmark = pytest.mark.asyncio(loop_scope="module")

TELEGRAM = {"en": "en", "id": "id", "zh": "zh-hans"}
ASKS = {"en": "Did somebody recommend us", "id": "Ada yang merekomendasikan kami", "zh": "向你推荐了我们吗"}
THANKS = {"en": "let Putu", "id": "Terima kasih, Putu", "zh": "我会告诉 Putu"}
UNKNOWN = {"en": "I know nobody called “Nobody", "id": "siapa pun bernama “Nobody", "zh": "不认识叫“Nobody"}
NOT_ME = {"en": "It wasn", "id": "Bukan aku", "zh": "不是我"}
TAKEN_BACK = {"en": "no longer counts", "id": "tidak lagi dihitung", "zh": "不再记在"}
MISNAMED = {"en": "thanked the wrong person", "id": "orang yang salah", "zh": "谢错了人"}
NOBODY = {"en": "Nobody did", "id": "Tidak ada", "zh": "没有人推荐"}
HOSTILE = [
    '</b><a href="tg://user?id=1">x</a>',
    "\u202eidu\u2066B",
    "{name} %s",
    "Z\u0335\u0336\u0337" * 8,
    "t.me/evil @evil",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """One bot at work for this module."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("shop"))) as opened:
        yield opened


async def balance(shop: ShopAtWork, person: Person) -> int:
    """What /rewards says first."""
    found = re.search(r"-?\d+", (await shop.ask(person, "/rewards")).text.replace("\u2212", "-"))
    assert found
    return int(found[0])


def list_labels(message: Message) -> list[str]:
    """The words on the buttons of a message as it is now."""
    return [button.text for button in message.chat.messages[message.id].buttons]


async def add_crowd(shop: ShopAtWork, name: str, lasts: list[str]) -> list[Person]:
    """Members of one first name."""
    crowd = [shop.world.add_person(name, last_name=last) for last in lasts]
    for person in crowd:
        await shop.join(person)
    return crowd


@pytest.mark.parametrize("language", TELEGRAM)
async def test_just_say_my_name(shop: ShopAtWork, language: str) -> None:
    """Asked with the welcome, answered by typing; the inviter hears of it, says no, and both are told kindly."""
    code, name = TELEGRAM[language], f"Putu{language}"
    putu = await shop.add_member(name, language=code)
    budi = shop.add_person(f"Budi{language}", language=code)
    welcome = await shop.join(budi)
    assert ASKS[language] in welcome.text
    assert NOBODY[language] in list_labels(welcome)
    assert welcome.buttons[0].action == "switch_inline_query_chosen_chat", "sharing stays first"
    assert UNKNOWN[language] in (await shop.ask(budi, f"Nobody{language}")).text
    thanks = await shop.ask(budi, name.upper())
    assert THANKS[language] in thanks.text
    assert await balance(shop, budi) == 25
    told = await shop.telegram.until_message(putu, f"Budi{language}")
    assert await balance(shop, putu) == 50
    await shop.tap(putu, told, NOT_ME[language])
    await shop.until_edited(told, TAKEN_BACK[language])
    sorry = await shop.telegram.until_message(budi, MISNAMED[language])
    assert name not in sorry.text
    assert [await balance(shop, each) for each in (putu, budi)] == [0, 0]


async def test_who_came_by_a_link_is_not_asked(shop: ShopAtWork) -> None:
    """Neither in the greeting nor in the menu."""
    anna = await shop.add_member("Linkanna")
    guest = shop.add_person()
    greeting = await shop.join(guest, find_link(await shop.ask(anna, "/start")))
    assert ASKS["en"] not in greeting.text
    assert "A friend told me" not in list_labels(await shop.ask(guest, "/start"))


async def test_one_of_several_is_chosen_by_a_tap(shop: ShopAtWork) -> None:
    """First name and initial only, at most five; two quick taps credit once."""
    crowd = await add_crowd(shop, "Kadek", ["Arta", "Bagus", "Citra", "Dewi", "Eka", "Fitri"])
    guest = await shop.add_member("Chooser")
    offer = await shop.ask(guest, "kadek")
    assert list_labels(offer) == ["Kadek A.", "Kadek B.", "Kadek C.", "Kadek D.", "Kadek E.", "None of them"]
    assert "even more" in offer.text
    taps = [shop.world.tap(guest, offer, "Kadek B.") for _ in range(2)]
    for tap in taps:
        await shop.telegram.until_answered(tap)
    await shop.telegram.until_message(crowd[1], "Chooser")
    await shop.telegram.until(lambda: "Kadek A." not in list_labels(offer), what="the offer to be replaced")
    assert [await balance(shop, person) for person in crowd[:3]] == [0, 50, 0]
    assert await balance(shop, guest) == 25


async def test_forged_choices_choose_nobody(shop: ShopAtWork) -> None:
    """Another member's offer, an invented number, a place beyond the end, a referral that is not one's own."""
    crowd = await add_crowd(shop, "Nyoman", ["Ayu", "Bayu"])
    guest, thief = await shop.add_member("Honest"), await shop.add_member("Thief")
    offer = await shop.ask(guest, "Nyoman")
    offered = str(offer.buttons[0].value)
    assert offered.startswith("claim_who:")
    for data in (
        offered,
        "claim_who:1",
        "claim_pick:1:0",
        "claim_pick:0:4",
        "not_me:1",
        "claim_pick:1:5",
        "findable:2",
    ):
        await push_tap(shop, thief, offer, data)
    assert [await balance(shop, person) for person in (*crowd, thief)] == [0, 0, 0]
    await shop.tap(guest, offer, "Nyoman A.")
    told = await shop.telegram.until_message(crowd[0], "Honest")
    await push_tap(shop, thief, told, str(told.get_button("It wasn").value))
    assert await balance(shop, crowd[0]) == 50


async def push_tap(shop: ShopAtWork, person: Person, message: Message, data: str) -> None:
    """A tap that no button of that person carries, as a forged client would send it."""
    body = {
        "id": str(abs(hash((person.id, data)))),
        "from": {"id": person.id, "is_bot": False, "first_name": person.first_name, "language_code": "en"},
        "chat_instance": "1",
        "message": {**message.render(), "chat": {"id": person.id, "type": "private"}},
        "data": data,
    }
    shop.world.push_raw("callback_query", body)
    await shop.telegram.until_confirmed()
    await shop.ask(person, "/help")


async def test_guessing_names_is_throttled(shop: ShopAtWork) -> None:
    """After a few names that lead nowhere not even a right one is looked up."""
    await shop.add_member("Rightname")
    guest = await shop.add_member()
    for attempt in range(MISSES_ALLOWED):
        assert "I know nobody" in (await shop.ask(guest, f"Wrong {attempt}x")).text
    assert "take a break" in (await shop.ask(guest, "Rightname")).text


async def test_nobody_did_ends_the_question(shop: ShopAtWork) -> None:
    """What is typed then is no name; the menu keeps the way back."""
    guest = shop.add_person()
    welcome = await shop.join(guest)
    await shop.tap(guest, welcome, "Nobody did")
    await shop.until_edited(welcome, "you found us by yourself")
    assert "I only understand buttons" in (await shop.ask(guest, "Somebody")).text
    menu = await shop.ask(guest, "/start")
    await shop.tap(guest, menu, "A friend told me")
    await shop.until_edited(menu, "Who recommended")
    assert "I know nobody called “Somebody”" in (await shop.ask(guest, "Somebody")).text


async def test_hiding_from_newcomers(shop: ShopAtWork) -> None:
    """One tap in /privacy, and back."""
    shy, guest = await shop.add_member("Shyone"), await shop.add_member()
    privacy = await shop.ask(shy, "/privacy")
    await shop.tap(shy, privacy, "let me be found")
    await shop.until_edited(privacy, "Nobody finds you by your name")
    assert "I know nobody" in (await shop.ask(guest, "Shyone")).text
    await shop.tap(shy, privacy, "Let me be found")
    await shop.until_edited(privacy, "sees your first name and initial")
    assert "let Shyone" in (await shop.ask(guest, "Shyone")).text


async def test_oneself_and_ones_guests_cannot_be_named(shop: ShopAtWork) -> None:
    """Each has a kind sentence, and nothing moves."""
    host = await shop.add_member("Hostess")
    guest = await shop.add_member("Guestling")
    await shop.ask(guest, "Hostess")
    await shop.telegram.until_message(host, "Guestling")
    assert "Who was it that told you" in (await shop.ask(host, "hostess")).text
    assert "Guestling came through you" in (await shop.ask(host, "Guestling")).text
    assert [await balance(shop, each) for each in (host, guest)] == [50, 25]


@pytest.mark.parametrize("name", thin(HOSTILE))
async def test_hostile_names_are_shown_as_they_are(shop: ShopAtWork, name: str) -> None:
    """As a member's name, as what is typed and on a button: no link, no formatting, no turned sentence."""
    await add_crowd(shop, name, ["Xeno", "Yara"])
    guest = await shop.add_member()
    for typed in (name, f"{name} nobody"):
        answer = await shop.ask(guest, typed)
        kinds = {str(entity["type"]) for entity in answer.entities}
        assert kinds <= {"url", "bold", "bot_command"}, "the shop's own link and figures"
        urls = {answer.text[each["offset"] :] for each in answer.entities if each["type"] == "url"}
        assert all(url.startswith("https://t.me/passalong_bot") for url in urls)
        assert not set(answer.text) & set("\u202e\u2066")
        assert all(not set(label) & set("\u202e\u2066") for label in list_labels(answer))


async def test_many_names_at_once_credit_once(shop: ShopAtWork) -> None:
    """A newcomer's texts are handled one by one."""
    anna, guest = await shop.add_member("Onlyanna"), await shop.add_member()
    chat = shop.world.open_chat(guest)
    said = [shop.world.send_text(guest, chat, "Onlyanna") for _ in range(4)]
    await asyncio.gather(*(shop.telegram.until_reply(each) for each in said))
    await shop.telegram.until_message(anna, "says that you recommended us")
    await shop.telegram.until_message(guest, "I only understand", after=said[-1])
    assert await balance(shop, anna) == 50


async def test_a_card_that_was_passed_on_says_who_it_was(shop: ShopAtWork) -> None:
    """What is asked is who recommended the shop: the card with its link below the picture is an answer."""
    made, budi = shop.add_person("Cardmade"), shop.add_person("Cardbudi")
    link = find_link(await shop.join(made))
    await shop.join(budi)
    picture = io.BytesIO()
    Image.new("RGB", (64, 80), "white").save(picture, "JPEG")
    chat = shop.world.open_chat(budi)
    shop.world.send_photo(budi, chat, picture.getvalue(), f"Come and taste! {link}")
    await shop.telegram.until_message(budi, "let Cardmade know")
    assert await balance(shop, made) == 50


async def pick_card(shop: ShopAtWork, member: Person, friend: Person) -> Message:
    """What a friend gets in the chat with a member who calls the bot there."""
    chat = shop.world.open_chat(member, friend)
    query = shop.world.type_inline(member, chat)
    await shop.telegram.until_results(query)
    return shop.world.choose_inline(member, query)


async def test_a_card_got_by_inline_mode_says_who_it_was(shop: ShopAtWork) -> None:
    """Forwarded as it is, it still carries the name of the bot that made it."""
    made, komang = await shop.add_member("Inlinemade"), shop.add_person("Inlinekomang")
    card = await pick_card(shop, made, komang)
    await shop.join(komang)
    passed = shop.world.forward(komang, card, shop.world.open_chat(komang))
    assert passed.via_bot is shop.world.bot
    await shop.telegram.until_message(komang, "let Inlinemade know")
    assert await balance(shop, made) == 50


async def test_a_card_that_nobody_asked_for_is_no_answer(shop: ShopAtWork) -> None:
    """A member who calls the bot in its own chat is not answered a second time."""
    made, ketut = await shop.add_member("Unaskedmade"), shop.add_person("Unaskedketut")
    card = await pick_card(shop, made, ketut)
    await shop.tap(ketut, await shop.join(ketut), "Nobody did")
    chat = shop.world.open_chat(ketut)
    passed = shop.world.forward(ketut, card, chat)
    helped = await shop.ask(ketut, "/help", "/privacy")
    assert [number for number in chat.messages if passed.id < number < helped.id - 1] == []
    assert await balance(shop, made) == 0


async def test_the_message_with_a_spoken_code_says_who_it_was(shop: ShopAtWork) -> None:
    """One that was given, and one that a member chose, which only its bold letters tell."""
    made = await shop.add_member("Spokenmade")
    told = await shop.ask(made, "/spoken")
    await shop.tap(made, told, "Choose my own")
    await shop.ask(made, "kueh77")
    chosen = await shop.ask(made, "/spoken")
    for message in (told, chosen):
        guest = await shop.add_member()
        shop.world.forward(guest, message, shop.world.open_chat(guest))
        await shop.telegram.until_message(guest, "let Spokenmade know")


@pytest.mark.parametrize("shape", ["mention", "contact"])
async def test_a_friend_without_a_username_is_picked(shop: ShopAtWork, shape: str) -> None:
    """From the list that opens behind an @, or as a contact."""
    made, guest = await shop.add_member(f"Picked{shape}"), await shop.add_member()
    begun = shop.world.send_text(guest, shop.world.open_chat(guest), "/help")
    await shop.telegram.until_reply(begun, "/privacy")
    user = {"id": made.id, "is_bot": False, "first_name": "My friend"}
    shown = {"text": "My friend", "entities": [{"type": "text_mention", "offset": 0, "length": 9, "user": user}]}
    contact = {"contact": {"phone_number": "1", "first_name": "My friend", "user_id": made.id}}
    sent = {name: value for name, value in begun.render().items() if name not in {"text", "entities"}}
    shop.world.push_raw("message", {**sent, "message_id": 900_000, **(shown if shape == "mention" else contact)})
    await shop.telegram.until_message(guest, f"let Picked{shape} know")
