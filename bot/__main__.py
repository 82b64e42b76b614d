"""The command line: every command by its name, with what it takes; what they do is imported once one is asked for."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from bot.audit_command import add_audit_parser
from bot.campaign_parsers import add_campaign_parser, add_shop_parser
from bot.complaint import WRONG_SETTING, complain
from bot.conversion_commands import add_api_key_parser, add_receipt_parser
from bot.core.setting import SettingMistake, mask_secrets
from bot.coupon_commands import add_coupons_parser
from bot.database_commands import add_database_parsers
from bot.demo_command import add_demo_parser
from bot.draw_command import add_draw_parser
from bot.env_file import EnvFileMistake
from bot.export_command import add_export_parser
from bot.move_command import add_move_parser
from bot.run_command import run
from bot.settings_reader import ENV_FILE, SettingsReader, ShopNotChosen
from bot.shops_command import add_shops_parser
from bot.stats_command import add_stats_parser
from bot.stop_signals import break_off, leave, on_stop_signals
from bot.version import __version__
from bot.web_command import serve
from bot.webhook_command import add_webhook_parser

_ENDED_BY_SIGNALS = frozenset({"run", "web", "demo"})
"""Commands that go on until a stop signal, which is their good end."""

_OF_NO_SHOP = frozenset({"demo", "draw", "setup", "shops"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    on_stop_signals(leave)
    reader = SettingsReader()
    chosen = _make_parser(reader).parse_args(arguments)
    reader.shop = getattr(chosen, "shop", "")
    if chosen.started not in _ENDED_BY_SIGNALS:
        on_stop_signals(break_off)
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        status = command(chosen)
        sys.stdout.flush()
    except (SettingMistake, EnvFileMistake, ShopNotChosen) as mistake:
        return complain(str(mistake), WRONG_SETTING)
    except BrokenPipeError:  # whoever read along has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


class _Parser(argparse.ArgumentParser):
    """Quotes what it does not understand, but no secret that was pasted in the wrong place. Commands take a shop's name."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        command = self.prog.partition(" ")[2].partition(" ")[0]
        if command and command not in _OF_NO_SHOP:
            there = "of several shops (PASSALONG_SHOPS) the one that is meant"
            self.add_argument("--shop", metavar="NAME", default=argparse.SUPPRESS, help=there)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and how it is used."""
        super().error(mask_secrets(message))


def _make_parser(reader: SettingsReader) -> argparse.ArgumentParser:
    parser = _Parser(prog="passalong", description="Makes recommending a business cost three taps.")
    parser.add_argument("--version", action="version", version=f"passalong {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="started")
    commands.add_parser("run", help="run the bot, or all shops of a folder").set_defaults(
        command=lambda _chosen: run(reader)
    )
    commands.add_parser("web", help="serve the web side alone, beside a bot that runs on PostgreSQL").set_defaults(
        command=lambda _chosen: serve(reader)
    )
    add_demo_parser(commands.add_parser("demo", help="try everything in a local Telegram, in the browser"))
    add_campaign_parser(
        commands.add_parser("campaign", help="campaigns as files, also while the bot runs"), reader.read_url
    )
    add_shop_parser(commands.add_parser("shop", help="what the shop says of itself, as a file"), reader.read_url)
    add_audit_parser(commands.add_parser("audit", help="whether the books are in order, and who did what"), reader.read)
    add_coupons_parser(commands.add_parser("coupons", help="codes that rewards give out"), reader.read)
    add_api_key_parser(commands.add_parser("api-key", help="keys of systems that report what was bought"), reader.read)
    add_receipt_parser(commands.add_parser("receipt-link", help="a link that ties an order to its buyer"), reader.read)
    add_stats_parser(commands.add_parser("stats", help="how far word of mouth brings people"), reader.read_url)
    add_webhook_parser(
        commands.add_parser("webhook", help="other systems that are told what happens here"), reader.read_url
    )
    add_export_parser(
        commands.add_parser("export", help="everything as lists, for spreadsheets and programs"), reader.read_url
    )
    add_draw_parser(commands.add_parser("draw", help="prize draws that anybody can check, offline"))
    commands.add_parser("setup", help="answer three questions, and have a shop").set_defaults(command=_set_up)
    add_shops_parser(
        commands.add_parser("shops", help="the shops of a folder: which there are, one more, all checked"), reader
    )
    add_database_parsers(commands, reader)
    move = commands.add_parser("move", help="take the shop from SQLite to PostgreSQL, or back")
    add_move_parser(move, reader)
    doctor = commands.add_parser("doctor", help="check everything and say what to do")
    doctor.set_defaults(command=lambda _chosen: _look_over(reader))
    return parser


def _set_up(_chosen: argparse.Namespace) -> int:
    from bot.setup import SetupRefused, set_up  # noqa: PLC0415 -- only this command needs it
    from storage import StoreError  # noqa: PLC0415 -- likewise

    if os.environ.get("PASSALONG_SHOPS", "").strip():
        return complain("PASSALONG_SHOPS is set: one more shop is made by passalong shops add NAME.", WRONG_SETTING)
    try:
        asyncio.run(set_up(ask=input, say=print, environment=os.environ, folder=Path()))
    except (SetupRefused, StoreError) as error:
        return complain(str(error), 1)
    except EOFError:
        return complain("Nobody answers: run it where you can type.", 1)
    return 0


def _look_over(reader: SettingsReader) -> int:
    from bot.doctor.examination import examine  # noqa: PLC0415 -- only this command needs it

    return asyncio.run(examine(os.environ, ENV_FILE, shop=reader.shop))


if __name__ == "__main__":
    sys.exit(main())
