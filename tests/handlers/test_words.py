from __future__ import annotations

from collections.abc import AsyncIterator

import cv2
import numpy as np
import pytest
import pytest_asyncio

from bot.playground.world import Message, Person
from tests.easel import draw_for
from tests.handlers.sharing_stage import CARDS, HEADLINES, Stage, list_results, list_uploads, open_stage
from tests.journeys.shop_at_work import find_link
from tests.messages.samples import HOSTILE, make_member, make_shop
from tests.thinning import thin

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "Best bread in town!"
PROMPT = "up to 120 characters"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One bot for all tests here."""
    async with open_stage(tmp_path_factory.mktemp("words")) as opened:
        yield opened


async def propose(stage: Stage, person: Person, card: Message, line: str = LINE, label: str = "My words") -> Message:
    """Ask for the line, type it, and return the bot's answer."""
    await stage.shop.tap(person, card, label)
    await stage.shop.telegram.until_message(person, PROMPT, after=card)
    return await stage.shop.ask(person, line)


def list_labels(message: Message) -> list[str]:
    """What stands on the buttons now."""
    return [button.text for button in message.chat.messages[message.id].buttons]


async def test_a_line_is_seen_kept_and_on_every_story(stage: Stage) -> None:
    """Asked for by a tap, typed, seen on the card; kept, it stands on all of them, until it is taken away."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    preview = await propose(stage, anna, card)
    assert f"“{LINE}”" in preview.text
    assert list_labels(preview) == ["Keep it", "Write another", "Drop it"]
    seen, uploads = preview.photo, len(list_uploads(stage.shop.world))
    assert seen is not card.photo
    await stage.shop.tap(anna, preview, "Keep it")
    await stage.settle(anna)
    assert "Send to a friend" in list_labels(preview)
    assert preview.chat.messages[preview.id].photo is seen, "kept as seen, not uploaded again"
    assert len(list_uploads(stage.shop.world)) == uploads
    turned = await stage.turn(anna, preview, "▶", HEADLINES[1])
    assert f"“{LINE}”" in turned.text
    fresh = await stage.take_card(anna)
    assert fresh.photo is seen
    await stage.shop.tap(anna, fresh, "Edit words")
    prompt = await stage.shop.telegram.until_message(anna, LINE, after=fresh)
    await stage.shop.tap(anna, prompt, "Remove my words")
    plain = await stage.shop.telegram.until_message(anna, "invites you", after=prompt)
    await stage.settle(anna)
    assert LINE not in plain.text
    assert plain.photo is card.photo
    assert "My words" in list_labels(plain)


async def test_the_line_is_on_the_story_it_was_written_under(stage: Stage) -> None:
    """Whoever writes below the second story sees it on the second story."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    card = await stage.turn(anna, card, "▶", HEADLINES[1])
    preview = await propose(stage, anna, card)
    assert HEADLINES[1] in preview.text
    await stage.shop.tap(anna, preview, "Drop it")
    await stage.settle(anna)
    dropped = preview.chat.messages[preview.id]
    assert HEADLINES[1] in dropped.text
    assert LINE not in dropped.text
    assert LINE not in (await stage.take_card(anna)).text


async def test_another_line_replaces_the_one_before(stage: Stage) -> None:
    """Writing another, then keeping: the last one counts; a button of the first keeps nothing old."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    first = await propose(stage, anna, card, "first try")
    second = await propose(stage, anna, first, "second try", "Write another")
    await stage.shop.tap(anna, second, "Keep it")
    await stage.settle(anna)
    await stage.shop.tap(anna, first, "Keep it")
    await stage.settle(anna)
    assert "“second try”" in (await stage.take_card(anna)).text
    third = await stage.take_card(anna)
    await stage.shop.tap(anna, third, "Edit words")
    assert "“second try”" in (await stage.shop.telegram.until_message(anna, PROMPT, after=third)).text


REFUSED = (
    ("look at evil.com", "link"),
    ("https://evil.example/x", "link"),
    ("ask @other_bot", "@name"),
    ("ask OtherBot", "name in it"),
    ("x" * 121, "121 characters"),
    ("…", "a word"),
    ("turn \u2066this", "hidden characters"),
)


async def test_a_refusal_says_why_and_waits_for_the_next_line(stage: Stage) -> None:
    """Each reason has words of its own; the next line is taken without another tap, however often it takes."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    await stage.shop.tap(anna, card, "My words")
    await stage.shop.telegram.until_message(anna, PROMPT, after=card)
    for line, reason in REFUSED:
        refusal = await stage.shop.ask(anna, line)
        assert reason in refusal.text, line
        assert refusal.photo is None
    assert "“Like home”" in (await stage.shop.ask(anna, "Like home")).text


