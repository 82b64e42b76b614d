"""What is found in a text by itself; each case is a text and all that is found in it, in order."""

from __future__ import annotations

import pytest

from bot.playground.world.autolinks import find_links
from bot.playground.world.cleaning import clean
from bot.playground.world.entities import read_formatted

LONG = "n" * 32


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bakery.com", ["bakery.com"]),
        ("Come to bakery.com, or (shop.bakery.id)!", ["bakery.com", "shop.bakery.id"]),
        ("the end.Then more", []),
        ("bakery.Com bakery.COM", ["bakery.COM"]),
        ("bakery.notadomain http://bakery.notadomain", ["http://bakery.notadomain"]),
        ("пекарня.рф ПЕКАРНЯ.РФ Пекарня.Рф", ["пекарня.рф", "ПЕКАРНЯ.РФ"]),
        ("http://b.c https://b.c4 ftp://x.org", ["https://b.c4", "ftp://x.org"]),
        ("sftp://x.org tftp://x.org ftps://x.org shttp://x.org", []),
        ("яhttp://x.org", ["http://x.org"]),
        ("tonsite://x.ton", ["tonsite://x.ton"]),
        ("x.org:80/a x.org:0/a x.org:65536/a x.org:00081", ["x.org:80/a", "x.org", "x.org", "x.org:00081"]),
        ("x.org/a?b=c#d. x.org/?, x.org/#", ["x.org/a?b=c#d", "x.org/", "x.org/#"]),
        ("x.org? x.org# x.org?q", ["x.org", "x.org", "x.org?q"]),
        ("see x.org/a_(b) (x.org/a) x.org/a)b x.org/[a{b]}", ["x.org/a_(b)", "x.org/a", "x.org/a", "x.org/[a{b]}"]),
        ('«x.org/a» <x.org/b> "x.org/c"', ["x.org/a", "x.org/b", "x.org/c"]),
        ("10.0.0.1 10.0.0.01 10.0.0.256 10.0.1", ["10.0.0.1"]),
        ("a-.x.org a_b.org x_.org a_b.x.org -x.org", ["a_b.x.org", "-x.org"]),
        ("xn--e1afmkfd.xn--p1ai x.xn--1 x.xn--", ["xn--e1afmkfd.xn--p1ai"]),
        ("🥖.ws/bread", ["🥖.ws/bread"]),
        (".x.org ..x.org x..org x.org...", ["x.org"]),
        ("#x.org /x.org @x.org wx.org_", []),
        ("teiegram.org TEIEGRAM.org telegram.org", ["telegram.org"]),
        ("http://@x.org http://me@x.org http://me:pw@x.org:8080/", ["http://me@x.org", "http://me:pw@x.org:8080/"]),
        ("http://x.org…", ["http://x.org"]),
        ("x.org\u2028y.org x.org/a\u2016b", ["x.org", "y.org", "x.org/a"]),
        (f"{'a' * 63}.org {'a' * 64}.org", [f"{'a' * 63}.org"]),
    ],
)
def test_addresses(text: str, found: list[str]) -> None:
    """Host with a known domain or a scheme, port, path; marks at the end and foreign brackets are left out."""
    assert list_found(text, "url") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to anna@bakery.com.", ["anna@bakery.com"]),
        ("mailto:anna+x@mail.bakery.com", ["anna+x@mail.bakery.com"]),
        ("anna.b+x@bakery.com", ["+x@bakery.com"]),
        ("a@b a@b.c a@b.12 a@-b.com @b.com", []),
        ("a@b.com@c.com a@@b.com", []),
        (f"{'a' * 36}@b.com {'a' * 35}@b.com", [f"{'a' * 35}@b.com"]),
        ("x(anna@bakery.com)", ["anna@bakery.com"]),
    ],
)
def test_mail(text: str, found: list[str]) -> None:
    """One name, one host of up to seven parts, letters at its end."""
    assert list_found(text, "email") == found


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("url", "tg://resolve?domain=x TG://a-b/c. ton://x stg://y", ["tg://resolve?domain=x", "TG://a-b/c", "ton://x", "tg://y"]),
        ("url", "tg: tg:/x tg:// tg://. tg://x.y", ["tg://x"]),
        ("mention", "@anna (@budi_1) x@anna @anna@budi @a1b @vid @GIF", ["@anna", "@budi_1", "@anna", "@vid", "@GIF"]),
        ("mention", f"@{LONG} @{LONG}n пекарь@anna @anna.", [f"@{LONG}", "@anna"]),
        ("bot_command", "/start /a@abc /a@ab /@abc /x/ x/y //z", ["/start", "/a@abc"]),
        ("bot_command", "</b> <b>/b</b> a</i> (/help)", ["/help"]),
        ("bot_command", f"/{'c' * 64} /{'c' * 65} /хлеб", [f"/{'c' * 64}"]),
        ("hashtag", "#bread #хлеб #2026 #2026a x#y #a#b #c", ["#bread", "#хлеб", "#2026a", "#c"]),
        ("hashtag", "#a·b #a-b #a_b #a\u200cb #_", ["#a·b", "#a", "#a_b", "#a\u200cb"]),
        ("hashtag", "#bread@shop #bread@sh #bread@shop# #1@abc", ["#bread@shop", "#bread"]),
        ("hashtag", f"#{'a' * 256} #{'b' * 300}", [f"#{'a' * 256}", f"#{'b' * 256}"]),
        ("hashtag", f"#{'1' * 256}a #{'1' * 255}a", [f"#{'1' * 255}a"]),
        ("cashtag", "$USD $usd $A $ABCDEFGHI a$USD $$USD $USD$ $1INCH $USD@shop", ["$USD", "$A", "$1INCH", "$USD@shop"]),
    ],
)  # fmt: skip
def test_names_commands_and_tags(kind: str, text: str, found: list[str]) -> None:
    """Each stands for itself: no letter before or behind it."""
    assert list_found(text, kind) == found


def test_nothing_is_found_inside_another() -> None:
    """An address with a name in it is one address; what is code or a link already is left alone."""
    assert find_links("https://t.me/@anna#bread") == [("url", 0, 24)]
    shown = read_formatted('<code>/start</code> <a href="https://x.org">y.org</a> z.org 😀 #a', "HTML", None)
    assert [(entity["type"], entity["offset"]) for entity in shown.entities] == [
        ("code", 0),
        ("text_link", 7),
        ("url", 13),
        ("hashtag", 22),
    ]


def test_a_text_is_cleaned_before_anything_is_found() -> None:
    """Control characters become spaces, false directions go, and what was marked moves with its words."""
    bold = {"type": "bold", "offset": 3, "length": 3}
    text, entities = clean("a\r\u202eb\x07c\u2028d", [bold])
    assert text == "ab cd"
    assert entities == [{"type": "bold", "offset": 1, "length": 3}]
    assert clean("\u200e\u200f\u200ex", []) == ("\u200c\u200c\u200ex", [])
    assert read_formatted("\u200b\u2060 \u00a0\ufeff".replace("\u2060", "\u200d"), None, None).text == ""
    assert clean("\r\r", [{"type": "bold", "offset": 0, "length": 2}]) == ("", [])


def list_found(text: str, kind: str) -> list[str]:
    """Return the words of everything of a kind that is found."""
    return [text[begin:end] for found, begin, end in find_links(text) if found == kind]
