"""The least a python-telegram-bot program can be, to compare starts with: `python -m tests.benchmarks.bare_bot URL TOKEN`."""

from __future__ import annotations

import sys

from telegram.ext import ApplicationBuilder

if __name__ == "__main__":
    url, token = sys.argv[1:]
    ApplicationBuilder().token(token).base_url(f"{url}/bot").build().run_polling()
