"""What holds for a whole process, and so is set only where that is nothing but a running bot."""

from __future__ import annotations

import gc
import sys

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter to itself. The store's threads hand it back at every statement, and by
default would wait 5 ms each time for a busy event loop to let go of it."""

COLLECT_AFTER = 10_000
"""New objects before the interpreter looks for circular garbage, of which there is little; 700 by default."""


def tune_process() -> None:
    """Set what holds for a whole process that is nothing but a running bot, once all of it has been imported."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()  # what was imported stays: it need not be looked at again and again
    gc.set_threshold(COLLECT_AFTER)
