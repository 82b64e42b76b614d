"""Error texts that rows take."""

from __future__ import annotations

LONGEST_ERROR = 500


def clean_error(error: str) -> str:
    """Return an error text that every database takes: no NUL, no lone surrogates, not too long."""
    return error.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_ERROR]
