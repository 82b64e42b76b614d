from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.qr import compose_code
from bot.core.links import (
    ALPHABET,
    CAMPAIGN_DIGITS,
    CODE_LENGTH,
    Addresses,
    Named,
    Payload,
    compose_link,
    compose_payload,
    compose_placement_payload,
    compute_story_mark,
    find_named,
    has_check,
    parse_own_payload,
    parse_payload,
    read_payload,
    read_placement,
)
from bot.core.links import compose_code as make_code

CODE = "AbCdEfGh12"
MADE, MARKS = "qfnp00000J", ["s5xfk", "seza4", "s0x5b"]
SHOP = Addresses("Shop_Bot", "https://oven.example/go")
LINKS = (
    f"https://t.me/shop_bot?start={CODE}",
    f"http://t.me/shop_bot?start={CODE}",
    f"t.me/shop_bot?start={CODE}",
    f"T.ME/SHOP_BOT?start={CODE}",
    f"https://www.t.me/shop_bot?start={CODE}",
    f"https://t.me/shop_bot/?start={CODE}",
    f"https://telegram.me/shop_bot?start={CODE}",
    f"telegram.dog/shop_bot?start={CODE}",
    f"https://shop_bot.t.me?start={CODE}",
    f"shop_bot.t.me/?start={CODE}",
    f"https://t.me/shop_bot?utm=1&start={CODE}",
    f"https://t.me/shop_bot?start={CODE}&utm=1",
    f"https://t.me/shop_bot?startapp={CODE}",
    f"tg://resolve?domain=shop_bot&start={CODE}",
    f"tg://resolve?start={CODE}&domain=Shop_Bot",
    f"tg:resolve?domain=shop_bot&start={CODE}",
    f"https://oven.example/go/r/{CODE}",
    f"oven.example/go/r/{CODE}",
    f"OVEN.example/go/s/{CODE}",
    f"https://oven.example/go/c/{CODE}.jpg",
    f"https://oven.example/go/c/{CODE}-honey.jpg",
    f"https://t.me/share/url?url={quote(f'https://t.me/shop_bot?start={CODE}', safe='')}",
    f"https://t.me/shop_bot%3Fstart%3D{CODE}",
    f"https://t.me/shop_bot?start\uff1d{CODE}",
    f"https://t.me/@shop_bot?start={CODE}",
    f"https://t.me/shop_bot?utm=1&amp;start={CODE}",
    f"https://t.me/shop_\u200bbot?start={CODE[:4]}\u2060{CODE[4:]}",
    f"https://t.me/shop_bot?start={CODE}-fwd_&utm_source=x#frag",
    f"https://t.me/shop_bot?start={CODE[:8]}\uff11\uff12",
    f"https://oven.example/go/r/{CODE}-fwd?utm_source=chat&fbclid=IwAR0",
    f"https://oven.example/go/s/{CODE}?utm_source=x#share",
    f"https://web.telegram.org/a/#?tgaddr={quote(f'tg://resolve?domain=shop_bot&start={CODE}', safe='')}",
    f"https://l.facebook.com/l.php?u={quote(quote(f'https://t.me/shop_bot?start={CODE}', safe=''), safe='')}&h=AT0",
)
AROUND = (
    "{}",
    " {}\n",
    "{}.",
    "({})",
    "<{}>",
    "“{}”",
    "{}。",
    "{}, I think!",
    "Anna sent me this: {} and said it is good",
    "Somebody has eaten the name first\n\nCome along: {}\n\n@other_name",
    "见 {} 吧",
    "\u2068{}\u2069",
)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_is_known_again_wherever_it_stands(link: str) -> None:
    """In every spelling that clients understand, alone, in a sentence, with its punctuation, or in a caption."""
    for around in AROUND:
        found = find_named(around.format(link), SHOP)
        assert found.is_link
        assert found.payload is not None
        assert found.payload.code == CODE


@pytest.mark.parametrize("suffix", ["-fwd", "-Fwd", "-fwd-summer", "-fwd_", "-fwd."])
def test_a_link_carries_its_source(suffix: str) -> None:
    """By which way it travelled, as far as that can be read."""
    for link in (f"https://t.me/shop_bot?start={CODE}{suffix}", f"https://oven.example/go/r/{CODE}{suffix}"):
        assert find_named(link, SHOP) == Named(payload=Payload(CODE, "fwd"), is_link=True)


