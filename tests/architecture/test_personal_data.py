from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Text

from bot.core.privacy import FATES
from storage.schema.everything import metadata

AT_TELEGRAM = ("telegram_id", "sender_id", "user_id", "chat_id", "message_id")
OUR_OWN = {
    "broadcast.claimed_by",
    "broadcast.progress_message_id",
    "chat_join.chat_id",
    "chat_link.chat_id",
    "link_revocation.chat_id",
}
"""The shop's own chats, messages of the bot to its admins, and a random name of a run of the program."""


def could_be_personal(column: Column[object]) -> bool:
    """Text and bytes can hold anything; a number at Telegram is somebody."""
    return isinstance(column.type, Text | LargeBinary) or column.name.endswith(AT_TELEGRAM)


def test_every_column_that_could_hold_personal_data_says_what_becomes_of_it() -> None:
    """A new one is told in bot/core/privacy.py, and handled in bot/services/privacy.py, before it is used."""
    columns = [column for table in metadata.tables.values() for column in table.c]
    names = {f"{column.table.name}.{column.name}" for column in columns if could_be_personal(column)}
    assert names - OUR_OWN == FATES.keys()
