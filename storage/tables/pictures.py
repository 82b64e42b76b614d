"""Logos and photos as they are drawn from: table `picture`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from sqlalchemy import bindparam, select

from storage.errors import RowMissing
from storage.frozen import frozen
from storage.schema.campaigns import picture
from storage.tx import Conflicting, Tx

_CONTENT = ("content", "width", "height")

_ADD = Conflicting(
    lambda insert: (
        insert(picture)
        .values({name: bindparam(name) for name in ("sha256", *_CONTENT, "read_from")} | {"added_at": bindparam("now")})
        .on_conflict_do_nothing(index_elements=["sha256"])
    )
)
_GET = select(*(picture.c[name] for name in _CONTENT)).where(picture.c.sha256 == bindparam("sha256"))
_LIST_KNOWN = select(picture.c.sha256, picture.c.read_from)


@frozen
class StoredPicture:
    """A picture as it is kept."""

    sha256: str
    content: bytes = field(repr=False)
    """Of an image file."""
    width: int
    """Pixels, as the height."""
    height: int
    read_from: str = field(default="", compare=False)
    """SHA-256 of the file that it was drawn anew from; empty where there was none."""


def add(tx: Tx, pictures: Iterable[StoredPicture]) -> None:
    """Keep pictures; those that are there already stay."""
    for each in pictures:
        row = {"sha256": each.sha256, "content": each.content, "width": each.width, "height": each.height}
        tx.run(_ADD, **row, read_from=each.read_from or None, now=tx.now)


def list_known(tx: Tx) -> dict[str, str]:
    """Return under which SHA-256 what is in a file is kept already, by the file's own.

    A file that is a picture of ours, handed out before, is that picture: drawn anew it would be another, and a little worse.
    """
    rows = tx.rows(_LIST_KNOWN)
    return {read_from: sha256 for sha256, read_from in rows if read_from} | {sha256: sha256 for sha256, _ in rows}


def get(tx: Tx, sha256: str) -> StoredPicture:
    """Return a picture.

    Raises:
        RowMissing: there is none with this content.
    """
    row = tx.row(_GET, sha256=sha256)
    if row is None:
        raise RowMissing(f"There is no picture {sha256[:12]}.")
    content, width, height = row
    return StoredPicture(sha256=sha256, content=bytes(content), width=width, height=height)


def find_content(tx: Tx, sha256: str) -> bytes | None:
    """Return what is in a picture's file, for whoever draws; None where it is gone."""
    row = tx.row(_GET, sha256=sha256)
    return None if row is None else bytes(row[0])