@pytest.mark.parametrize(
    "link",
    [
        f"https://t.me/other_bot?start={CODE}",
        f"https://other_bot.t.me?start={CODE}",
        f"tg://resolve?domain=other_bot&start={CODE}",
        f"https://evil.example/go/r/{CODE}",
        f"https://notoven.example/go/r/{CODE}",
        f"https://oven.example/r/{CODE}",
        "https://t.me/shop_bot?start=me",
        "https://t.me/shop_bot?start=use_K7F39QXM",
        "https://t.me/shop_bot",
    ],
)
def test_only_the_shops_own_links_count(link: str) -> None:
    """Another bot's link, another site's, or one without a code is no link of a member's."""
    assert not find_named(link, SHOP).is_link


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("https://t.me/shop_bot?start=anna", "anna"),
        ("https://t.me/shop_bot?start=Anna-poster", "anna"),
        ("here: https://oven.example/go/r/anna, it is good", "anna"),
        ("https://oven.example/go/r/%E5%AE%89%E5%A8%9C%E8%80%81%E5%B8%88", "安娜老师"),
        (f"https://t.me/shop_bot?start=menu https://t.me/shop_bot?start={CODE}", CODE),
    ],
)
def test_a_link_may_carry_a_code_of_ones_own(link: str, code: str) -> None:
    """As it is kept, where nothing else in the text is certainly a code."""
    named = find_named(link, SHOP)
    assert named.is_link
    assert named.payload is not None
    assert named.payload.code == code


def test_without_a_web_side_no_address_is_its_own() -> None:
    """An empty address matches nothing."""
    assert not find_named(f"https://oven.example/r/{CODE}", Addresses("shop_bot")).is_link
    assert not find_named(f"https://t.me/shop_bot?start={CODE}", Addresses()).is_link


@pytest.mark.parametrize(
    "typed", [CODE, f" {CODE} ", f'"{CODE}"', f"{CODE}-qr", f"my code is {CODE}, thanks", f"{CODE}。"]
)
def test_a_code_alone_is_known(typed: str) -> None:
    """Bare, quoted or told in a sentence."""
    found = find_named(typed, SHOP)
    assert not found.is_link
    assert found.payload is not None
    assert found.payload.code == CODE


@pytest.mark.parametrize("typed", ["", "Anna", "restaurant", "a wonderful afternoon", "1234567890 times", "x" * 9000])
def test_words_are_no_codes(typed: str) -> None:
    """What people write is not taken for a code unless it can be nothing else, or is ten letters and nothing more."""
    found = find_named(typed, SHOP)
    assert found.username == ""
    assert found.payload is None or typed == "restaurant"


@pytest.mark.parametrize(
    "typed",
    [
        "@anna_k",
        "it was @anna_k.",
        "\uff20anna_k",
        "https://t.me/anna_k",
        "t.me/anna_k/",
        "telegram.me/anna_k",
        "anna_k.t.me",
        "tg://resolve?domain=anna_k",
        "@anna_k told me of @shop_bot",
        "@anna_k, yes @Anna_K",
    ],
)
def test_a_username_is_known_wherever_it_stands(typed: str) -> None:
    """With an @ or as an address; the bot's own name says nothing."""
    assert find_named(typed, SHOP) == Named(username="anna_k")


@pytest.mark.parametrize("typed", ["@shop_bot", "me@anna_k", "@anna_k or @budi_s", "https://t.me/share", "@ab"])
def test_what_names_nobody_or_two_is_no_username(typed: str) -> None:
    """The bot itself, an e-mail address, a choice of two."""
    assert find_named(typed, SHOP) == Named()


@given(st.text(ALPHABET, min_size=10, max_size=10), st.text(max_size=40), st.text(max_size=40))
def test_no_text_around_hides_a_link(code: str, before: str, behind: str) -> None:
    """Whatever stands around it, as long as it is not glued to it."""
    found = find_named(f"{before} https://t.me/shop_bot?start={code} {behind}", SHOP)
    assert found == Named(payload=Payload(code), is_link=True)


@given(st.text(max_size=6000))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing raises."""
    find_named(text, SHOP)


@pytest.mark.parametrize(
    ("payload", "source", "campaign"),
    [
        ("{code}-fwd-3", "fwd", 3),
        ("{code}-QR-123456", "qr", 123_456),
        ("{code}-fwd-3-more", "fwd", 3),
        ("{code}-fwd-", "fwd", None),
        ("{code}-fwd-0", "fwd", None),
        ("{code}-fwd-03", "fwd", None),
        ("{code}-fwd-1234567", "fwd", None),
        ("{code}-fwd-3x", "fwd", None),
        ("{code}-fwd_3", "fwd", None),
        ("{code}--3", "", None),
        ("{code}-3", "3", None),
    ],
)
def test_a_link_may_name_its_campaign(payload: str, source: str, campaign: int | None) -> None:
    """By its number behind the source; anything else that hangs there names none, and code and source keep their credit."""
    read = parse_payload(payload.format(code="AbCdEfGh12"))
    assert read == Payload("AbCdEfGh12", source, campaign)


def test_the_longest_link_fits() -> None:
    """Into Telegram's 64 characters of a payload, and into the QR code there was before links named campaigns."""
    payload = compose_payload("A" * CODE_LENGTH, "s" * 16, 10**CAMPAIGN_DIGITS - 1)
    assert parse_payload(payload) == Payload("A" * CODE_LENGTH, "s" * 16, 10**CAMPAIGN_DIGITS - 1)
    assert len(payload) <= 64
    name = "b" * 32
    with_campaign, without = (compose_link(name, "A" * CODE_LENGTH, "qr", each) for each in (999_999, None))
    assert compose_code(with_campaign).modules == compose_code(without).modules