async def test_a_formatted_link_is_a_link(stage: Stage) -> None:
    """An address hidden under words is refused like a visible one."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    await stage.shop.tap(anna, card, "My words")
    chat = stage.shop.world.open_chat(anna)
    said = stage.shop.world.send_formatted(anna, chat, '<a href="https://evil.example">best bread</a>')
    answer = await stage.shop.telegram.until_reply(said, "a link in it")
    assert answer.photo is None


async def test_changing_ones_mind_and_other_things(stage: Stage) -> None:
    """After Cancel a text is just a text; a picture is no line; a command does what it always does."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    await stage.shop.tap(anna, card, "My words")
    prompt = await stage.shop.telegram.until_message(anna, PROMPT, after=card)
    assert card.photo is not None
    picture = stage.shop.world.send_photo(anna, stage.shop.world.open_chat(anna), card.photo.read(), "my lunch")
    assert "/help" in (await stage.shop.telegram.until_reply(picture)).text
    assert "Your balance" in (await stage.shop.ask(anna, "/rewards")).text
    await stage.shop.tap(anna, prompt, "Cancel")
    await stage.shop.until_edited(prompt, "stays as it is")
    assert "/help" in (await stage.shop.ask(anna, LINE)).text


async def test_nothing_typed_unasked_is_taken_for_a_line(stage: Stage) -> None:
    """A button of another message, or made up, keeps nothing."""
    anna, budi = await stage.shop.add_member("Anna"), await stage.shop.add_member("Budi")
    card = await stage.take_card(anna)
    await propose(stage, anna, card)
    assert "/help" in (await stage.shop.ask(budi, LINE)).text
    assert LINE not in (await stage.take_card(budi)).text
    assert LINE not in (await stage.take_card(anna)).text, "seen, but not kept"


async def test_an_admin_is_asked_for_one_thing_at_a_time(stage: Stage) -> None:
    """What was asked for last is what the next text means: the words, or the broadcast."""
    admin = stage.shop.admin
    await stage.shop.join(admin)
    card = await stage.take_card(admin)
    await stage.shop.ask(admin, "/broadcast", "message for all members")
    preview = await propose(stage, admin, card)
    assert f"“{LINE}”" in preview.text
    assert "/help" in (await stage.shop.ask(admin, "To everybody")).text, "the words were asked for instead"
    await stage.shop.ask(admin, "/broadcast", "message for all members")
    await stage.shop.tap(admin, preview, "Keep it")
    lost = await stage.shop.telegram.until_message(admin, "That question is over", after=preview)
    assert (await stage.shop.ask(admin, "To everybody")).text == "To everybody", "an old button ends no other dialogue"
    assert lost.text
    await stage.shop.tap(admin, card, "My words")
    await stage.shop.ask(admin, "/broadcast", "message for all members")
    assert (await stage.shop.ask(admin, "For all")).text == "For all"


async def test_the_line_goes_wherever_the_card_goes(stage: Stage) -> None:
    """Inline, too; and never on anybody else's card."""
    anna, budi = await stage.shop.add_member("Anna"), await stage.shop.add_member("Budi")
    await stage.take_card(budi)
    preview = await propose(stage, anna, await stage.take_card(anna))
    await stage.shop.tap(anna, preview, "Keep it")
    await stage.settle(anna)
    offered = await stage.offer(anna)
    assert list_results(offered)[0] == ("photo", CARDS[0])
    assert all(f"“{LINE}”" in result.content.text for result in offered.results)
    assert not any(LINE in result.content.text for result in (await stage.offer(budi)).results)
    assert find_link(preview).split("=")[1][:10] in offered.results[0].content.text


@pytest.mark.parametrize(
    ("words", "drawn"),
    thin(
        [
            (LINE, True),
            ("我们每周都来", True),
            ("Enak ❤ 🔥", True),
            ("อร่อยมาก", True),
            ("مخبز رائع", True),
            ("ᠰᠠᠶᠢᠨ", False),
            ("❤❤❤", False),
        ],
        1,
        step=4,
    ),
)
async def test_what_no_typeface_has_stays_in_the_caption(words: str, drawn: bool) -> None:
    """A line that can be drawn is another card; one that cannot leaves the story on the picture, never boxes."""
    pictures = draw_for(make_shop())
    plain, own = make_member(), make_member(own_words=words)
    assert (await pictures.draw_card(plain) != await pictures.draw_card(own)) is drawn


@pytest.mark.long
@pytest.mark.parametrize("name", ["wide", "zalgo", "long", "empty"])
async def test_a_card_with_a_line_still_scans(name: str) -> None:
    """Within Telegram's size, whoever it is from; the code on it decodes."""
    pictures = draw_for(make_shop())
    jpeg = await pictures.draw_card(make_member(HOSTILE[name], own_words="W" * 120), "unsliced")
    assert len(jpeg) <= 98_000
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    decoded, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert decoded == make_shop().link(make_member().code, "qr")
