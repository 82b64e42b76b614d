"""Codes, links and the start payload that carries them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

CODE_LENGTH = 10
"""10 of 62 characters are 59.5 bits: a million live codes are hit once in 8e11 guesses. The last one follows from the
others by a secret of the shop's, so that 61 of 62 guesses are seen to be none without asking the database; to whoever
does not know the secret it is as random as the others."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_PAYLOAD = re.compile(r"([0-9A-Za-z]{10})(?![0-9A-Za-z])(?:-([0-9A-Za-z]{1,16})(?![0-9A-Za-z]))?")


@dataclass(frozen=True, slots=True)
class Payload:
    """What a link carries: whose it is, and by which way it travelled (empty when unknown)."""

    code: str
    source: str = ""


def parse_payload(text: str) -> Payload | None:
    """Read `<code>` or `<code>-<source>`, whatever a chat or a person left hanging behind; None where there is no code.

    A source is told apart by small letters alone; one that cannot be is none, and the code keeps its credit.
    """
    match = _PAYLOAD.match(text)
    return Payload(match[1], (match[2] or "").lower()) if match else None


def compose_code(draw: Callable[[str], str], key: bytes) -> str:
    """Make a code of `CODE_LENGTH` characters: each by `draw(ALPHABET)`, the last computed with the shop's key."""
    drawn = "".join([draw(ALPHABET) for _ in range(CODE_LENGTH - 1)])
    digest = blake2b(drawn.encode(), key=key, digest_size=8).digest()
    return drawn + ALPHABET[int.from_bytes(digest) % len(ALPHABET)]


def has_check(code: str, key: bytes) -> bool:
    """Whether a code can have been made with this key."""
    letters = iter(code)
    return compose_code(lambda _: next(letters, ""), key) == code


def compose_link(bot_username: str, code: str, source: str = "") -> str:
    """The address that opens the bot with this code: at most 27 of Telegram's 64 payload characters."""
    payload = f"{code}-{source}" if source else code
    return f"https://t.me/{bot_username}?start={payload}"
