from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.core.links import parse_payload
from bot.playground.faults import error
from bot.playground.world import Person
from tests.handlers.sharing_stage import (
    CARDS,
    HEADLINES,
    STORIES,
    Stage,
    list_results,
    list_uploads,
    lose_pictures,
    open_stage,
)
from tests.journeys.shop_at_work import find_link
from tests.thinning import thin

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = f"words:{STORIES[0]}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One bot for all tests here."""
    async with open_stage(tmp_path_factory.mktemp("inline")) as opened:
        yield opened


async def take_all_cards(stage: Stage, person: Person) -> None:
    """Have every story's card sent once."""
    card = await stage.take_card(person)
    for headline in HEADLINES[1:]:
        card = await stage.turn(person, card, "▶", headline)


async def test_each_story_is_offered_in_the_best_form_there_is(stage: Stage) -> None:
    """A picture where Telegram has one, else the story as text; the text alone last; nothing is uploaded for it."""
    anna = await stage.shop.add_member("Anna")
    articles = [("article", card) for card in CARDS]
    await stage.until_handed(anna)
    assert list_results(await stage.offer(anna)) == [("photo", CARDS[0]), *articles[1:], ("article", WORDS)]
    await take_all_cards(stage, anna)
    before = len(list_uploads(stage.shop.world))
    full = await stage.offer(anna, "  ")
    assert list_results(full) == [*(("photo", card) for card in CARDS), ("article", WORDS)]
    for result, headline in zip(full.results, HEADLINES, strict=False):
        assert headline in result.content.text
        assert result.content.keyboard[0][0].text == "Accept the invitation"
    assert len(list_uploads(stage.shop.world)) == before


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("SINGS", ["card:singing", "words:singing"]),
        ("bread sings", ["card:singing", "words:singing"]),
        ("half-done", ["card:half-done", "words:half-done"]),
        ("debate", ["card:unsliced", "words:unsliced"]),
        ("insiders", ["card:mina", "words:mina"]),
        ("no such story", [WORDS]),
        ("x" * 256, [WORDS]),
        ("💥 <b> {0} %s '; --", [WORDS]),
    ],
)
async def test_typed_words_filter_the_stories(stage: Stage, typed: str, found: list[str]) -> None:
    """By what a story says, what kind it is, or its key; the text alone is always there."""
    anna = await stage.shop.add_member("Anna")
    assert [result.id for result in (await stage.offer(anna, typed)).results] == found


@pytest.mark.parametrize(("language", "typed"), thin([("id", "momen"), ("zh-hans", "时刻")]))
async def test_kinds_are_found_in_the_members_language(stage: Stage, language: str, typed: str) -> None:
    """An Indonesian types Indonesian words."""
    member = await stage.shop.add_member("Mei", language=language)
    assert [result.id for result in (await stage.offer(member, typed)).results] == ["card:named", "words:named"]


async def test_results_are_ones_own(stage: Stage) -> None:
    """Six members ask at once, and everything they are offered, text or picture, carries their own code."""
    members = [await stage.shop.add_member(f"Member{number}") for number in range(6)]
    codes = {}
    for member in members:
        codes[member.id] = find_link(await stage.take_card(member)).split("=")[1][:10]
    queries = [
        stage.shop.world.type_inline(member, stage.shop.world.open_chat(member, stage.shop.add_person()), "")
        for member in members
    ]
    for member, query in zip(members, queries, strict=True):
        answer = await stage.shop.telegram.until_results(query)
        for result in answer.results:
            button = result.content.keyboard[0][0]
            for text in (result.content.text, str(button.value)):
                payload = parse_payload(text.rsplit("?start=", 1)[1].split()[0])
                assert payload is not None
                assert (payload.code, payload.source) == (codes[member.id], "inline")
    assert len(set(codes.values())) == len(members)
    calls = stage.shop.world.journal.list_calls("answerInlineQuery")
    assert all(call.params["is_personal"] and call.params["cache_time"] <= 10 for call in calls)


