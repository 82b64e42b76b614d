"""`passalong webhook`: other systems that are told what happens here, also while the bot runs."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from bot.core.setting import mask_secrets

if TYPE_CHECKING:
    from storage.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")

ReadUrl = Callable[[], str]
WRONG_WORD = 2


class _Refused(Exception):
    """What was asked for cannot be done; its text says why."""


def add_webhook_parser(webhook: argparse.ArgumentParser, read_url: ReadUrl) -> None:
    """Add, list, remove, on, replay."""
    commands = webhook.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("add", help="tell an address what happens here; its secret is shown this once")
    add.add_argument("url")
    add.add_argument("--events", required=True, help="kinds of events, like joined,qualified; or all")
    add.add_argument("--allow-private", action="store_true", help="the address lies within your own network")
    add.set_defaults(command=lambda chosen: _run(_add, read_url, chosen))
    listed = commands.add_parser("list", help="all addresses, and how they stand")
    listed.set_defaults(command=lambda chosen: _run(_list, read_url, chosen))
    for name, work, text in (
        ("remove", _remove, "never tell it anything again"),
        ("on", _switch_on, "send what has waited, and go on"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("id", type=int)
        command.set_defaults(command=lambda chosen, work=work: _run(work, read_url, chosen))
    replay = commands.add_parser("replay", help="send events once more")
    replay.add_argument("id", type=int)
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("--event", help="one event, by its id")
    which.add_argument("--since", help="all since a moment, like 2026-11-28 or 2026-11-28T10:00:00Z")
    replay.set_defaults(command=lambda chosen: _run(_replay, read_url, chosen))


def _run(work: Callable[[str, argparse.Namespace], object], read_url: ReadUrl, chosen: argparse.Namespace) -> int:
    """Print what comes of a command as JSON."""
    from storage import StoreError  # noqa: PLC0415 -- whoever asks for something else need not wait for it

    try:
        told = work(read_url(), chosen)
    except _Refused as refused:
        sys.stderr.write(f"passalong: {mask_secrets(str(refused))}\n")
        return WRONG_WORD
    except StoreError as error:
        sys.stderr.write(f"passalong: {error}\n")
        return 1
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 0


def _do(url: str, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    return run_once(url, unit, *args, **kwargs)


def _add(url: str, chosen: argparse.Namespace) -> object:
    from bot.core.webhooks import MOST_WEBHOOKS, UrlMistake, list_unknown, parse_kinds  # noqa: PLC0415 -- likewise
    from bot.services.webhooks.managing import TooManyWebhooks, add_webhook  # noqa: PLC0415 -- likewise
    from storage.webhook import HookEventKind  # noqa: PLC0415 -- likewise

    every = [kind.value for kind in HookEventKind]
    kinds = every if chosen.events.strip() == "all" else parse_kinds(chosen.events)
    if kinds is None:
        unknown = ", ".join(list_unknown(chosen.events)) or "nothing"
        raise _Refused(f"There are no events called {unknown}. There are: {', '.join(every)}; or all.")
    try:
        new = _do(
            url,
            add_webhook,
            url=chosen.url,
            kinds=kinds,
            random_bytes=secrets.token_bytes,
            allow_private=chosen.allow_private,
        )
    except UrlMistake as mistake:
        hint = "" if chosen.allow_private else " Where it is yours, add --allow-private."
        raise _Refused(f"{mistake}{hint}") from None
    except TooManyWebhooks:
        raise _Refused(f"There are {MOST_WEBHOOKS} webhooks, and there can be no more. Remove one first.") from None
    return {"id": new.id, "secret": new.secret, "url": chosen.url, "events": kinds}


def _list(url: str, _chosen: argparse.Namespace) -> object:
    from bot.services.webhooks.managing import list_webhooks, show_moment  # noqa: PLC0415 -- likewise

    return [
        {
            "id": row.id,
            "url": row.url,
            "events": list(row.kinds),
            "state": row.state.value,
            "waiting": owed,
            "failing_since": show_moment(row.failing_since),
            "last_arrived": show_moment(row.arrived_at),
            "error": row.error,
        }
        for row, owed in _do(url, list_webhooks)
    ]


def _remove(url: str, chosen: argparse.Namespace) -> object:
    from bot.services.webhooks.managing import remove_webhook  # noqa: PLC0415 -- likewise
    from storage.webhook import WebhookId  # noqa: PLC0415 -- likewise

    if not _do(url, remove_webhook, WebhookId(chosen.id)):
        raise _unknown(chosen.id)
    return {"id": chosen.id, "state": "removed"}


def _switch_on(url: str, chosen: argparse.Namespace) -> object:
    from bot.services.webhooks.managing import switch_on  # noqa: PLC0415 -- likewise
    from storage.webhook import WebhookId  # noqa: PLC0415 -- likewise

    if not _do(url, switch_on, WebhookId(chosen.id)):
        raise _unknown(chosen.id)
    return {"id": chosen.id, "state": "on"}


def _replay(url: str, chosen: argparse.Namespace) -> object:
    from bot.core.webhooks import parse_event_id  # noqa: PLC0415 -- likewise
    from bot.services.webhooks.managing import replay  # noqa: PLC0415 -- likewise
    from storage.webhook import WebhookId  # noqa: PLC0415 -- likewise

    number = WebhookId(chosen.id)
    event_id = parse_event_id(chosen.event, number) if chosen.event is not None else None
    if chosen.event is not None and event_id is None:
        raise _Refused(f"{chosen.event} is no event of webhook {number}. It looks like evt_{number}_1234.")
    since = _parse_moment(chosen.since) if chosen.since is not None else None
    again = _do(url, replay, number, event_id=event_id, since=since)
    if again is None:
        raise _unknown(number)
    return {"id": number, "again": again}


def _parse_moment(said: str) -> int:
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        raise _Refused(f"{said} is no moment. Write one like 2026-11-28 or 2026-11-28T10:00:00Z.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def _unknown(number: int) -> _Refused:
    return _Refused(f"There is no webhook {number}. passalong webhook list says which there are.")
