"""Codes and links: what the bot hands out to be passed on, how it is known again in whatever shape it comes back, and who is credited for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from hashlib import blake2b
from html import unescape
from urllib.parse import unquote

from bot.core.spoken.own_codes import is_own, parse_own
from bot.late import late_pattern
from storage.frozen import frozen
from storage.records import PersonId

CODE_LENGTH = 10
"""10 of 62 characters are 59.5 bits: a million live codes are hit once in 8e11 guesses. The last one follows from the
others by a secret of the shop's, so that 61 of 62 guesses are seen to be none without asking the database; to whoever
does not know the secret it is as random as the others."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

CODES = len(ALPHABET) ** (CODE_LENGTH - 1)
"""So many codes there are for one key."""

CAMPAIGN_DIGITS = 6

_PAYLOAD = late_pattern(
    r"([0-9A-Za-z]{10})(?![0-9A-Za-z])"
    rf"(?:-([0-9A-Za-z]{{1,16}})(?![0-9A-Za-z])(?:-([1-9][0-9]{{0,{CAMPAIGN_DIGITS - 1}}})(?![0-9A-Za-z]))?"
    r"(?:-(s[0-9a-z]{4})(?![0-9A-Za-z]))?)?"
)

_COMMAND = late_pattern("[a-z]+_")
"""Begins what a start link carries that is nobody's: paper, and what the team opens."""

_PAPER = "at_"
"""Begins what a link of the shop's own paper carries; no code has such a sign in it."""
PLACEMENT = late_pattern(r"[a-z0-9]{1,16}")
"""Where on paper a code hangs."""


@frozen(kw_only=False)
class Payload:
    """What a link carries: whose it is, by which way it travelled (empty when unknown), and for which campaign."""

    code: str
    source: str = ""
    campaign: int | None = None
    """A campaign's number; None means the shop's main one."""
    story: str = ""
    """The mark of a story, as `compute_story_mark` makes it; empty where the link says none."""


def parse_payload(text: str) -> Payload | None:
    """Read `<code>`, `<code>-<source>`, `<code>-<source>-<campaign>`, either with `-<story>` at its end, whatever a chat or a person left hanging behind.

    None where there is no code.

    A source is told apart by small letters alone; one that cannot be is none, and the code keeps its credit.
    """
    match = _PAYLOAD.match(text)
    if match is None:
        return None
    return Payload(match[1], (match[2] or "").lower(), int(match[3]) if match[3] else None, match[4] or "")


def parse_own_payload(text: str) -> Payload | None:
    """Read `anna`, `anna-poster` and so on: a code that somebody chose, as it is kept, where others have theirs; None for no such."""
    head, _, tail = text.partition("-")
    code = parse_own(re.sub(r"^\W+|\W+$", "", head))
    read = parse_payload(f"{'0' * CODE_LENGTH}-{tail}") if is_own(code) else None
    return replace(read, code=code) if read is not None else None


def read_payload(text: str) -> Payload | None:
    """What a link carries, whichever kind of code it is; None where it can be neither."""
    return parse_payload(text) or parse_own_payload(text)


