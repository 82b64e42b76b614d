"""How `passalong campaign …` and `passalong shop …` are written; what they do is imported once one is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ReadUrl = Callable[[], str]
"""Says where the database is; not asked by what needs none."""

Command = Callable[[argparse.Namespace], int]


def add_campaign_parser(campaign: argparse.ArgumentParser, read_url: ReadUrl) -> None:
    """list, check, apply, export."""
    commands = campaign.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="a line for each: id, state, name").set_defaults(command=_list_all(read_url))
    check = commands.add_parser("check", help="say whether a file can be used, and where it cannot")
    check.add_argument("file", type=Path)
    check.set_defaults(command=_check)
    apply = commands.add_parser("apply", help="let a file hold from now on, as the main campaign")
    apply.add_argument("file", type=Path)
    apply.add_argument("--beside", action="store_true", help="run it beside the main campaign instead")
    apply.set_defaults(command=_apply(read_url))
    export = commands.add_parser("export", help="write a campaign as a file, with its remarks; pictures come beside it")
    export.add_argument("id", help="as `list` has it")
    export.add_argument("--to", type=Path, help="write it there instead of to standard output")
    export.set_defaults(command=_export(read_url))


def add_shop_parser(shop: argparse.ArgumentParser, read_url: ReadUrl) -> None:
    """export, apply."""
    commands = shop.add_subparsers(required=True, metavar="COMMAND")
    export = commands.add_parser("export", help="write it as a file")
    export.add_argument("--to", type=Path, help="write it there instead of to standard output")
    export.set_defaults(command=_export_shop(read_url))
    apply = commands.add_parser("apply", help="let a file hold from now on, in all campaigns")
    apply.add_argument("file", type=Path)
    apply.set_defaults(command=_apply_shop(read_url))


def _check(chosen: argparse.Namespace) -> int:
    from bot import campaign_commands  # noqa: PLC0415 -- whoever asks for something else need not wait for it

    return campaign_commands.check(chosen.file)


def _list_all(read_url: ReadUrl) -> Command:
    def command(_chosen: argparse.Namespace) -> int:
        from bot import campaign_commands  # noqa: PLC0415 -- likewise

        return campaign_commands.show_all(read_url())

    return _explained(command)


def _apply(read_url: ReadUrl) -> Command:
    def command(chosen: argparse.Namespace) -> int:
        from bot import campaign_commands  # noqa: PLC0415 -- likewise

        return campaign_commands.apply(read_url(), chosen.file, main=not chosen.beside)

    return _explained(command)


def _export(read_url: ReadUrl) -> Command:
    def command(chosen: argparse.Namespace) -> int:
        from bot import campaign_commands  # noqa: PLC0415 -- likewise

        return campaign_commands.export(read_url(), chosen.id, chosen.to)

    return _explained(command)


def _export_shop(read_url: ReadUrl) -> Command:
    def command(chosen: argparse.Namespace) -> int:
        from bot import campaign_commands  # noqa: PLC0415 -- likewise

        return campaign_commands.export_profile(read_url(), chosen.to)

    return _explained(command)


def _apply_shop(read_url: ReadUrl) -> Command:
    def command(chosen: argparse.Namespace) -> int:
        from bot import campaign_commands  # noqa: PLC0415 -- likewise

        return campaign_commands.apply_profile(read_url(), chosen.file)

    return _explained(command)


def _explained(command: Command) -> Command:
    """Say what hinders the database in one line."""

    def explained(chosen: argparse.Namespace) -> int:
        from storage import StoreError  # noqa: PLC0415 -- likewise

        try:
            return command(chosen)
        except StoreError as error:
            sys.stderr.write(f"passalong: {error}\n")
            return 1

    return explained
