"""Buttons by which a segment is put together and chosen."""

from __future__ import annotations

from bot.messages.buttons import ID, Button, Key

SEGMENTS = Button("segments", "segments.all")
SEGMENT = Button("segment", segment=ID, broadcast=ID)
SEGMENT_NEW = Button("sg_new", "segments.new", broadcast=ID)
SEGMENT_OPEN = Button("sg_open", "button.back")
"""Back to the one that is put together."""
SEGMENT_JOIN = Button("sg_join", joined=Key(3))
SEGMENT_KIND = Button("sg_kind", kind=Key(12))
SEGMENT_VALUE = Button("sg_value", kind=Key(10), how=Key(8), value=Key(34))
SEGMENT_NAME = Button("sg_name", "segments.save")
SEGMENT_REWRITE = Button("sg_rewrite", "segments.rewrite")
SEGMENT_DELETE = Button("sg_delete", "segments.delete", segment=ID)
SEGMENT_LIST = Button("sg_list", "segments.send_list")
SEGMENT_NO_LIST = Button("sg_no_list", called=Key(32))
SEGMENT_CHOOSE = Button("sg_choose", broadcast=ID)
SEGMENT_EVERYBODY = Button("sg_everybody", broadcast=ID)
BROADCAST_WHOM = Button("bc_whom", "segments.whom", broadcast=ID)
