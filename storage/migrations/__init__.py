"""The steps by which a database comes to the shape of `storage.schema`."""

from __future__ import annotations

import re

from storage.errors import StoreMoved, StoreOutdated, StoreTooNew
from storage.frozen import frozen

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
    "0025",
    "0026",
    "0030",
    "0031",
    "0032",
    "0033",
    "0034",
    "0035",
    "0036",
    "0037",
    "0038",
    "0039",
    "0040",
    "0041",
    "0042",
    "0043",
    "0044",
    "0045",
    "0046",
    "0047",
    "0048",
    "0049",
    "0050",
    "0051",
    "0052",
    "0053",
    "0054",
    "0055",
    "0056",
    "0057",
    "0058",
    "0059",
    "0060",
    "0061",
    "0062",
    "0063",
    "0064",
)
"""All revisions, oldest first: told here so that a start on a current database need not import Alembic."""

HEAD = REVISIONS[-1]


@frozen(kw_only=False)
class Version:
    """What a database says of its shape."""

    revision: str
    """The last step that was taken."""
    readable_since: str | None = None
    """The oldest revision whose programs can work in it: those after it only add. None: only programs that know the last."""


def read_stored(version_num: str, readable_since: str | None = None, readable_revision: str | None = None) -> Version:
    """What the columns of `alembic_version` say; from when on it can be read was noted for one revision and holds for no other."""
    return Version(version_num, readable_since if readable_revision == version_num else None)


def needs_upgrade(version: Version | None, *, name: str, allowed: bool) -> bool:
    """Decide what a database at a version needs; `name` says which one in what is raised.

    Raises:
        StoreMoved: the shop has gone from here, or has not come here to the end.
        StoreTooNew: this program does not know the version, and could not work with it.
        StoreOutdated: an upgrade is needed but not `allowed`.
    """
    refuse_moved(version, name=name)
    if version is not None and is_readable(version):
        return False
    if version is not None and version.revision not in REVISIONS:
        raise StoreTooNew(
            f"The database {name} is at version {version.revision}, but this program knows versions up to {HEAD}: "
            "it was written by a newer Passalong. Update this one; it will not touch the database as it is."
        )
    if not allowed:
        raise StoreOutdated(f"The database {name} is older than this program. Run: passalong migrate")
    return True


def is_readable(version: Version) -> bool:
    """Whether this program can work in a database of this version as it is: of its own, or of a newer one that only adds."""
    if version.revision in REVISIONS:
        return version.revision == HEAD
    return version.readable_since in REVISIONS


def compose_gone(token: str, place: str) -> str:
    """What a database says instead of its version once its shop has moved; `place` is shown to people."""
    return f"moved {token} to {place}"


def compose_arriving(token: str) -> str:
    """What a database says instead of its version while a shop is moving in."""
    return f"arriving {token}"


def find_gone(version: Version | None) -> tuple[str, str] | None:
    """By which token and where to a shop has moved; None where it has not."""
    found = re.fullmatch(r"moved ([0-9a-f]+) to (.*)", version.revision if version else "")
    return (found[1], found[2]) if found else None


def is_arriving(version: Version | None) -> bool:
    """Whether a shop is moving in, or broke off as it did."""
    return version is not None and version.revision.startswith(compose_arriving(""))


def refuse_moved(version: Version | None, *, name: str) -> None:
    """Let nobody work in a database that its shop has left, or not reached.

    Raises:
        StoreMoved: so it is.
    """
    if gone := find_gone(version):
        raise StoreMoved(
            f"The shop has moved from the database {name} to {gone[1]}, and is run there. Give that address as "
            "PASSALONG_DATABASE_URL. What lies here is the past, with people's names in it: delete it once all is well."
        )
    if is_arriving(version):
        raise StoreMoved(
            f"A move into the database {name} broke off at its very end. Run it again: passalong move --to this address."
        )


def refuse_other(version: Version | None, *, name: str) -> None:
    """Take no database but one of this very version: what a newer one has more would be left behind.

    Raises:
        StoreError: it is another one.
    """
    needs_upgrade(version, name=name, allowed=False)
    if version is not None and version.revision != HEAD:
        raise StoreTooNew(
            f"The database {name} is at version {version.revision}: the program of that version can do this."
        )
