"""Every kind of notice, and what makes messages of it."""

from __future__ import annotations

from bot.messages import claiming, community, reminding
from bot.messages.joining import notices as joining
from bot.messages.joining.refusals import render_sorry
from bot.messages.notices import Renderers, each
from bot.services.notices import Sorry

RENDERERS: Renderers = {
    **joining.NOTICES,
    **claiming.NOTICES,
    **reminding.NOTICES,
    **community.NOTICES,
    Sorry: each(lambda reader, _: render_sorry(reader.texts)),
}
