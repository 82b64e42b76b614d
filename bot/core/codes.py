"""Codes, links and the start payload that carries them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

CODE_LENGTH = 10
"""10 of 62 characters are 59.5 bits: a million live codes are hit once in 8e11 guesses."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_PAYLOAD = re.compile(r"([0-9A-Za-z]{10})(?:-([a-z0-9]{1,16}))?")


@dataclass(frozen=True, slots=True)
class Payload:
    """What a link carries: whose it is, and by which way it travelled (empty when unknown)."""

    code: str
    source: str = ""


def parse_payload(text: str) -> Payload | None:
    """Read `<code>` or `<code>-<source>`; None for anything else."""
    match = _PAYLOAD.fullmatch(text)
    return Payload(match[1], match[2] or "") if match else None


def compose_code(draw: Callable[[str], str]) -> str:
    """Make a code by drawing `CODE_LENGTH` characters, each by `draw(ALPHABET)`."""
    return "".join(draw(ALPHABET) for _ in range(CODE_LENGTH))


def compose_link(bot_username: str, code: str, source: str = "") -> str:
    """The address that opens the bot with this code: at most 27 of Telegram's 64 payload characters."""
    payload = f"{code}-{source}" if source else code
    return f"https://t.me/{bot_username}?start={payload}"
