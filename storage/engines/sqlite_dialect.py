"""SQLite as SQLAlchemy spells it, with hints."""

from __future__ import annotations

from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.selectable import FromClause


class _Compiler(SQLiteCompiler):
    """Writes a hint behind the name of a table: SQLAlchemy leaves out what SQLite knows as `INDEXED BY`."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:  # noqa: ARG002  # as it is called
        """See `SQLCompiler`."""
        return text


class SqliteDialect(SQLiteDialect_pysqlite):
    """See above."""

    supports_statement_cache = True
    statement_compiler = _Compiler
