"""What the doctor finds."""

from __future__ import annotations

from storage.frozen import frozen


@frozen(kw_only=False)
class Finding:
    """One thing that was looked at; `cure` says what to do, and is empty where all is well."""

    subject: str
    state: str
    cure: str = ""
    serious: bool = True
    """Whether the bot cannot do its work like this."""
