"""What can be set by the environment, as whoever needs it declares it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar
from urllib.parse import unquote, urlsplit

from storage.frozen import frozen

T = TypeVar("T")

PREFIX = "PASSALONG_"


class SettingMistake(Exception):
    """A setting has a value that cannot be: says which, why, and what would be right."""

    def __init__(self, name: str, why: str, right: str, *, prefix: str = PREFIX) -> None:
        super().__init__(f"{prefix}{name} {why}. {right}")
        self.name = f"{prefix}{name}"


@frozen(eq=False)
class Setting(Generic[T]):
    """One setting, of a capability's own."""

    name: str
    """Without the prefix, in capitals."""
    default: str
    """What holds where nothing is set; empty: nothing does."""
    parse: Callable[[str], T]
    """Raises ValueError with what is wrong, such as `is no number`, and never with the value: it may be a secret."""
    right: str
    """What would be right, as a sentence to whoever set it."""

    def read(self, given: Mapping[str, str]) -> T:
        """The value, of what is set by names without the prefix.

        Raises:
            SettingMistake: it cannot be.
        """
        try:
            return self.parse(given.get(self.name) or self.default)
        except ValueError as error:
            raise SettingMistake(self.name, str(error), self.right) from None


def is_web_address(text: str) -> bool:
    """Whether a program can be asked for at this address: http or https, a host, and nothing that only browsers put right."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or re.search(r"[\s\\<>{}]", text))
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0 and plain


def find_passwords(address: str) -> list[str]:
    """Whatever within an address may be a password, as it is written and as it is meant; also where the address is wrong."""
    within = re.search(r"://[^:/@]*:(.*)@", address, re.DOTALL)
    found = [within[1], within[1].partition("@")[0]] if within else []
    found += re.findall(r"[?&]password=([^&]*)", address)
    return list(dict.fromkeys(each for written in found for each in (written, unquote(written)) if each))


_SECRETS = (
    (re.compile(r"\b(\d\d)\d{3,}:[\w-]{20,}"), r"\1…"),
    (re.compile(r"(://[^:/@\s]*:)[^\s]*@"), r"\1***@"),
    (re.compile(r"\b(password=)[^&\s'\"]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"\b(psk_|whsec_)[\w+/=-]+"), r"\1***"),
    (re.compile(r"\b(AGE-SECRET-KEY-)\w+", re.IGNORECASE), r"\1***"),
)
"""Tokens of bots, passwords within addresses and connection strings, keys of backups: by their look alone."""


def mask_secrets(text: str) -> str:
    """Words that quote what somebody has written, without what looks like a secret in the wrong place."""
    for pattern, masked in _SECRETS:
        text = pattern.sub(masked, text)
    return text


def mask_name(name: str) -> str:
    """A name that somebody has given to a setting; of one that is none no more than how it begins, since a value may follow."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,60}", name):
        return name
    return re.sub(r"[^A-Za-z_].*", "", name, flags=re.DOTALL)[:60] + "…"
