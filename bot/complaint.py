"""What a command says that cannot do what it was asked, and with what status it ends."""

from __future__ import annotations

import sys

from bot.core.setting import mask_secrets

WRONG_SETTING = 2
"""Exit status where a setting, the campaign or the command line is wrong; 1 for everything else that ends a run."""


def complain(text: str, status: int) -> int:
    """Print why to standard error, without what looks like a secret; returns the status."""
    sys.stderr.write(f"passalong: {mask_secrets(text)}\n")
    return status
