"""The command line: run, demo, campaign, shop, coupons, api-key, receipt-link, webhook, stats, export, migrate, doctor, backup, restore, forget."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from bot.audit_command import add_audit_parser
from bot.campaign_parsers import add_campaign_parser, add_shop_parser
from bot.conversion_commands import add_api_key_parser, add_receipt_parser
from bot.core.setting import SettingMistake, find_passwords, mask_secrets
from bot.coupon_commands import add_coupons_parser
from bot.draw_command import add_draw_parser
from bot.env_file import EnvFileMistake
from bot.export_command import add_export_parser
from bot.process import nothing_collected, tune_process
from bot.settings import Settings, read_settings
from bot.stats_command import add_stats_parser
from bot.stray_settings import list_emptied, list_unknown
from bot.version import __version__
from bot.webhook_command import add_webhook_parser

if TYPE_CHECKING:
    from storage import Store

Handler = Callable[[int, FrameType | None], object] | signal.Handlers

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
WRONG_SETTING = 2
"""Exit status where a setting, the campaign or the command line is wrong; 1 for everything else that ends a run."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    _on_stop_signals(_leave)
    parser = _make_parser()
    chosen = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        status = command(chosen)
        sys.stdout.flush()
    except (SettingMistake, EnvFileMistake) as mistake:
        return _complain(str(mistake), WRONG_SETTING)
    except BrokenPipeError:  # whoever read along has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _on_stop_signals(handler: Handler) -> None:
    for number in _list_stop_signals():
        signal.signal(number, handler)


@cache
def _list_stop_signals() -> tuple[signal.Signals, ...]:
    """Those that were not ignored when the program started: `nohup` has SIGHUP ignored, and means it."""
    return tuple(number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    _on_stop_signals(signal.SIG_IGN)  # a second one would end the interpreter on its way out, with a bad status
    raise SystemExit(0)


def _leave_at_once(_number: int, _frame: FrameType | None) -> NoReturn:
    """End a start in which nothing is open yet: an exception might meet a frame that swallows or prints it."""
    os._exit(0)


class _Parser(argparse.ArgumentParser):
    """Quotes what it does not understand, but no secret that was pasted in the wrong place."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and how it is used."""
        super().error(mask_secrets(message))


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="passalong", description="Makes recommending a business cost three taps.")
    parser.add_argument("--version", action="version", version=f"passalong {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="run the bot").set_defaults(command=_run)
    demo = commands.add_parser("demo", help="try everything in a local Telegram, in the browser")
    demo.add_argument("--port", type=int, default=0, help="port of the page (default: any that is free)")
    demo.add_argument("--campaign", type=Path, help="show this campaign file instead of the one that comes along")
    demo.add_argument("--no-browser", action="store_true", help="do not open the browser")
    demo.set_defaults(command=_demo)
    add_campaign_parser(commands.add_parser("campaign", help="campaigns as files, also while the bot runs"), _read_url)
    add_shop_parser(commands.add_parser("shop", help="what the shop says of itself, as a file"), _read_url)
    add_audit_parser(
        commands.add_parser("audit", help="whether the books are in order, and who did what"), _read_settings
    )
    add_coupons_parser(commands.add_parser("coupons", help="codes that rewards give out"), _read_settings)
    add_api_key_parser(
        commands.add_parser("api-key", help="keys of systems that report what was bought"), _read_settings
    )
    add_receipt_parser(
        commands.add_parser("receipt-link", help="a link that ties an order to its buyer"), _read_settings
    )
    add_stats_parser(commands.add_parser("stats", help="how far word of mouth brings people"), _read_url)
    add_webhook_parser(commands.add_parser("webhook", help="other systems that are told what happens here"), _read_url)
    add_export_parser(
        commands.add_parser("export", help="everything as lists, for spreadsheets and programs"), _read_url
    )
    add_draw_parser(commands.add_parser("draw", help="prize draws that anybody can check, offline"))
    commands.add_parser("setup", help="answer three questions, and have a shop").set_defaults(command=_set_up)
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(command=_migrate)
    backup = commands.add_parser("backup", help="write one consistent file of the database, also while the bot runs")
    backup.add_argument("file", type=Path, help="must not exist yet")
    backup.add_argument("--recipient", default="", help="encrypt it for this age public key (age1…)")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="make a database of a backup; refuses one that is there already")
    restore.add_argument("file", type=Path)
    restore.add_argument("--identity", type=Path, help="file with the age identity, where the backup is encrypted")
    restore.set_defaults(command=_restore)
    forget = commands.add_parser("forget", help="take somebody out of the database who asks for it by letter")
    forget.add_argument(
        "telegram_id", type=int, help="the person's number at Telegram; links in their name are closed by the bot"
    )
    forget.set_defaults(command=_forget)
    commands.add_parser("doctor", help="check everything and say what to do").set_defaults(command=_doctor)
    return parser


