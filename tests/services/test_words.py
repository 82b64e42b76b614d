from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.own_words import WordsFault
from bot.core.sharing import CardVersions
from bot.services import own_words
from bot.services.conversations import find_conversation
from bot.services.members import MemberView, open_home
from bot.services.own_words import WAIT_SECONDS, WORDS
from bot.services.sharing.cards import find_cards, forget_cards, keep_card, note_chosen, note_share, sign
from storage.records import Profile, ShareWay
from storage.store import Store
from storage.tables import shares
from tests.storage.clock import Clock

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
LINE = "Best bread in town!"


VERSIONS = CardVersions(texts={"en": {"a": "A", "b": "B", "c": "C", "mina": "M"}}, captions={"en": "Q"}, fallback="en")


async def meet(store: Store) -> MemberView:
    """Anna, a member."""
    return await store.write(open_home, visitor=ANNA)


async def find_asked(store: Store) -> tuple[str, str, dict[str, Any]] | None:
    """Where Anna stands, and what is kept with it."""
    found = await store.read(find_conversation, visitor=ANNA)
    return (found.flow, found.step, dict(found.data)) if found is not None else None


async def keep(store: Store) -> str:
    """Keep the line seen last; what the card says now."""
    member = await store.write(own_words.keep, visitor=ANNA)
    return member.own_words if member is not None else ""


async def weigh(store: Store, text: str) -> own_words.Proposal:
    """Judge a line."""
    return await store.read(own_words.weigh, visitor=ANNA, text=text, marked=(), versions=VERSIONS, story="mina")


async def test_a_line_is_expected_for_a_quarter_of_an_hour(store: Store, clock: Clock) -> None:
    """Until then the next text is the line, with the story it was asked for; afterwards it is just a text."""
    assert await find_asked(store) is None
    await store.write(own_words.ask, visitor=ANNA, story="mina")
    clock.advance(WAIT_SECONDS - 1)
    assert await find_asked(store) == (WORDS, "line", {"story": "mina"})
    clock.advance(1)
    assert await find_asked(store) is None


async def test_a_refusal_keeps_on_expecting(store: Store) -> None:
    """Judging changes nothing."""
    await store.write(own_words.ask, visitor=ANNA, story="mina")
    proposal = await weigh(store, "see evil.com")
    assert (proposal.fault, proposal.card, proposal.length) == (WordsFault.LINK, None, 12)
    assert await find_asked(store) == (WORDS, "line", {"story": "mina"})


async def test_seen_is_not_kept(store: Store) -> None:
    """The proposal's card says the line; the member does so only once it is kept, and no longer once it is removed."""
    anna = await meet(store)
    await store.write(own_words.ask, visitor=ANNA, story="mina")
    card = (await weigh(store, f" {LINE}\n")).card
    assert card is not None
    assert (card.member.own_words, card.version, card.file_id) == (
        LINE,
        VERSIONS.of_card(replace(sign(anna), own_words=LINE), "en", "mina"),
        None,
    )
    await store.write(own_words.draft, person_id=anna.id, words=LINE, version=card.version, file_id="file-1")
    assert await find_asked(store) == (WORDS, "keep", {"words": LINE})
    assert (await meet(store)).own_words == ""
    assert await keep(store) == LINE
    again = (await weigh(store, LINE)).card
    assert again is not None
    assert again.file_id == "file-1", "what was seen is what is kept"
    assert (await store.write(own_words.remove, visitor=ANNA)).own_words == ""


async def test_dropping_leaves_what_was_kept_before(store: Store) -> None:
    """Only the line seen last is dropped; keeping without one changes nothing."""
    anna = await meet(store)
    for line, end in ((LINE, own_words.keep), ("another", own_words.drop)):
        await store.write(own_words.draft, person_id=anna.id, words=line, version="v", file_id=None)
        await store.write(end, visitor=ANNA)
        assert await find_asked(store) is None
    assert await keep(store) == LINE


async def test_changing_ones_mind_expects_nothing(store: Store) -> None:
    """After Cancel a text is just a text."""
    await store.write(own_words.ask, visitor=ANNA, story="mina")
    await store.write(own_words.stop_asking, visitor=ANNA)
    assert await find_asked(store) is None


async def test_the_cards_telegram_has_are_found_by_story(store: Store) -> None:
    """Kept when looked at or shared, forgotten when lost; a share says its story, a look is none."""
    assert await store.read(find_cards, telegram_id=101, versions=VERSIONS, stories=["a"]) is None
    anna = await meet(store)
    a, b = (VERSIONS.of_card(sign(anna), "en", story) for story in ("a", "b"))
    await store.write(note_share, person_id=anna.id, way=ShareWay.CARD, version=a, file_id="file-a", story="a")
    await store.write(keep_card, person_id=anna.id, version=b, file_id="file-b")
    stories = ["a", "b", "c"]
    view = await store.read(find_cards, telegram_id=101, versions=VERSIONS, stories=stories)
    assert view is not None
    assert view.file_ids == {"a": "file-a", "b": "file-b"}
    await store.write(forget_cards, person_id=anna.id, versions=[b])
    view = await store.read(find_cards, telegram_id=101, versions=VERSIONS, stories=stories)
    assert view is not None
    assert view.file_ids == {"a": "file-a"}
    assert await store.read(shares.count_by_way) == {"card": 1}


@pytest.mark.parametrize(("telegram_id", "counted"), [(101, {"inline": 1}), (999, {})])
async def test_only_members_are_counted(store: Store, telegram_id: int, counted: dict[str, int]) -> None:
    """A result chosen by somebody unknown counts for nobody."""
    await meet(store)
    await store.write(note_chosen, telegram_id=telegram_id, way=ShareWay.INLINE, story="a")
    assert await store.read(shares.count_by_way) == counted


async def test_without_own_words_the_story_speaks_again(store: Store) -> None:
    """Also in the rows; what comes back is what they say."""
    await meet(store)
    person_id = (await meet(store)).id
    await store.write(own_words.draft, person_id=person_id, words=LINE, version="v", file_id=None)
    assert await keep(store) == LINE
    assert (await store.write(own_words.remove, visitor=ANNA)).own_words == ""
    assert (await meet(store)).own_words == ""


async def test_what_telegram_marks_as_a_link_is_no_line_for_a_card(store: Store) -> None:
    """Links are found by Telegram's marks, however they look."""
    await meet(store)
    arguments = {"visitor": ANNA, "text": "see oven dot com", "versions": VERSIONS, "story": "mina"}
    plain = await store.read(own_words.weigh, **arguments, marked=())  # type: ignore[arg-type]  # a test's shorthand
    marked = await store.read(own_words.weigh, **arguments, marked=("url",))  # type: ignore[arg-type]  # likewise
    assert (plain.fault, marked.fault is None) == (None, False)