def compose_code(number: int, key: bytes) -> str:
    """Make a code of `CODE_LENGTH` characters: all but the last are a number below `CODES`, that one is computed with the shop's key."""
    drawn = ""
    for _ in range(CODE_LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        drawn += ALPHABET[place]
    return drawn + _compute_check(drawn, key)


def _compute_check(drawn: str, key: bytes) -> str:
    digest = blake2b(drawn.encode(), key=key, digest_size=8).digest()
    return ALPHABET[int.from_bytes(digest) % len(ALPHABET)]


def has_check(code: str, key: bytes) -> bool:
    """Whether a code can have been made with this key."""
    return len(code) == CODE_LENGTH and _compute_check(code[:-1], key) == code[-1]


_MARK_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def compute_story_mark(key: str) -> str:
    """What a link says of its story: a letter and four more, however long the key is."""
    number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
    return "s" + "".join(
        _MARK_LETTERS[number // len(_MARK_LETTERS) ** place % len(_MARK_LETTERS)] for place in range(4)
    )


def compose_payload(code: str, source: str = "", campaign: int | None = None, story: str = "") -> str:
    """What a link carries: at most 40 of Telegram's 64 characters. A campaign and a story are said behind a source alone."""
    more = [str(campaign)] if campaign is not None else []
    said = [code, source, *more, *([story] if story else [])] if source else [code]
    return "-".join(said)


def compose_link(bot_username: str, code: str, source: str = "", campaign: int | None = None, story: str = "") -> str:
    """The address that opens the bot with this code."""
    payload = compose_payload(code, source, campaign, story)
    return f"https://t.me/{bot_username}?start={payload}"


TEXT_LIMIT = 4096
"""Code points of a text that are looked at: Telegram's own limit of a message."""

_TELEGRAM = r"(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/"
"""https://core.telegram.org/api/links has the spellings that clients understand."""

_INVITE = late_pattern(
    rf"(?:{_TELEGRAM}(?:\+|joinchat/)|tg:(?://)?join/?\?invite=)([A-Za-z0-9_-]{{8,}})", re.IGNORECASE
)
_USER = late_pattern(r"tg:(?://)?(?:user/?\?id|openmessage/?\?user_id)=(\d{1,18})(?!\d)", re.IGNORECASE)
"""How somebody is linked who has no username."""

_NAME = "[A-Za-z][A-Za-z0-9_]{3,31}"
_QUERY = r"\?(?:[^\s#?]*?&)?start(?:app)?=([A-Za-z0-9_-]+)"
_START = late_pattern(
    rf"(?:{_TELEGRAM}@?({_NAME})/?{_QUERY})"
    rf"|(?:(?:https?://)?({_NAME})\.t\.me/?{_QUERY})"
    r"|(?:tg:(?://)?resolve/?\?((?:[^\s#?]*&)?domain=[^\s#]+))",
    re.IGNORECASE,
)
_PROFILE = late_pattern(
    rf"(?:{_TELEGRAM}@?({_NAME})/?(?![A-Za-z0-9_/?]))"
    rf"|(?:(?<![A-Za-z0-9_.@-])(?:https?://)?({_NAME})\.t\.me/?(?![A-Za-z0-9_/?]))"
    rf"|(?:tg:(?://)?resolve/?\?domain=({_NAME})(?![A-Za-z0-9_&]))"
    rf"|(?:(?<![A-Za-z0-9_.])@({_NAME})(?![A-Za-z0-9_]))",
    re.IGNORECASE,
)
_CODE = late_pattern(r"(?<![0-9A-Za-z_-])[0-9A-Za-z]{10}(?:-[0-9A-Za-z_-]*)?(?![0-9A-Za-z_-])")
_NO_PROFILES = frozenset({"share", "joinchat", "addstickers", "addlist", "proxy", "socks", "login", "contact"})
"""First parts of addresses at t.me that are nobody's name."""


@frozen(kw_only=False)
class Addresses:
    """Where the shop's links lead: only these are its own."""

    bot_username: str = ""
    public_url: str = ""
    """Of the web side, without a slash at its end; empty where there is none."""


@frozen(kw_only=False)
class Named:
    """What a text says of who recommended the shop; at most one of the first two is set."""

    payload: Payload | None = None
    """Of one of the shop's own links, or a code alone."""
    username: str = ""
    """Without the @; the bot's own does not count."""
    is_link: bool = False
    """The payload stood in a link: it is a code for sure, not a word of ten letters."""
    invite: str = ""
    """A link into a chat, as Telegram writes it: it may be one that was made for a member."""
    telegram_id: int = 0
    """Of somebody who was picked rather than typed."""


def compose_person_link(telegram_id: int) -> str:
    """The address of a person, whether or not they have a username."""
    return f"tg://user?id={telegram_id}"


def find_named(text: str, addresses: Addresses) -> Named:
    """Read a link, a code or a username wherever it stands in a text: in a sentence, a caption, an address around it.

    A link of the shop's wins over one into a chat, that over a code alone, a code over a person who was picked or named. A text that is nothing but ten letters may be
    a name as well: whoever asks looks for the code first.
    """
    said = normalise(text)
    payloads = [*_list_payloads(said, addresses)]
    if payloads:  # a word that may be somebody's own code is one where nothing is certainly a code
        certain = (each for each in payloads if len(each.code) == CODE_LENGTH)
        return Named(payload=next(certain, payloads[0]), is_link=True)
    invite = _INVITE.search(said)
    if invite is not None:
        return Named(invite=f"https://t.me/+{invite[1]}")
    code = _find_code(said)
    if code is not None:
        return Named(payload=code)
    picked = set(_USER.findall(said))
    if len(picked) == 1:
        return Named(telegram_id=int(picked.pop()))
    return Named(username=_find_username(said, addresses))


def normalise(text: str) -> str:
    """Plain characters without what cannot be seen: full-width letters, dashes of all sorts and blanks included."""
    plain = unicodedata.normalize("NFKC", text[:TEXT_LIMIT])
    dashed = re.sub("[\u2010-\u2015\u2212]", "-", plain)
    return "".join(char for char in dashed if unicodedata.category(char) not in {"Cf", "Cc"} or char.isspace())


def _list_payloads(said: str, addresses: Addresses) -> Iterator[Payload]:
    """Payloads of the shop's own links, those inside another address included."""
    for form in dict.fromkeys((said, unescape(said), unquote(said), unquote(unquote(said)))):
        for bot, payload in _list_starts(form):
            found = read_payload(payload) if _COMMAND.match(payload) is None else None
            if found is not None and bot.casefold() == addresses.bot_username.casefold():
                yield found
        yield from _list_short(form, addresses.public_url)


def _list_starts(said: str) -> Iterator[tuple[str, str]]:
    """Each bot and start payload of Telegram's links."""
    for match in _START.finditer(said):
        path_bot, path_payload, host_bot, host_payload, resolve = match.groups()
        if resolve is None:
            yield path_bot or host_bot, path_payload or host_payload
            continue
        fields: dict[str, str] = dict(part.partition("=")[::2] for part in resolve.split("&"))
        payload = re.match("[A-Za-z0-9_-]*", fields.get("start", fields.get("startapp", "")))
        bot = re.match("[A-Za-z0-9_]*", fields.get("domain", ""))
        yield bot[0] if bot else "", payload[0] if payload else ""


def _list_short(said: str, public_url: str) -> Iterator[Payload]:
    """Payloads of the web side's links: `/r/`, `/s/` and `/c/` with a code behind."""
    if not public_url:
        return
    place = re.escape(public_url.partition("://")[2] or public_url)
    for match in re.finditer(rf"(?<![A-Za-z0-9.-]){place}/[rsc]/([\w-]+)", said, re.IGNORECASE):
        found = read_payload(match[1])
        if found is not None:
            yield found


def _find_code(said: str) -> Payload | None:
    """A code that is all of a text, or in a text the one thing that can hardly be a word."""
    alone = re.sub(r"^[\W_]+|[\W_]+$", "", said)
    if _CODE.fullmatch(alone):
        return parse_payload(alone)
    found = [match[0] for match in _CODE.finditer(said) if _is_no_word(match[0][:10])]
    return parse_payload(found[0]) if len({each[:10] for each in found}) == 1 else None


def _is_no_word(code: str) -> bool:
    """Digits among letters, or capitals behind small letters: nine codes in ten have one or the other, words have not."""
    has_digit = any(char.isdigit() for char in code)
    return (has_digit and any(char.isalpha() for char in code)) or bool(re.search("[a-z][A-Z]", code))


def _find_username(said: str, addresses: Addresses) -> str:
    names = [next(filter(None, match.groups())) for match in _PROFILE.finditer(said)]
    own = addresses.bot_username.casefold()
    others = {name.casefold(): name for name in reversed(names) if name.casefold() not in {own, *_NO_PROFILES}}
    return next(iter(others.values())) if len(others) == 1 else ""


def compose_placement_payload(placement: str) -> str:
    """What a link on the shop's own paper carries: nobody's code, the place alone."""
    return f"{_PAPER}{placement}"


def read_placement(payload: str) -> str:
    """The place that such a link names; empty for any other."""
    place = payload.removeprefix(_PAPER)
    return place if payload != place and PLACEMENT.fullmatch(place) else ""


class Attribution(Enum):
    """The decision who is credited for somebody who opened a link."""

    CREDITED = auto()
    UNINVITED = auto()
    UNKNOWN_CODE = auto()
    OWN_CODE = auto()
    ALREADY_MEMBER = auto()
    RETURNING = auto()
    THROTTLED = auto()


class Window(Enum):
    """Whether somebody can still say who recommended the shop."""

    OPEN = auto()
    HAS_INVITER = auto()
    CLOSED = auto()


@frozen
class Opening:
    """Somebody opens the bot."""

    visitor_id: PersonId
    newcomer: bool
    """Starts it for the first time."""
    window: Window
    """Whether it can still be said by whom they came."""
    code: bool
    """With a code."""
    inviter_id: PersonId | None
    """Whose it is; None when nobody has that code."""
    throttled: bool
    """Has tried too many codes that nobody has. One that somebody has does all the same what it always does."""


def decide_attribution(opening: Opening) -> Attribution:
    """Who can still say by whom they came is credited to another member, once, by whatever door the code comes.

    A link opened after the bot was started is no worse than one opened before. Everything else has a name of its own.
    """
    if not opening.code:
        return Attribution.UNINVITED if opening.newcomer else Attribution.RETURNING
    if opening.inviter_id == opening.visitor_id:
        return Attribution.OWN_CODE
    if opening.inviter_id is None:
        return Attribution.THROTTLED if opening.throttled else Attribution.UNKNOWN_CODE
    fits = opening.newcomer or opening.window is Window.OPEN
    return Attribution.CREDITED if fits else Attribution.ALREADY_MEMBER
