"""Buttons of a message to all while it is written."""

from __future__ import annotations

from bot.messages.buttons import FLAG, ID, Button, Key

BROADCAST_PANEL = Button("bc_panel", "button.back", broadcast=ID)
BROADCAST_LANGUAGES = Button("bc_languages", "broadcast.panel.languages", broadcast=ID)
BROADCAST_VERSION = Button("bc_version", broadcast=ID, language=Key(12))
BROADCAST_DROP = Button("bc_drop", broadcast=ID, language=Key(12))
BROADCAST_BUTTONS = Button("bc_buttons", "broadcast.panel.buttons", broadcast=ID)
BROADCAST_NO_BUTTONS = Button("bc_no_buttons", "broadcast.panel.no_buttons", broadcast=ID)
BROADCAST_SHARE = Button("bc_share", "broadcast.panel.share", broadcast=ID, on=FLAG)
BROADCAST_COUNT = Button("bc_count", "broadcast.panel.count", broadcast=ID, on=FLAG)
BROADCAST_TEST = Button("bc_test", "broadcast.panel.test", broadcast=ID)
BROADCAST_TO_ME = Button("bc_to_me", "broadcast.panel.to_me", broadcast=ID)
BROADCAST_TO_TEAM = Button("bc_to_team", "broadcast.panel.to_team", broadcast=ID)
BROADCAST_SAMPLE = Button("bc_sample", "broadcast.panel.sample", broadcast=ID)
BROADCAST_REST = Button("bc_rest", "broadcast.panel.rest", broadcast=ID)
