from __future__ import annotations

import pytest

from bot.core.broadcasts.content import FIRST, BroadcastContent, Kind, Version, write_content
from bot.messages.broadcasts.results import name_broadcast, say_results
from bot.messages.texts import LANGUAGES, Texts
from tests.messages.result_samples import make_result
from tests.messages.samples import make_shop
from tests.messages.telegram_html import read_html

EN = Texts("en")


def write(kind: Kind, parameters: dict[str, object], **more: Version) -> dict[str, object]:
    """The document of a broadcast in one version, or more."""
    return write_content(BroadcastContent(versions={FIRST: Version(kind=kind, parameters=parameters), **more}))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (write(Kind.TEXT, {"text": "\n  Warm bread\nfrom seven"}), "Warm bread"),
        (write(Kind.PHOTO, {"photo": "x", "caption": "Look here"}), "Look here"),
        (write(Kind.ALBUM, {"items": [{"media": "x"}, {"media": "y", "caption": "Two loaves"}]}), "Two loaves"),
        (write(Kind.POLL, {"question": "Rye or wheat?"}), "Rye or wheat?"),
        (write(Kind.VOICE, {"voice": "x"}), "A voice message"),
        (write(Kind.STORY, {"story": "gone"}), "gone"),
        (write(Kind.TEXT, {"text": "W" * 99}), "W" * 31 + "…"),
        ({"text": "From long ago"}, "From long ago"),
    ],
)
def test_a_broadcast_is_known_by_its_first_words(content: dict[str, object], told: str) -> None:
    """Whatever it is made of; where it has no words, by what it is."""
    assert name_broadcast(EN, make_shop(), make_result(content).broadcast) == told


def test_its_words_are_those_of_the_version_that_the_reader_would_get() -> None:
    """The first one where there is none in their language."""
    german = Version(kind=Kind.TEXT, parameters={"text": "Roti hangat"})
    broadcast = make_result(write(Kind.TEXT, {"text": "Warm bread"}, id=german)).broadcast
    assert name_broadcast(Texts("id"), make_shop(), broadcast) == "Roti hangat"
    assert name_broadcast(Texts("zh"), make_shop(), broadcast) == "Warm bread"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_name(kind: Kind, language: str) -> None:
    """No word of the database reaches anybody."""
    assert name_broadcast(Texts(language), make_shop(), make_result(write(kind, {})).broadcast)


def test_a_part_is_told_of_enough_people_only() -> None:
    """Who opened a link stands with its part from so many on, and nowhere where nobody counted."""
    content = write(Kind.TEXT, {"text": "<b>Warm</b>"})
    told = [
        read_html(block).text.splitlines()
        for block in say_results(
            EN,
            make_shop(),
            [
                make_result(content, sent=1200, opened=300, failed=12, unknown=1),
                make_result(content, sent=29, opened=3),
                make_result(content, sent=29),
            ],
        )
    ]
    assert [lines[1] for lines in told] == [
        "1,200 got it · 300 opened a link (25 %) · 12 could not be reached · 1 not known",
        "29 got it · 3 opened a link",
        "29 got it",
    ]
    assert told[0][0].startswith("<b>Warm</b> (")


def test_where_nothing_was_sent_a_sentence_says_so() -> None:
    """And how it is done."""
    assert "/broadcast" in say_results(EN, make_shop(), [])[0]
