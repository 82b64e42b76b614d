from __future__ import annotations

import pytest

from bot.core.broadcasts.content import (
    FIRST,
    LABEL_LIMIT,
    MOST_BUTTONS,
    URL_LIMIT,
    BroadcastContent,
    ButtonFault,
    ButtonMistake,
    Kind,
    LinkButton,
    LinkNumbers,
    Version,
    compose_counted,
    count_messages,
    cut_units,
    is_web_address,
    list_links,
    parse_buttons,
    read_content,
    read_link,
    write_content,
)
from bot.core.broadcasts.counted_links import CountedLink, compose_link_key, compose_reader_key, read_link_key
from bot.core.broadcasts.fare import LEAST_BALANCE, Fare, compute_fare

TABLE = LinkButton("Book a table", "https://example.org/table")
PEPPER = b"pepper"


@pytest.mark.parametrize(
    "line",
    [
        "Book a table https://example.org/table",
        "  Book  a table   https://example.org/table  ",
        "Book a table - https://example.org/table",
        "Book a table: https://example.org/table",
        "Book a table – https://example.org/table",  # noqa: RUF001 -- people type it
        "Book a table | https://example.org/table",
    ],
)
def test_a_line_is_a_button(line: str) -> None:
    """However people put the two together."""
    assert parse_buttons(line) == [TABLE]


def test_each_line_is_a_button_and_empty_ones_are_none() -> None:
    """In their order; a label may be of any script, and hold a dash of its own."""
    text = (
        "Book a table https://example.org/table\n\n月饼 http://xn--fiqs8s.example/a?b=c#d\nTake-away https://t.me/shop"
    )
    buttons = parse_buttons(text)
    assert isinstance(buttons, list)
    assert [button.label for button in buttons] == ["Book a table", "月饼", "Take-away"]


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("Book a table", ButtonFault.NO_ADDRESS, 1),
        ("", ButtonFault.NO_ADDRESS, 1),
        ("Book https://example.org\nexample.org", ButtonFault.NO_ADDRESS, 2),
        ("Book https://example.org\n\nhttps://example.org/menu", ButtonFault.NO_LABEL, 3),
        ("Book javascript://example.org/%0aalert(1)", ButtonFault.BAD_ADDRESS, 1),
        ("Book tg://resolve?domain=x", ButtonFault.BAD_ADDRESS, 1),
        ("Book https://localhost/", ButtonFault.BAD_ADDRESS, 1),
        ("Book https://example.org:99999/", ButtonFault.BAD_ADDRESS, 1),
        (f"Book https://example.org/{'x' * 2048}", ButtonFault.BAD_ADDRESS, 1),
        (f"{'x' * 41} https://example.org", ButtonFault.LONG_LABEL, 1),
        ("Book https://example.org\n" * (MOST_BUTTONS + 1), ButtonFault.TOO_MANY, MOST_BUTTONS + 1),
    ],
)
def test_the_first_line_that_is_no_button_is_named(text: str, fault: ButtonFault, line: int) -> None:
    """With what is wrong with it."""
    mistake = parse_buttons(text)
    assert isinstance(mistake, ButtonMistake)
    assert (mistake.fault, mistake.line) == (fault, line)


def test_only_addresses_of_the_web_are_opened() -> None:
    """What a browser anywhere can open."""
    longest = "https://example.org/".ljust(URL_LIMIT, "x")
    assert all(map(is_web_address, ("HTTPS://Example.org", "http://example.org:1/", "https://example.org./a", longest)))
    refused = (
        *("https://", "http://[::1", "ftp://example.org", "https://a b.org", "https:///a.b", f"{longest}x"),
        *(
            "https://example.org:0/",
            "https://localhost.",
            "https://.localhost",
            "https://a.org/\x1f",
            "https://a.org/\x7f",
        ),
    )
    assert [url for url in refused if is_web_address(url)] == []


def test_a_label_is_as_long_as_a_telephone_shows() -> None:
    """And not one letter longer."""
    label = "x" * LABEL_LIMIT
    assert parse_buttons(f"{label} https://example.org") == [LinkButton(label, "https://example.org")]


def test_what_was_kept_before_there_was_a_choice_is_as_it_was() -> None:
    """A message of the first program asks for nothing; one that says no more than its words is shared and not counted."""
    assert read_content(None) == BroadcastContent(
        versions={FIRST: Version(kind=Kind.TEXT, parameters={})}, shares=False
    )
    picture = {"photo": "file", "caption": "Tea"}
    assert read_content(picture).versions == {FIRST: Version(kind=Kind.PHOTO, parameters=picture)}
    versions = {FIRST: Version(kind=Kind.TEXT, parameters={"text": "Tea"})}
    assert read_content({"versions": {"": {"kind": "text", "text": "Tea"}}}) == BroadcastContent(
        versions=versions, buttons=[]
    )
    for shares, counts in ((True, False), (False, True)):
        content = BroadcastContent(versions=versions, buttons=[TABLE], shares=shares, counts=counts)
        assert read_content(write_content(content)) == content


def test_an_album_is_as_many_messages_as_it_has_parts_and_one_below() -> None:
    """Anything else is one, and what costs most counts."""
    text = {"kind": "text", "text": "Tea"}
    assert count_messages(None) == count_messages({}) == count_messages({"versions": {"": text}}) == 1
    album = {"kind": "album", "items": [{}, {}, {}]}
    assert count_messages({"versions": {"": text, "id": album, "zh": {"kind": "album", "items": [{}, {}]}}}) == 4


