"""Links that say who opened them: `/l/<broadcast>-<number>.<person>-<seal>`, all numbers in base 36."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from storage.frozen import frozen

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SEAL_LETTERS = 8
"""Forty bits: who tries a thousand a second finds one of somebody's in half a thousand years, and then has counted one opening."""

_KEY = re.compile(r"([0-9a-z]{1,12})-([0-9a-z]{1,4})\.([0-9a-z]{1,12})-([a-z2-7]{8})")


@frozen(kw_only=False)
class CountedLink:
    """Which link of which broadcast, in whose message."""

    broadcast_id: int
    number: int
    person_id: int


def compose_link_key(broadcast_id: int, number: int) -> str:
    """What is the same for all who get it."""
    return f"{_write(broadcast_id)}-{_write(number)}"


def compose_reader_key(pepper: bytes, broadcast_id: int, person_id: int) -> str:
    """What says whose message it is, in a form that nobody else can make."""
    return f"{_write(person_id)}-{_seal(pepper, broadcast_id, person_id)}"


def read_link_key(pepper: bytes, key: str) -> CountedLink | None:
    """What a link says; None for one that this shop has not made."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    broadcast_id, number, person_id = (int(part, 36) for part in match.groups()[:3])
    if not hmac.compare_digest(_seal(pepper, broadcast_id, person_id), match[4]):
        return None
    return CountedLink(broadcast_id, number, person_id)


def _seal(pepper: bytes, broadcast_id: int, person_id: int) -> str:
    made = hmac.digest(pepper, f"opened:{broadcast_id}:{person_id}".encode(), hashlib.sha256)
    return base64.b32encode(made[:5]).decode().lower()[:_SEAL_LETTERS]


def _write(number: int) -> str:
    written = ""
    while number or not written:
        number, digit = divmod(number, 36)
        written = _DIGITS[digit] + written
    return written
