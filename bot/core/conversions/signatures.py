"""What other systems sign as Standard Webhooks has it: whether it is fresh, and of whom."""

from __future__ import annotations

import hmac
import re

from bot.core.durations import SECOND
from bot.core.signing import sign
from storage.frozen import frozen

TOLERANCE_SECONDS = 300
"""So far a message's time may be from ours, either way; beyond it is a replay or a wrong clock."""

MOST_SIGNATURES = 10
"""Beside one another in a header, while a secret is changed for another."""

_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")
_ID = re.compile(r"[!-~]{1,255}")


@frozen
class Signed:
    """A message with what its sender put around it."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def is_id(text: str) -> bool:
    """Whether a message can be called so."""
    return _ID.fullmatch(text) is not None


def is_fresh(timestamp: str, now: int) -> bool:
    """Whether it is of about now, in UTC microseconds."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return False
    return abs(int(timestamp) - now // SECOND) <= TOLERANCE_SECONDS


def is_signed(signed: Signed, secret: str) -> bool:
    """Whether one of its signatures is of this secret; takes as long for a wrong one as for the right one."""
    expected = sign(secret, signed.id, int(signed.timestamp), signed.body).encode()
    said = [each.encode() for each in signed.signature.split(" ")[:MOST_SIGNATURES]]
    return sum(hmac.compare_digest(expected, each) for each in said) > 0  # all of them, whichever fits