def test_faster_is_a_star_for_every_ten_messages_begun() -> None:
    """Of all messages to all people; Telegram takes it of whoever has enough Stars, and says nothing of others."""
    album = {"versions": {"": {"kind": "album", "items": [{}, {}]}}}
    assert compute_fare(7, album, 5) == Fare(messages=21, balance=5)
    assert compute_fare(7, None) == Fare(messages=7, balance=None)
    assert [Fare(messages=number, balance=None).stars for number in (0, 1, 10, 11)] == [0, 1, 1, 2]
    balances = (None, LEAST_BALANCE - 1, LEAST_BALANCE)
    assert [Fare(messages=1, balance=each).is_affordable for each in balances] == [False, False, True]
    dear = LEAST_BALANCE * 10 + 10
    assert [Fare(messages=dear, balance=each).is_affordable for each in (LEAST_BALANCE, LEAST_BALANCE + 1)] == [
        False,
        True,
    ]
    assert (Fare(messages=3000, balance=0).free_seconds, Fare(messages=3000, balance=0).paid_seconds) == (100.0, 3.0)


MENU, HOURS = "https://example.org/menu", "https://example.org/hours"
WORDS = "🍵 Menu at example.org/hours"
"""The first sign is two units of UTF-16."""
ENTITIES = [
    {"type": "text_link", "offset": 3, "length": 4, "url": MENU},
    {"type": "url", "offset": 11, "length": 17},
    {"type": "bold", "offset": 3, "length": 4},
]


def test_a_link_is_what_an_entity_leads_to() -> None:
    """Behind words or written out, with its scheme or without; nothing else is one."""
    assert [read_link(WORDS, entity) for entity in ENTITIES] == [MENU, HOURS, ""]
    whole = {"type": "url", "offset": 0, "length": len(MENU)}
    assert read_link(MENU, whole) == MENU
    assert read_link("http://example.org", whole) == "http://example.org"
    for strange in ({"type": "text_link"}, {"type": "text_link", "url": "tg://user?id=1"}, {"type": "mention"}):
        assert read_link(WORDS, strange) == ""


def test_a_part_of_a_text_is_cut_as_telegram_counts() -> None:
    """In halves of letters, of which one alone is nothing to read."""
    assert cut_units("🍵 tea", 3, 3) == "tea"
    assert cut_units("🍵 tea", 1, 2) == " "
    assert cut_units("a\ud83ctea", 2, 3) == "tea"


def test_every_link_of_a_message_is_listed_once() -> None:
    """In any version, below any part of an album, behind the buttons."""
    album = {"items": [{"caption": WORDS, "caption_entities": ENTITIES}, {"caption": "", "caption_entities": None}]}
    poll = {"explanation": WORDS, "explanation_entities": ENTITIES[:1]}
    bare = {"entities": [{"type": "url", "offset": 0, "length": 4}, ENTITIES[0]]}
    content = BroadcastContent(
        versions={
            FIRST: Version(kind=Kind.ALBUM, parameters=album),
            "id": Version(kind=Kind.POLL, parameters=poll),
            "zh": Version(kind=Kind.TEXT, parameters=bare),
        },
        buttons=[TABLE, LinkButton("Hours", HOURS)],
    )
    assert list_links(content) == [MENU, HOURS, TABLE.url]


def test_counted_links_lead_elsewhere_and_read_the_same() -> None:
    """Those alone that have another address; what unfolds is the page itself, unless nothing does or something was chosen."""
    to = {MENU: "https://shop.example/l/1", HOURS: "https://shop.example/l/2"}
    text = {"text": WORDS, "entities": ENTITIES}
    counted = compose_counted(text, to)
    assert counted == {
        "text": WORDS,
        "entities": [
            {"type": "text_link", "offset": 3, "length": 4, "url": to[MENU]},
            {"type": "text_link", "offset": 11, "length": 17, "url": to[HOURS]},
            ENTITIES[2],
        ],
        "link_preview_options": {"url": MENU},
    }
    assert compose_counted(text, {HOURS: to[HOURS]})["link_preview_options"] == {"url": HOURS}
    assert compose_counted(text, {}) == text
    for options in ({"is_disabled": True}, {"url": "https://example.org/other", "show_above_text": True}):
        assert compose_counted({**text, "link_preview_options": options}, to)["link_preview_options"] == options
    item = {"type": "photo", "media": "file", "caption": WORDS, "caption_entities": ENTITIES}
    below = {**item, "caption_entities": counted["entities"]}
    assert compose_counted(item, to) == below
    assert compose_counted({"items": [item, {"media": "b"}]}, to) == {"items": [below, {"media": "b"}]}
    strange = {"entities": [{"type": "url", "offset": 0, "length": 4}]}
    assert compose_counted(strange, {"https://XXXX": "https://shop.example/l/3"}) == strange


def test_an_address_has_one_number_however_often_it_comes() -> None:
    """From 1 on, or behind the highest that was given already."""
    numbers = LinkNumbers()
    assert [numbers.name(url) for url in (MENU, HOURS, MENU)] == [1, 2, 1]
    assert [LinkNumbers({MENU: 7, HOURS: 3}).name(url) for url in (HOURS, "https://new.example")] == [3, 8]


def test_a_counted_link_says_whose_it_is_and_no_other_can_be_made() -> None:
    """Another number of the same message is as good; another person's, another broadcast's or another shop's is none."""
    reader = compose_reader_key(PEPPER, 36, 71)
    key = f"{compose_link_key(36, 2)}.{reader}"
    assert read_link_key(PEPPER, key) == CountedLink(36, 2, 71)
    forged = [
        f"{compose_link_key(37, 2)}.{reader}",
        key.replace(".1z-", ".20-"),
        key[:-1],
        key + "a",
        key.upper(),
        "",
        ".",
    ]
    assert [read_link_key(PEPPER, each) for each in forged] == [None] * len(forged)
    assert read_link_key(b"other", key) is None
    assert len(key) <= 40
