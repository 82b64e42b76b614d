"""Who runs the shop tells members apart by labels, and gives them codes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.buttons import LABEL, LABELLED, LABELS, LABELS_OF, NEW_LABEL, OWN_CODE
from bot.messages.commands import Command
from bot.services.labels import CodeGiven
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import labels
    from bot.messages import labels as messages
else:
    labels = late("bot.handlers.labels")
    messages = late("bot.messages.labels")

CAPABILITY = Capability(
    name="labels",
    roles=MANAGERS,
    commands={Command(name="label", text="labels.command", place=9): labels.on_label},
    buttons={
        LABELS: labels.on_labels,
        LABELS_OF: labels.on_labels_of,
        LABELLED: labels.on_labelled,
        LABEL: labels.on_set_label,
        NEW_LABEL: labels.on_new_label,
        OWN_CODE: labels.on_own_code,
    },
    flows={"label": labels.NAMING, "own_code": labels.CODING},
    notices={CodeGiven: messages.NOTICES[CodeGiven]},
)