def _read_settings() -> Settings:
    env_file = Path(".env")
    for name, meant in list_unknown(os.environ, env_file=env_file).items():
        print(f"{name} is not a setting and is ignored{meant and f'; {meant} is one'}", file=sys.stderr)
    for name in list_emptied(os.environ, env_file=env_file):
        print(f"{name} is set to nothing in the environment; what {env_file} says holds", file=sys.stderr)
    return read_settings(os.environ, env_file=env_file)


def _read_url() -> str:
    return _read_settings().database_url


def _run(_chosen: argparse.Namespace) -> int:
    _on_stop_signals(_leave_at_once)
    settings = _read_settings()
    from bot.telemetry import set_up_logging  # noqa: PLC0415 -- a mistaken setting is told without waiting for imports

    set_up_logging(settings.log_level, settings.log_format, secrets=list_secrets(settings))
    return asyncio.run(_run_until_signal(settings))


def list_secrets(settings: Settings) -> list[str]:
    """What no log may show: tokens, and passwords within addresses."""
    passwords = [*find_passwords(settings.database_url), *find_passwords(settings.bot_api_url)]
    passwords += [settings.proxy.password] if settings.proxy and settings.proxy.password else []
    tokens = [settings.bot_token, settings.given.get("METRICS_TOKEN", "")]
    return [*filter(None, tokens), *passwords]


async def _run_until_signal(settings: Settings) -> int:
    from storage import StoreBusy, StoreError, open_store  # noqa: PLC0415 -- likewise

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in _list_stop_signals():
        loop.add_signal_handler(number, stop.set)
    try:
        async with open_store(settings.database_url) as store:
            return await _run_in(store, settings, stop)
    except StoreBusy as error:
        return _complain(str(error), 1)
    except StoreError as error:
        from bot.broken_start import tell_owners  # noqa: PLC0415 -- only who is in trouble waits for it

        await tell_owners(settings, error)
        return _complain(str(error), 1)
    finally:
        _ignore_stop_signals(loop)


def import_bot() -> None:
    """Import all that a running bot needs, and httpx not."""
    from bot.wire.late_httpx import import_telegram  # noqa: PLC0415 -- other commands need no Telegram

    with nothing_collected():
        import_telegram()
        for name in ("bot.app", "bot.updates.intake", "bot.web.listening"):
            import_module(name)


async def _run_in(store: Store, settings: Settings, stop: asyncio.Event) -> int:
    await asyncio.to_thread(import_bot)  # it takes a second, in which the loop goes on hearing signals
    from bot.app import CampaignMistake, TaskEnded, run_in  # noqa: PLC0415 -- whoever finds the database in use need not wait for it
    from bot.updates.intake import PollingEnded  # noqa: PLC0415 -- likewise
    from bot.web.listening import ListenRefused  # noqa: PLC0415 -- likewise

    if stop.is_set():
        return 0
    tune_process()
    try:
        await run_in(store, settings, stop)
    except CampaignMistake as mistake:
        return _complain(f"{settings.campaign}: {mistake}", WRONG_SETTING)
    except (PollingEnded, ListenRefused, TaskEnded) as error:
        return _complain(str(error), 1)
    return 0


