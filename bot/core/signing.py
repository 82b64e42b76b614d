"""Secrets that are shown once, and what is signed by them."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256

SECRET_BYTES = 24
MARK = "whsec_"
"""How a secret begins, so that it is known by sight."""


def compose_secret(random_bytes: bytes) -> str:
    """A secret as it is shown once: `whsec_` and Base64."""
    return f"{MARK}{b64encode(random_bytes).decode()}"


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header `webhook-signature`; `timestamp` in seconds."""
    key = b64decode(secret.removeprefix(MARK))
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}"
