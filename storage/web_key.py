"""What opens the dashboard."""

from __future__ import annotations

from enum import StrEnum


class WebKeyKind(StrEnum):
    """A link is used once, for a session."""

    LINK = "link"
    SESSION = "session"
