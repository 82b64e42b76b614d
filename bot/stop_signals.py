"""The signals that end a command, and what each part of its life makes of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import asyncio

Handler = Callable[[int, FrameType | None], object] | signal.Handlers

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def on_stop_signals(handler: Handler) -> None:
    """Answer each of them so from now on."""
    for number in list_stop_signals():
        signal.signal(number, handler)


@cache
def list_stop_signals() -> tuple[signal.Signals, ...]:
    """Those that were not ignored when the program started: `nohup` has SIGHUP ignored, and means it."""
    return tuple(number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN)


def hold_hangup() -> None:
    """Have SIGHUP wait: until a start knows whether it is one of many shops, nobody knows whether it is asked to stop."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])


def release_hangup() -> None:
    """Answer from now on, and what has waited."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGHUP])


def hear_signals(stop: asyncio.Event, hurry: asyncio.Event | None = None) -> None:
    """Set `stop` at each of them from now on, on the running loop; where there is `hurry`, SIGHUP sets that instead."""
    import asyncio  # noqa: PLC0415 -- whoever has a loop has it, and the command line has none

    for number in list_stop_signals():
        event = hurry if hurry is not None and number is signal.SIGHUP else stop
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    release_hangup()


def leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End a command where it stands."""
    on_stop_signals(signal.SIG_IGN)  # a second one would end the interpreter on its way out, with a bad status
    raise SystemExit(0)


def break_off(number: int, _frame: FrameType | None) -> NoReturn:
    """End a command that has something to do before it is done: whoever goes on by its status must not believe that it is."""
    on_stop_signals(signal.SIG_IGN)
    os.write(2, b"passalong: Broken off before it was done.\n")  # a print of the command's own may be under way
    raise SystemExit(128 + number)


def leave_at_once(_number: int, _frame: FrameType | None) -> NoReturn:
    """End a start in which nothing is open yet: an exception might meet a frame that swallows or prints it."""
    os._exit(0)


def ignore_stop_signals() -> None:
    """From here on a second signal could only spoil the exit status, also while the loop gives its handlers up."""
    import asyncio  # noqa: PLC0415 -- likewise

    loop = asyncio.get_running_loop()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    for number in list_stop_signals():
        loop.remove_signal_handler(number)
    on_stop_signals(signal.SIG_IGN)
