"""The command line: every command by its name, with what it takes; what they do is imported once one is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bot.complaint import WRONG_SETTING, complain
from bot.core.setting import SettingMistake, mask_secrets
from bot.env_file import EnvFileMistake
from bot.late import late
from bot.settings_reader import ENV_FILE, SettingsReader, ShopNotChosen
from bot.stop_signals import break_off, hold_hangup, leave, on_stop_signals, release_hangup
from bot.version import __version__

if TYPE_CHECKING:
    from bot import (
        audit_command,
        campaign_parsers,
        conversion_commands,
        coupon_commands,
        database_commands,
        demo_command,
        draw_command,
        export_command,
        move_command,
        run_command,
        shops_command,
        stats_command,
        web_command,
        webhook_command,
    )
else:
    audit_command = late("bot.audit_command")
    campaign_parsers = late("bot.campaign_parsers")
    conversion_commands = late("bot.conversion_commands")
    coupon_commands = late("bot.coupon_commands")
    database_commands = late("bot.database_commands")
    demo_command = late("bot.demo_command")
    draw_command = late("bot.draw_command")
    export_command = late("bot.export_command")
    move_command = late("bot.move_command")
    run_command = late("bot.run_command")
    shops_command = late("bot.shops_command")
    stats_command = late("bot.stats_command")
    web_command = late("bot.web_command")
    webhook_command = late("bot.webhook_command")


Filling = Callable[[Any, SettingsReader], object]
"""Adds to a parser what its command takes and does."""

_ENDED_BY_SIGNALS = frozenset({"run", "web", "demo"})
"""Commands that go on until a stop signal, which is their good end."""

_OF_MANY_SHOPS = frozenset({"run", "web"})
"""Commands that look at a folder where they are told of a hangup, and say so once they know that there is one."""

_OF_NO_SHOP = frozenset({"demo", "draw", "setup", "shops"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    hold_hangup()
    on_stop_signals(leave)
    reader = SettingsReader()
    chosen = _make_parser(reader).parse_args(arguments)
    reader.shop = getattr(chosen, "shop", "")
    if chosen.started not in _ENDED_BY_SIGNALS:
        on_stop_signals(break_off)
    if chosen.started not in _OF_MANY_SHOPS:
        release_hangup()
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

    fill: Callable[[_Parser], object] | None = None
    """Adds what a command takes, once it is the one that was asked for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        command = self.prog.partition(" ")[2].partition(" ")[0]
        if command and command not in _OF_NO_SHOP:
            there = "of several shops (PASSALONG_SHOPS) the one that is meant"
            self.add_argument("--shop", metavar="NAME", default=argparse.SUPPRESS, help=there)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What was typed, read by what the command takes."""
        fill, self.fill = self.fill, None
        if fill is not None:
            fill(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and how it is used."""
        super().error(mask_secrets(message))


def _make_parser(reader: SettingsReader) -> argparse.ArgumentParser:
    parser = _Parser(prog="passalong", description="Makes recommending a business cost three taps.")
    parser.add_argument("--version", action="version", version=f"passalong {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="started")
    for name, (said, fill) in _COMMANDS.items():
        commands.add_parser(name, help=said).fill = _bind(fill, reader)
    return parser


def _bind(fill: Filling, reader: SettingsReader) -> Callable[[_Parser], object]:
    return lambda parser: fill(parser, reader)


def _set_up(_chosen: argparse.Namespace) -> int:
    import asyncio  # noqa: PLC0415 -- likewise

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
    import asyncio  # noqa: PLC0415 -- likewise

    from bot.doctor.examination import examine  # noqa: PLC0415 -- only this command needs it

    return asyncio.run(examine(os.environ, ENV_FILE, shop=reader.shop))


_COMMANDS: dict[str, tuple[str, Filling]] = {
    "run": (
        "run the bot, or all shops of a folder",
        lambda each, reader: each.set_defaults(command=lambda _chosen: run_command.run(reader)),
    ),
    "web": (
        "serve the web side alone, beside a bot that runs on PostgreSQL",
        lambda each, reader: each.set_defaults(command=lambda _chosen: web_command.serve(reader)),
    ),
    "demo": (
        "try everything in a local Telegram, in the browser",
        lambda each, _reader: demo_command.add_demo_parser(each),
    ),
    "campaign": (
        "campaigns as files, also while the bot runs",
        lambda each, reader: campaign_parsers.add_campaign_parser(each, reader.read_url),
    ),
    "shop": (
        "what the shop says of itself, as a file",
        lambda each, reader: campaign_parsers.add_shop_parser(each, reader.read_url),
    ),
    "audit": (
        "whether the books are in order, and who did what",
        lambda each, reader: audit_command.add_audit_parser(each, reader.read),
    ),
    "coupons": (
        "codes that rewards give out",
        lambda each, reader: coupon_commands.add_coupons_parser(each, reader.read),
    ),
    "api-key": (
        "keys of systems that report what was bought",
        lambda each, reader: conversion_commands.add_api_key_parser(each, reader.read),
    ),
    "receipt-link": (
        "a link that ties an order to its buyer",
        lambda each, reader: conversion_commands.add_receipt_parser(each, reader.read),
    ),
    "stats": (
        "how far word of mouth brings people",
        lambda each, reader: stats_command.add_stats_parser(each, reader.read_url),
    ),
    "webhook": (
        "other systems that are told what happens here",
        lambda each, reader: webhook_command.add_webhook_parser(each, reader.read_url),
    ),
    "export": (
        "everything as lists, for spreadsheets and programs",
        lambda each, reader: export_command.add_export_parser(each, reader.read_url),
    ),
    "draw": ("prize draws that anybody can check, offline", lambda each, _reader: draw_command.add_draw_parser(each)),
    "setup": ("answer three questions, and have a shop", lambda each, _reader: each.set_defaults(command=_set_up)),
    "shops": (
        "the shops of a folder: which there are, one more, all checked",
        shops_command.add_shops_parser,
    ),
    "migrate": (
        "bring the database up to date, with several shops each one's",
        database_commands.add_migrate_parser,
    ),
    "backup": (
        "write one consistent file of the database, also while the bot runs",
        database_commands.add_backup_parser,
    ),
    "restore": (
        "make a database of a backup; refuses one that is there already",
        database_commands.add_restore_parser,
    ),
    "forget": (
        "take somebody out of the database who asks for it by letter",
        database_commands.add_forget_parser,
    ),
    "move": (
        "take the shop from SQLite to PostgreSQL, or back",
        move_command.add_move_parser,
    ),
    "doctor": (
        "check everything and say what to do",
        lambda each, reader: each.set_defaults(command=lambda _chosen: _look_over(reader)),
    ),
}
"""What each is for, and what fills its parser once it is asked for."""


if __name__ == "__main__":
    sys.exit(main())
