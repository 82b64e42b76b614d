"""What Telegram finds in a text by itself: addresses, mail, names, commands, tags.

The rules are those of its server library: an address is found around a dot, its name must end with a known top-level
domain unless a scheme stands before it, and a bracket that was not opened ends it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from bot.assets import ASSETS

Span = tuple[str, int, int]
"""The kind as the Bot API names it, and where it begins and ends, in characters."""

# Separators, and of the general punctuation all but joiners and dashes: no address goes across them.
_GAPS = " \u00a0\u1680\u3000\u2000-\u200b\u200e\u200f\u2016-\u206f"
_PATH = re.compile(rf'[^\n<>"«»{_GAPS}]*')
_HOST = re.compile(rf"(?:[A-Za-z0-9._~-]|[^\x00-\xbf{_GAPS}])")
_HOST_OR_AT = re.compile(rf"(?:[A-Za-z0-9._~@-]|[^\x00-\xbf{_GAPS}])*")
_USER = re.compile(rf"[^\n/\[\]{{}}()'`<>\"@«»{_GAPS}]")
_SCHEME_SYMBOL = re.compile(r"[A-Za-z0-9+-]|[^\x00-\x7f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_PORT = re.compile(r":0*([1-9][0-9]{0,4})(?![0-9])")
_MAX_PORT = 65_535
_BAD_ENDS = ".:;,('?!`"

_SCHEMES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("http", 7, ("shttp",)),
    ("https", 8, ()),
    ("ftp", 6, ("tftp", "sftp")),
    ("tonsite", 10, ()),
)
"""How a scheme may end, how long it is with `://`, and the others that end alike."""
_SCHEME = re.compile(r"(?:https?|ftp|tonsite)://", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?:[a-z0-9_-]{0,26}[.+]){0,10}[a-z0-9_-]{1,35}@(?:[a-z0-9](?:[a-z0-9_-]{0,28}[a-z0-9])?\.){1,6}[a-z]{2,8}",
    re.IGNORECASE,
)
_FALSE_FRIEND = "teiegram.org"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_OCTET = re.compile(r"0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]")
_IPV4_PARTS = 4
_MAX_LABEL_BYTES = 63

_APP_LINK = re.compile(r"(?:tg|ton)://[A-Za-z0-9_-]{1,253}", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@([A-Za-z0-9_]{2,32})(?!\w)")
_SHORT_NAMES = frozenset({"gif", "nft", "pic", "ufc", "vid"})
_SHORTEST_NAME = 4
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32}(?![A-Za-z0-9_])|(?!@))(?![\w/<>])")
_CASHTAG = re.compile(r"\$(?:1INCH|[A-Z]{1,8}(?![A-Z]))(?:@[A-Za-z0-9_]{3,32}(?![A-Za-z0-9_]))?")
_TAG_OWNER = re.compile(r"@([A-Za-z0-9_]{1,32})")
_SHORTEST_OWNER = 3
_MAX_TAG = 256

_HINT = re.compile(r"[@#$/]|\.[^ \n]")


def find_links(text: str) -> list[Span]:
    """Return everything that is found, in order, nothing inside another."""
    if not _HINT.search(text):
        return []
    found = [("mention", *match.span()) for match in _MENTION.finditer(text) if _is_name(match[1])]
    found += [("bot_command", *match.span()) for match in _COMMAND.finditer(text)]
    found += [("hashtag", begin, end) for begin, end in _find_hashtags(text)]
    found += [("cashtag", begin, end) for begin, end in _find_cashtags(text)]
    found += [("url", match.start(), _read_path(text, match.end())) for match in _APP_LINK.finditer(text)]
    found += _find_addresses(text)
    return list(_keep_first(sorted(found, key=lambda span: (span[1], -span[2]))))


def _keep_first(spans: list[Span]) -> Iterator[Span]:
    free = 0
    for span in spans:
        if span[1] >= free:
            yield span
            free = span[2]


def _is_name(name: str) -> bool:
    return len(name) >= _SHORTEST_NAME or name.lower() in _SHORT_NAMES


def _find_hashtags(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer("#", text):
        begin = match.start()
        if begin and _is_tag_letter(text[begin - 1]):
            continue
        run = _walk(text, begin + 1)
        end = min(run, begin + 1 + _MAX_TAG)
        has_letter = any(map(str.isalpha, text[begin + 1 : end]))
        if end == run and (owner := _TAG_OWNER.match(text, run)) and len(owner[1]) >= _SHORTEST_OWNER:
            run = end = owner.end()
        if has_letter and text[run : run + 1] != "#":
            yield begin, end


def _walk(text: str, position: int) -> int:
    while position < len(text) and _is_tag_letter(text[position]):
        position += 1
    return position


def _is_tag_letter(character: str) -> bool:
    if character in "_\u200c\u00b7" or "\u0d80" <= character <= "\u0dff":
        return True
    category = unicodedata.category(character)
    return category[0] == "L" or category == "Nd"


def _find_cashtags(text: str) -> Iterator[tuple[int, int]]:
    for match in _CASHTAG.finditer(text):
        begin, end = match.span()
        around = text[begin - 1 : begin] + text[end : end + 1]
        if not any(character == "$" or _is_tag_letter(character) for character in around):
            yield begin, end


def _find_addresses(text: str) -> Iterator[Span]:
    for begin, end in _list_candidates(text):
        words = text[begin:end]
        mail = words.removeprefix("mailto:")
        if _EMAIL.fullmatch(mail):
            yield "email", end - len(mail), end
        elif length := _measure_address(words):
            yield "url", begin, begin + length


def _list_candidates(text: str) -> Iterator[tuple[int, int]]:
    """Look around each dot for what has the shape of an address."""
    begin = 0
    while 0 <= (dot := text.find(".", begin)) < len(text) - 1:
        if text[dot + 1] == " ":
            begin = dot + 2
            continue
        start, end = _read_around(text, begin, dot)
        if start < 0:
            begin = max(text.rfind(".", begin, end) + 1, dot + 1)
            continue
        if end > dot + 1:
            yield start, end
        while text[end : end + 1] == ".":
            end += 1
        begin = max(end, dot + 1)


def _read_around(text: str, begin: int, dot: int) -> tuple[int, int]:
    """Return where an address around a dot begins, -1 if it is none, and where it ends."""
    host = _walk_back(text, dot, begin, _HOST.match)
    run = _HOST_OR_AT.match(text, dot)
    assert run is not None
    named = "@" in run[0]
    if named:
        host = _walk_back(text, host, begin, _USER.match)
    port = _PORT.match(text, run.end())
    end = port.end() if port and int(port[1]) <= _MAX_PORT else run.end()
    end = _read_path(text, end)
    while end > dot + 1 and text[end - 1] == ".":
        end -= 1
    return _find_start(text, begin, host, named=named), end


def _read_path(text: str, end: int) -> int:
    """Return the end of what follows a host: a path, a query or a fragment, without marks that end a sentence."""
    if text[end : end + 1] not in {"/", "?", "#"}:
        return end
    path = _PATH.match(text, end + 1)
    assert path is not None
    shown = end + 1 + len(path[0].rstrip(_BAD_ENDS))
    return shown if text[end] == "/" or shown > end + 1 else end


def _walk_back(text: str, position: int, begin: int, fits: Callable[[str], object]) -> int:
    while position > begin and fits(text[position - 1]):
        position -= 1
    return position


def _find_start(text: str, begin: int, host: int, *, named: bool) -> int:
    """Return where an address begins that has its host at a place; -1 if what stands before it forbids it."""
    start = host
    if start > begin and text[start - 1] == "@":
        start = _walk_back(text, host - 1, begin, _USER.match)
        if named or start == host - 1:
            return -1
    if start == begin:
        return start
    if text.endswith("://", begin, start):
        return _find_scheme(text, begin, start)
    before = text[start - 1]
    return -1 if before in "/#@_" or before.isalnum() else start


def _find_scheme(text: str, begin: int, start: int) -> int:
    first = _walk_back(text, start - 3, begin, _SCHEME_SYMBOL.match)
    scheme = text[first : start - 3].lower()
    lengths = (length for ending, length, others in _SCHEMES if scheme.endswith(ending) and scheme not in others)
    return start - next(lengths, start + 1)


def _measure_address(words: str) -> int:
    """Return how much of a candidate is an address; 0 if nothing is."""
    scheme = _SCHEME.match(words)
    rest = words[scheme.end() :] if scheme else words
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    path = rest[len(host) :]
    name = host.partition("@")[2] if "@" in host else host
    name = name.rpartition(":")[0] if ":" in name else name
    if not _is_host(name, needs_known_domain=scheme is None):
        return 0
    return len(words) - len(path) + len(path[: _find_unopened(path)].rstrip(_BAD_ENDS))


def _find_unopened(path: str) -> int:
    """Return the place of the first bracket that closes what was not opened, the end if there is none."""
    opened = dict.fromkeys(_BRACKETS.values(), 0)
    for place, character in enumerate(path):
        if character in opened:
            opened[character] += 1
        elif character in _BRACKETS:
            opened[_BRACKETS[character]] -= 1
            if opened[_BRACKETS[character]] < 0:
                return place
    return len(path)


def _is_host(name: str, *, needs_known_domain: bool) -> bool:
    parts = name.split(".")
    if len(parts) < 2 or name.lower() == _FALSE_FRIEND or not all(map(_is_label, parts)):
        return False
    if len(parts) == _IPV4_PARTS and all(map(_OCTET.fullmatch, parts)):
        return True
    if re.fullmatch(r"[0-9.]+", name) or "_" in parts[-2]:
        return False
    return _is_domain(parts[-1], needs_known=needs_known_domain)


def _is_label(part: str) -> bool:
    return 0 < len(part.encode("utf-8", "surrogatepass")) <= _MAX_LABEL_BYTES and not part.endswith("-")


def _is_domain(name: str, *, needs_known: bool) -> bool:
    if len(name) < 2:
        return False
    if name.startswith("xn--"):
        return re.fullmatch(r"xn--[A-Za-z0-9]{2,}", name) is not None
    return not {"_", "-"} & set(name) and (not needs_known or _is_known(name))


def _is_known(name: str) -> bool:
    """All small or all big letters: a capital at the beginning is the next sentence's."""
    lowered = name.lower()
    return lowered in _load_domains() and not (lowered != name and lowered[1:] == name[1:])


@cache
def _load_domains() -> frozenset[str]:
    lines = (ASSETS / "playground" / "domains.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