def _ignore_stop_signals(loop: asyncio.AbstractEventLoop) -> None:
    """From here on a second signal could only spoil the exit status, also while the loop gives its handlers up."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    for number in _list_stop_signals():
        loop.remove_signal_handler(number)
    _on_stop_signals(signal.SIG_IGN)


def _migrate(_chosen: argparse.Namespace) -> int:
    settings = _read_settings()
    return asyncio.run(_migrate_store(settings))


async def _migrate_store(settings: Settings) -> int:
    from storage import StoreError, open_store  # noqa: PLC0415 -- only this command needs it

    try:
        async with open_store(settings.database_url):
            print("The database is up to date.")
    except StoreError as error:
        return _complain(str(error), 1)
    return 0


def _backup(chosen: argparse.Namespace) -> int:
    settings = _read_settings()
    from storage import StoreError  # noqa: PLC0415 -- only these commands need it
    from storage.backups import back_up  # noqa: PLC0415 -- likewise

    try:
        back_up(settings.database_url, chosen.file, recipient=chosen.recipient or settings.backup_recipient)
    except (StoreError, OSError) as error:
        return _complain(str(error), 1)
    print(f"The database was backed up to {chosen.file}.")
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    settings = _read_settings()
    from storage import StoreError  # noqa: PLC0415 -- only these commands need it
    from storage.backups import restore  # noqa: PLC0415 -- likewise

    try:
        restore(settings.database_url, chosen.file, identity=chosen.identity)
        faults = asyncio.run(_look_at_restored(settings))
    except (StoreError, OSError) as error:
        return _complain(str(error), 1)
    for fault in faults:
        print(fault, file=sys.stderr)
    print("The database was restored and is up to date." if not faults else "The backup was restored with its faults.")
    return 1 if faults else 0


async def _look_at_restored(settings: Settings) -> list[str]:
    from storage import open_store  # noqa: PLC0415 -- only this command needs it
    from storage.checks import list_faults  # noqa: PLC0415 -- likewise

    async with open_store(settings.database_url) as store:
        return await list_faults(store)


def _forget(chosen: argparse.Namespace) -> int:
    settings = _read_settings()
    from bot.services.privacy import forget  # noqa: PLC0415 -- only this command needs it
    from storage import StoreError  # noqa: PLC0415 -- likewise
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    try:
        known = run_once(settings.database_url, forget, telegram_id=chosen.telegram_id, by_letter=True)
    except StoreError as error:
        return _complain(str(error), 1)
    print("Forgotten." if known else "Nobody of this number ever came; what else was known by it is gone.")
    return 0


def _set_up(_chosen: argparse.Namespace) -> int:
    from bot.setup import SetupRefused, set_up  # noqa: PLC0415 -- only this command needs it
    from storage import StoreError  # noqa: PLC0415 -- likewise

    try:
        asyncio.run(set_up(ask=input, say=print, environment=os.environ, folder=Path()))
    except (SetupRefused, StoreError) as error:
        return _complain(str(error), 1)
    except EOFError:
        return _complain("Nobody answers: run it where you can type.", 1)
    return 0


def _doctor(_chosen: argparse.Namespace) -> int:
    from bot.doctor.examination import examine  # noqa: PLC0415 -- only this command needs it

    return asyncio.run(examine(os.environ, Path(".env")))


def _demo(chosen: argparse.Namespace) -> int:
    from bot.campaign_file import CampaignMistake, load_campaign  # noqa: PLC0415 -- only this command needs it
    from bot.playground.demo import DemoRefused, demonstrate  # noqa: PLC0415 -- likewise

    campaign: Path | None = chosen.campaign
    demo = partial(demonstrate, port=chosen.port, open_browser=not chosen.no_browser)
    try:
        if campaign is not None:
            read = load_campaign(campaign).campaign
            shop = next(iter(read.brand.values()))
            demo = partial(demo, campaign=campaign.resolve(), shop=shop, counter=bool(read.catalogue))
        return asyncio.run(demo())
    except CampaignMistake as mistake:
        return _complain(f"{campaign}: {mistake}", WRONG_SETTING)
    except OSError as error:
        if campaign is None or error.filename != str(campaign):
            raise
        return _complain(f"The campaign {campaign} cannot be read: {error.strerror}.", WRONG_SETTING)
    except DemoRefused as refusal:
        return _complain(str(refusal), WRONG_SETTING)


def _complain(text: str, status: int) -> int:
    print(f"passalong: {mask_secrets(text)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
