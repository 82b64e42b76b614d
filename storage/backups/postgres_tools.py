"""Backups of PostgreSQL by its own tools, where they are there and as new as the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import make_conninfo
from psycopg.sql import Identifier

from storage.engines.postgres_connection import DEFAULTS, parse_address
from storage.errors import BackupRefused, StoreUnavailable

MAGIC = b"PGDMP"
_KEPT = (
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "passfile",
    "service",
)
_LEASES = ("--exclude-table=*.passalong_lease", "--exclude-table=*.passalong_process")
"""Who runs the shop is not the shop's."""

_REVISION = re.compile(r"^COPY .*alembic_version .*\n(\S+)(?:\t.*)?$", re.MULTILINE)
_SCHEMA = re.compile(r"^\d+; \d+ \d+ TABLE (.+) alembic_version ", re.MULTILINE)


def find_pg_dump(server_version: int) -> str | None:
    """Return where pg_dump is; None where there is none, or one older than the server, which it would refuse.

    Args:
        server_version: As the server spells it, such as 160014.
    """
    tool = shutil.which("pg_dump")
    return tool if tool is not None and _read_major(tool) >= server_version // 10_000 else None


def dump_by_tool(tool: str, url: str, schema: str, file: Path) -> None:
    """Have pg_dump write one schema as it is at one moment, in its custom format.

    Raises:
        StoreUnavailable: it did not.
    """
    said = _run(
        [
            tool,
            "--format=custom",
            *_LEAN,
            "--schema=" + Identifier(schema).as_string(),  # else a pattern, in small letters
            *_LEASES,
            f"--file={file}",
            f"--dbname={name_database(url)}",
        ],
        url,
    )
    if said.returncode:
        raise StoreUnavailable(f"pg_dump failed: {_tell(said)}")


def read_tool_backup(file: Path) -> tuple[str, str]:
    """Return the schema that a backup is of, and the version of its tables.

    Raises:
        BackupRefused: it cannot be read, or is none of ours.
    """
    listed = _restore(["--list", str(file)])
    version = _restore(["--data-only", "--table=alembic_version", "--file=-", str(file)])
    schema, revision = _SCHEMA.search(listed), _REVISION.search(version)
    if schema is None or revision is None:
        raise BackupRefused("The file is no backup of Passalong.")
    return schema[1], revision[1]


def load_by_tool(url: str, schema: str, file: Path) -> None:
    """Have pg_restore fill an empty schema, all of it or nothing.

    Raises:
        BackupRefused: it did not.
    """
    how = ["--single-transaction", "--exit-on-error", *_LEAN]
    _restore([*how, f"--schema={schema}", f"--dbname={name_database(url)}", str(file)], url)


_LEAN = ("--no-owner", "--no-privileges")


def _restore(arguments: list[str], url: str = "") -> str:
    tool = shutil.which("pg_restore")
    if tool is None:
        raise BackupRefused(
            "The backup was made by pg_dump; restoring it needs pg_restore: install PostgreSQL's client."
        )
    said = _run([tool, *arguments], url)
    if said.returncode:
        raise BackupRefused(f"The file is no whole backup that this pg_restore can read: {_tell(said)}")
    return said.stdout


def _run(command: list[str], url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=_compose_environment(url))  # noqa: S603 -- our own words


def _compose_environment(url: str) -> Mapping[str, str]:
    """The password goes by the environment: everybody can read a command line."""
    password = str(parse_address(url).get("password", "")) if url else ""
    return {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}


def name_database(url: str) -> str:
    """The address without what is secret, or ours."""
    given = parse_address(url)
    return make_conninfo("", **{name: given[name] for name in _KEPT if name in given and name not in DEFAULTS})


def _read_major(tool: str) -> int:
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 -- likewise
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def _tell(said: subprocess.CompletedProcess[str]) -> str:
    """Its first words: what follows may quote rows."""
    return said.stderr.strip().partition("\n")[0][:200]