async def test_a_chosen_card_is_counted_with_its_story(stage: Stage) -> None:
    """The count says which story left; a made-up result counts without one, a stranger's not at all."""
    anna, stranger = await stage.shop.add_member("Anna"), stage.shop.add_person("Stranger")
    query = stage.shop.world.type_inline(anna, stage.shop.world.open_chat(anna, stranger), "")
    await stage.shop.telegram.until_results(query)
    stage.shop.world.choose_inline(anna, query, CARDS[3])
    stage.shop.world.choose_inline(anna, query, WORDS)
    for person in (anna, stranger):
        body = {"result_id": "card:unknown", "from": person.render(), "query": ""}
        stage.shop.world.push_raw("chosen_inline_result", body)
    await stage.settle(anna)
    assert stage.list_shares(anna) == [("inline", STORIES[3]), ("inline", STORIES[0]), ("inline", "")]
    assert stage.list_shares(stranger) == []


async def test_a_stranger_starts_and_comes_back(stage: Stage) -> None:
    """The button above the empty picker starts the bot; the greeting's first button leads back to the chat."""
    guest, friend = stage.shop.add_person("Gita"), stage.shop.add_person("Friend")
    chat = stage.shop.world.open_chat(guest, friend)
    asked = await stage.shop.telegram.until_results(stage.shop.world.type_inline(guest, chat))
    assert asked.results == ()
    assert asked.button is not None
    greeting = await stage.shop.telegram.until_reply(
        stage.shop.world.press_start(guest, asked.button["start_parameter"])
    )
    assert "good to have you" in greeting.text
    assert greeting.keyboard[0][0].text == "Back to your chat"
    tap = stage.shop.world.tap(guest, greeting, "Back to your chat")
    assert tap.picker is not None
    again = stage.shop.world.type_inline(guest, chat, tap.picker.query)
    await stage.shop.telegram.until_results(again)
    sent = stage.shop.world.choose_inline(guest, again)
    assert find_link(sent).split("=")[1][:10] == find_link(greeting).split("=")[1][:10]


async def test_others_are_not_led_back(stage: Stage) -> None:
    """Whoever starts the bot by itself meets the usual greeting."""
    greeting = await stage.shop.join(stage.shop.add_person())
    assert "Back to your chat" not in [button.text for button in greeting.buttons]


async def test_a_lost_picture_costs_nobody_an_answer(stage: Stage) -> None:
    """Telegram refuses pictures it does not know: the same query is answered by words, the next share heals."""
    anna = await stage.shop.add_member("Anna")
    card = await stage.take_card(anna)
    await stage.turn(anna, card, "▶", HEADLINES[1])
    lose_pictures(stage.shop.world)
    assert {kind for kind, _ in list_results(await stage.offer(anna))} == {"article"}
    await stage.settle(anna)
    refused = len([call for call in stage.shop.world.journal.list_calls("answerInlineQuery") if call.error])
    assert list_results(await stage.offer(anna, " "))[0] == ("article", CARDS[0])
    await stage.take_card(anna)
    assert list_results(await stage.offer(anna, "  "))[0] == ("photo", CARDS[0])
    assert len([call for call in stage.shop.world.journal.list_calls("answerInlineQuery") if call.error]) == refused


async def test_an_answer_too_late_forgets_nothing(stage: Stage) -> None:
    """A query that ran out says nothing about pictures."""
    anna = await stage.shop.add_member("Anna")
    await stage.take_card(anna)
    words = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    stage.shop.telegram.faults.order(error(400, words), "answerInlineQuery")
    chat = stage.shop.world.open_chat(anna, stage.shop.add_person())
    stage.shop.world.type_inline(anna, chat, "")
    await stage.shop.telegram.until(
        lambda: any(call.fault for call in stage.shop.world.journal.list_calls("answerInlineQuery"))
    )
    assert list_results(await stage.offer(anna, " "))[0] == ("photo", CARDS[0])
