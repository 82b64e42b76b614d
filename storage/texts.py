"""Small texts that rows are made of and made into."""

from __future__ import annotations

import unicodedata

LONGEST_ERROR = 500

_JOINERS = dict.fromkeys((0x200C, 0x200D))
"""Persian is written with them and mostly typed without."""


def clean_error(error: str) -> str:
    """Return an error text that every database takes: no NUL, no lone surrogates, not too long."""
    return error.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_ERROR]


def fold_name(name: str) -> str:
    """Return a name as it is searched: without accents, capitals, joiners and doubled spaces, so that Zoë finds "zoe"."""
    if name.isascii():
        return " ".join(name.casefold().split())
    # Accents are of the classes from 200 on; lower ones are vowels and tones of scripts that need them.
    plain = unicodedata.normalize("NFKD", name.translate(_JOINERS))
    bare = "".join(char for char in plain if unicodedata.combining(char) < 200)
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).split())


def join_name(first_name: str | None, last_name: str | None) -> str:
    """Return the name to show for a person; empty for one whose profile is gone."""
    return " ".join(filter(None, (first_name, last_name)))
