"""Where the program `passalong` begins: it can be stopped before anything of it is imported."""

from __future__ import annotations

from bot.stop_signals import hold_hangup, leave_at_once, on_stop_signals


def main() -> int:
    """Run one command; returns the exit status.

    As process 1 of a container nothing stops it that it has no answer to, and importing the command line takes a moment.
    """
    hold_hangup()
    on_stop_signals(leave_at_once)
    from bot.__main__ import main as run  # noqa: PLC0415 -- see above

    return run()