def test_codes_and_marks_stay_as_they_were_made() -> None:
    """By the shop's key, or by a story's: links that hang on paper lead somewhere with the next program, too."""
    assert make_code(12_345_678, b"key") == MADE
    assert has_check(MADE, b"key")
    assert not has_check(MADE, b"other")
    assert not has_check(MADE[:-1], b"key")
    assert [compute_story_mark(key) for key in ("welcome", "mina", "")] == MARKS


def test_a_payload_says_all_that_a_link_says() -> None:
    """A campaign and a story behind a source alone; each is read as it was written."""
    full = f"{CODE}-qr-123456-s0abc"
    assert compose_payload(CODE, "qr", 123_456, "s0abc") == full
    assert compose_link("b_bot", CODE, "qr", 123_456, "s0abc") == f"https://t.me/b_bot?start={full}"
    assert parse_payload(full) == Payload(CODE, "qr", 123_456, "s0abc")
    assert compose_payload(CODE, "", 5, "s0abc") == CODE
    assert parse_payload(f"{CODE}-qr-s0abc") == Payload(CODE, "qr", None, "s0abc")
    assert compose_payload(CODE, "qr", None, "s0abc") == f"{CODE}-qr-s0abc"
    for spoilt in (f"{CODE}-qr-0-s0abc", f"{CODE}-qr-1234567", f"{CODE}-qr-5-s0abcd", f"{CODE}-qr-5-x"):
        read = parse_payload(spoilt)
        assert read is not None
        assert (read.code, read.source) == (CODE, "qr"), spoilt
    assert parse_payload(f"{CODE}-qr-5-s0abcd") == Payload(CODE, "qr", 5)


def test_a_chosen_code_is_read_with_what_hangs_around_it() -> None:
    """As it is kept, whoever puts signs around it; with a source behind it like any other."""
    assert parse_own_payload("Anna") == Payload("anna")
    assert parse_own_payload("“anna”-QR-7") == Payload("anna", "qr", 7)
    assert parse_own_payload("xanna") == Payload("xanna")
    assert parse_own_payload("") is parse_own_payload("-qr") is None
    assert read_payload(f"{CODE}-qr") == Payload(CODE, "qr")
    assert read_payload("anna-qr") == Payload("anna", "qr")


def test_what_the_shops_paper_carries_is_a_place() -> None:
    """And nobody's code."""
    assert compose_placement_payload("window") == "at_window"
    assert read_placement("at_window") == "window"
    for other in ("window", "at_", "at_Window", "at_" + "a" * 17, "windowat_", f"{CODE}-qr", ""):
        assert read_placement(other) == "", other
    assert read_placement("at_" + "a" * 16) == "a" * 16


def test_links_that_lack_something_are_nobodys() -> None:
    """Another bot's, one without a code, one of the web side where there is none; a field may hold a sign of its own."""
    named = {
        f"tg://resolve?domain=shop_bot&startapp={CODE}": Payload(CODE),
        f"tg://resolve?domain=shop_bot&start={CODE}=1": Payload(CODE),
        f"tg://resolve?start={CODE}&domain=shop_bot": Payload(CODE),
        f"tg://resolve?domain=other_bot&start={CODE}": None,
        "tg://resolve?domain=shop_bot&start=": None,
        "tg://resolve?domain=shop_bot&start": None,
    }
    for text, payload in named.items():
        found = find_named(text, SHOP)
        assert (found.payload if found.is_link else None) == payload, text
    nameless = Addresses("")
    assert not find_named(f"tg://resolve?domain=&start={CODE}", SHOP).is_link
    assert find_named(f"https://oven.example/go/r/{CODE}", nameless).is_link is False
    odd = Addresses("b", "https://oven.example/a://b")
    assert find_named(f"https://oven.example/a://b/r/{CODE}", odd).payload == Payload(CODE)
    assert find_named(f"\x00{CODE[:5]}\x01{CODE[5:]}", SHOP).payload == Payload(CODE)


def test_a_code_in_a_sentence_is_told_by_its_ten_letters() -> None:
    """Whatever its source adds to them."""
    assert find_named("I have alexandria-QR7 here", SHOP).payload is None
    assert find_named("I have Alexandr1a-qr here", SHOP).payload == Payload("Alexandr1a", "qr")
