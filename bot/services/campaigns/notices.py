"""What owners hear of the shop's campaigns."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class FileTaken(Notice):
    """The campaign file says something new, and that holds from now on."""

    kind: ClassVar[str] = "campaign_file_taken"
    slug: str


@frozen
class StartHeld(Notice):
    """A campaign was to begin by itself, and something about its cards is not as it should be any more."""

    kind: ClassVar[str] = "campaign_start_held"
    slug: str
    findings: str
    """As `compose_findings` writes them."""


@frozen
class FileKept(Notice):
    """The campaign was changed by other ways after its file, and the file does not hold."""

    kind: ClassVar[str] = "campaign_file_kept"
    slug: str
