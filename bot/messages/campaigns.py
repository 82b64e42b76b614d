"""What owners read of the shop's campaigns."""

from __future__ import annotations

from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.services.campaigns.notices import FileKept, FileTaken


def render_file_taken(reader: Reader, notice: FileTaken) -> OutgoingMessage:
    """The file holds."""
    return OutgoingMessage(text=reader.texts.say("campaign.file_taken", name=notice.slug))


def render_file_kept(reader: Reader, notice: FileKept) -> OutgoingMessage:
    """The file does not hold, and what to do if it should."""
    return OutgoingMessage(text=reader.texts.say("campaign.file_kept", name=notice.slug))


NOTICES: Renderers = {FileTaken: each(render_file_taken), FileKept: each(render_file_kept)}
