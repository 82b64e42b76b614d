"""Small texts that rows are made of and made into."""

from __future__ import annotations

LONGEST_ERROR = 500


def clean_error(error: str) -> str:
    """Return an error text that every database takes: no NUL, no lone surrogates, not too long."""
    return error.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_ERROR]


def join_name(first_name: str | None, last_name: str | None) -> str:
    """Return the name to show for a person; empty for one whose profile is gone."""
    return " ".join(filter(None, (first_name, last_name)))
