"""Keys of other systems: shown once, kept as hashes; what signs is computed from the hash and the bot's token."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from enum import StrEnum

from bot.core.signing import compose_secret

KEY_PREFIX = "psk_"
KEY_BYTES = 32
HINT_LETTERS = 4

MOST_LIVE = 2
"""Of one name: the old one goes on while the new one is brought to where it is used."""

MOST_NAMES = 20

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


class Scope(StrEnum):
    """What a key opens."""

    CONVERSIONS = "conversions"
    """Report purchases, refunds and custom events."""
    RECEIPTS = "receipts"
    """Have links for receipts made."""


EVERY_SCOPE = tuple(Scope)


class Unmade(StrEnum):
    """Why no key was made."""

    NAME = "name"
    """It cannot be one."""
    TWO_LIVE = "two_live"
    """There are two of this name already."""
    MANY = "many"
    """There are too many names."""


def is_name(text: str) -> bool:
    """Whether a key can be called so: up to 32 letters, digits, dots, hyphens and underscores."""
    return _NAME.fullmatch(text) is not None


def parse_scopes(text: str) -> tuple[Scope, ...] | None:
    """Read scopes with commas or blanks between them; None where one is none."""
    said = [each for each in re.split(r"[,\s]+", text) if each]
    return tuple(Scope(each) for each in dict.fromkeys(said)) if said and set(said) <= set(EVERY_SCOPE) else None


def compose_key(random: bytes) -> str:
    """The key of so many random bytes."""
    return KEY_PREFIX + urlsafe_b64encode(random).decode().rstrip("=")


def compute_hash(key: str) -> str:
    """What is kept of a key. It is random, so that nobody finds it by trying: one round is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def compute_pepper(bot_token: str) -> bytes:
    """What secrets are made with, and no database holds."""
    return hmac.digest(bot_token.encode(), b"passalong: what other systems sign with", hashlib.sha256)


def compute_key_secret(pepper: bytes, key_hash: str) -> str:
    """What a key's owner signs with, as Standard Webhooks writes it."""
    return compose_secret(hmac.digest(pepper, key_hash.encode(), hashlib.sha256))


def decide_makeable(name: str, live_by_name: dict[str, int]) -> Unmade | None:
    """Whether a key of this name can be made beside those that are live; None where it can."""
    if not is_name(name):
        return Unmade.NAME
    if live_by_name.get(name, 0) >= MOST_LIVE:
        return Unmade.TWO_LIVE
    return Unmade.MANY if name not in live_by_name and len(live_by_name) >= MOST_NAMES else None
