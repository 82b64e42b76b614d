"""What may stand in the place of what was sent, kind by kind, as Telegram allows it."""

from __future__ import annotations

import pytest

from bot.core.broadcasts.content import Kind, Version, compose_counted, list_links, read_content
from bot.core.broadcasts.editing import EXCHANGEABLE, EditFault, decide_edit


def make(kind: Kind) -> Version:
    """Something of a kind, with words where it can have some."""
    if kind is Kind.TEXT:
        return Version(kind=kind, parameters={"text": "New words", "entities": [{"type": "bold"}]})
    if kind is Kind.ALBUM:
        items = [{"type": "photo", "media": "A"}, {"type": "photo", "media": "B", "caption": "Old"}]
        return Version(kind=kind, parameters={"items": items})
    return Version(kind=kind, parameters={kind.value: "F", "caption": "Old"})


def expect(former: Kind, new: Kind) -> Kind | EditFault:
    """The rule, said once more."""
    if former in {Kind.POLL, Kind.VIDEO_NOTE, Kind.STORY}:
        return EditFault.FIXED
    if former is Kind.TEXT:
        return new if new in {Kind.TEXT, *EXCHANGEABLE} else EditFault.KIND
    if new is Kind.TEXT:
        return former
    if former in {Kind.VOICE, Kind.ALBUM}:
        return EditFault.WORDS_ONLY
    return new if new in EXCHANGEABLE else EditFault.KIND


@pytest.mark.parametrize("former", list(Kind))
def test_every_kind_becomes_what_telegram_allows(former: Kind) -> None:
    """Of all pairs of kinds: the new one, new words, or why not."""
    for new in Kind:
        decided = decide_edit(make(former), make(new))
        assert (decided if isinstance(decided, EditFault) else decided.kind) == expect(former, new), new


@pytest.mark.parametrize("kind", [*sorted(EXCHANGEABLE), Kind.VOICE])
def test_a_text_is_the_new_words_of_a_file(kind: Kind) -> None:
    """The file stays."""
    decided = decide_edit(make(kind), make(Kind.TEXT))
    assert isinstance(decided, Version)
    assert decided.parameters == {kind.value: "F", "caption": "New words", "caption_entities": [{"type": "bold"}]}


def test_an_albums_words_stand_where_they_stood() -> None:
    """At the part that carried them, else at the first."""
    decided = decide_edit(make(Kind.ALBUM), make(Kind.TEXT))
    assert isinstance(decided, Version)
    assert [item.get("caption") for item in decided.parameters["items"]] == [None, "New words"]
    bare = Version(kind=Kind.ALBUM, parameters={"items": [{"type": "photo", "media": "A"}] * 2})
    decided = decide_edit(bare, make(Kind.TEXT))
    assert isinstance(decided, Version)
    assert [item.get("caption") for item in decided.parameters["items"]] == ["New words", None]


def test_words_that_are_too_long_for_a_caption_are_refused() -> None:
    """A thousand and twenty-four characters stand below a picture."""
    for length, fits in ((1024, True), (1025, False)):
        long = Version(kind=Kind.TEXT, parameters={"text": "x" * length})
        assert (decide_edit(make(Kind.PHOTO), long) is EditFault.LONG) is not fits


def test_links_in_the_explanation_of_a_quiz_are_counted_too() -> None:
    """It is read like any other text."""
    url = {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/why"}
    quiz = {"kind": "poll", "question": "Which?", "explanation": "Here", "explanation_entities": [url]}
    assert list_links(read_content({"versions": {"": quiz}})) == ["https://example.org/why"]
    counted = compose_counted(quiz, {"https://example.org/why": "https://shop.example/l/1"})
    assert counted["explanation_entities"][0]["url"] == "https://shop.example/l/1"
