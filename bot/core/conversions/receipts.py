"""The start payload on a receipt."""

from __future__ import annotations

RECEIPT_PREFIX = "buy_"
"""How it begins; no member's code has an underscore."""


def compose_receipt_payload(token: str) -> str:
    """What stands behind `?start=`."""
    return RECEIPT_PREFIX + token
