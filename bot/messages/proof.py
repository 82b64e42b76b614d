"""The books and their head, as people read of them."""

from __future__ import annotations

from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.proof import HeadPosted, Inspection


def say_inspection(texts: Texts, shop: Shop, found: Inspection | None) -> Html:
    """What came of the last look at the books, and when that was."""
    if found is None:
        return texts.say("audit.unchecked")
    date = texts.moment(found.looked_at, shop.zone)
    if found.faults:
        return texts.say("audit.checked_wrong", date=date)
    return texts.say("audit.checked", date=date, count=found.entries)


def _render_head(reader: Reader, notice: HeadPosted) -> OutgoingMessage:
    return OutgoingMessage(text=reader.texts.say("proof.posted", count=notice.entries, head=notice.head), silent=True)


NOTICES: Renderers = {HeadPosted: each(_render_head)}
