"""The shop's own sentences for answers: table `ticket_template`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.schema.tickets import ticket_template
from storage.tx import Conflicting, Tx

_SET = Conflicting(
    lambda insert: (
        insert(ticket_template)
        .values({name: bindparam(name) for name in ("name", "language", "words", "changed_at")})
        .on_conflict_do_update(
            index_elements=["name", "language"],
            set_={name: bindparam(name) for name in ("words", "changed_at")},
        )
    )
)
_LIST = select(ticket_template.c.name, ticket_template.c.language, ticket_template.c.words).order_by(
    ticket_template.c.name, ticket_template.c.language
)
_DELETE = delete(ticket_template).where(ticket_template.c.name == bindparam("name"))


def set_words(tx: Tx, name: str, language: str, words: str) -> None:
    """Say it so in this language from now on."""
    tx.run(_SET, name=name, language=language, words=words, changed_at=tx.now)


def list_all(tx: Tx) -> dict[str, dict[str, str]]:
    """Return all of them: words by language, by name."""
    found: dict[str, dict[str, str]] = {}
    for name, language, words in tx.rows(_LIST):
        found.setdefault(name, {})[language] = words
    return found


def delete_all_of(tx: Tx, name: str) -> bool:
    """Take one away in all languages; False where there was none."""
    return tx.run(_DELETE, name=name) > 0
