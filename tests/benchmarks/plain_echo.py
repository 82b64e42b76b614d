"""A plain python-telegram-bot that answers everything, to compare with: `python -m tests.benchmarks.plain_echo URL TOKEN`."""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def on_message(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Send a text back."""
    assert update.effective_message is not None
    await update.effective_message.reply_text("What I can do: everything you say.")


def main(url: str, token: str) -> None:
    """Poll as the library's examples do, with concurrent updates."""
    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot")
    application = builder.concurrent_updates(concurrent_updates=True).build()
    application.add_handler(MessageHandler(filters.TEXT, on_message))
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
