"""The start payload on a receipt."""

from __future__ import annotations

import re

RECEIPT_PREFIX = "buy_"
"""How it begins; no member's code has an underscore."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,60}")


def compose_receipt_payload(token: str) -> str:
    """What stands behind `?start=`."""
    return RECEIPT_PREFIX + token


def read_receipt(payload: str) -> str:
    """The token in a payload; empty where it is none of a receipt."""
    token = payload.removeprefix(RECEIPT_PREFIX)
    return token if token != payload and _TOKEN.fullmatch(token) else ""
