"""Buttons of a message to all, while it is written and once it is sent; and of what members want to read."""

from __future__ import annotations

from bot.core.broadcasts.timing import DAYS_OF_WEEK
from bot.messages.buttons import FLAG, ID, KEY, Button, Key, Number

BROADCAST_STORY = Button("bc_story", story=KEY)
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

BROADCAST_WHEN = Button("bc_when", "broadcast_when.button", broadcast=ID)
BROADCAST_AT = Button("bc_at", broadcast=ID, when=Key(8))
BROADCAST_DAY = Button("bc_day", broadcast=ID, weekday=Number(DAYS_OF_WEEK - 1))
BROADCAST_FAST = Button("bc_fast", "broadcast_fare.button", broadcast=ID)
BROADCAST_PAY = Button("bc_pay", broadcast=ID, on=FLAG)
BROADCAST_NEWS = Button("bc_news", broadcast=ID, news=Key(8))
BROADCAST_EDIT = Button("bc_edit", "broadcast_echo.edit", broadcast=ID)
BROADCAST_EDIT_VERSION = Button("bc_edit_ver", broadcast=ID, language=Key(12))
BROADCAST_EDIT_BUTTONS = Button("bc_edit_btn", "broadcast.panel.buttons", broadcast=ID)
BROADCAST_EDIT_NO_BUTTONS = Button("bc_edit_none", "broadcast.panel.no_buttons", broadcast=ID)
BROADCAST_DELETE = Button("bc_delete", "broadcast_echo.delete", broadcast=ID)
BROADCAST_DELETE_SURE = Button("bc_del_sure", "broadcast_echo.delete_sure", broadcast=ID)
BROADCAST_RESEND = Button("bc_resend", "broadcast_echo.resend", broadcast=ID)
BROADCAST_RESEND_SURE = Button("bc_resend_sure", "broadcast_echo.resend_sure", broadcast=ID)
BROADCAST_PROGRESS = Button("bc_progress", "button.back", broadcast=ID)

NEWS = Button("news", kind=Key(8), wanted=FLAG)
NEWS_ZONE = Button("news_zone", "news.zone_button")
NEWS_ZONE_OWN = Button("news_zone_own", "news.zone_language")
