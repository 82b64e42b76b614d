"""The secret behind the last character of codes: table `code_key`."""

from __future__ import annotations

from sqlalchemy import select

from storage.errors import RowMissing
from storage.records import CodeKey
from storage.schema import code_key
from storage.tx import Tx

_GET = select(code_key.c.key, code_key.c.unchecked_upto).where(code_key.c.id == 1)


def get(tx: Tx) -> CodeKey:
    """Return the secret; it never changes.

    Raises:
        RowMissing: somebody has taken it out of the database.
    """
    row = tx.row(_GET)
    if row is None:
        raise RowMissing("The table code_key is empty, though a migration fills it.")
    return CodeKey(key=bytes(row[0]), unchecked_upto=row[1])
