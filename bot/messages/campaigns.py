"""What owners read of the shop's campaigns."""

from __future__ import annotations

from bot.core.campaigns.checking import parse_findings
from bot.messages.buttons import CAMPAIGNS
from bot.messages.campaign_findings import say_findings
from bot.messages.keyboards import stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.services.campaigns.notices import FileKept, FileTaken, StartHeld


def render_file_taken(reader: Reader, notice: FileTaken) -> OutgoingMessage:
    """The file holds."""
    return OutgoingMessage(text=reader.texts.say("campaign.file_taken", name=notice.slug))


def render_file_kept(reader: Reader, notice: FileKept) -> OutgoingMessage:
    """The file does not hold, and what to do if it should."""
    return OutgoingMessage(text=reader.texts.say("campaign.file_kept", name=notice.slug))


def render_start_held(reader: Reader, notice: StartHeld) -> OutgoingMessage:
    """A campaign did not begin at its time, and why."""
    findings = say_findings(reader.texts, parse_findings(notice.findings))
    text = reader.texts.say("campaign.start_held", name=notice.slug, findings=findings)
    return OutgoingMessage(text=text, keyboard=stack(tap_row(reader.texts, CAMPAIGNS)))


NOTICES: Renderers = {
    FileTaken: each(render_file_taken),
    FileKept: each(render_file_kept),
    StartHeld: each(render_start_held),
}
