"""Every button of the shipped capabilities, declared once; what it does is bound to it in its capability."""

from __future__ import annotations

from bot.messages.callbacks import FLAG, ID, KEY, PAGE, Button, Key, Number

FLOW_CANCEL = Button("flow_cancel", "button.cancel", flow=Key(20))
FLOW_BACK = Button("flow_back", "button.back", flow=Key(20), step=Key(20))
FLOW_SKIP = Button("flow_skip", "button.skip", flow=Key(20), step=Key(20))
FLOW_PICK = Button("flow_pick", flow=Key(16), step=Key(16), choice=Key(20))

MENU = Button("menu", "button.menu")
LANGUAGE = Button("language", "button.language")
SET_LANGUAGE = Button("set_language", language=KEY)

SHARE = Button("share", "button.card")
QR = Button("qr", "button.qr")
MORE = Button("more", "button.more")
"""The networks outside Telegram."""
STORY = Button("story", story=KEY)
"""Turns the card."""
SHARE_STORY = Button("share_story", story=KEY)
"""A fresh card with this story."""

WORDS = Button("words", story=KEY)
WORDS_KEEP = Button("words_keep", "words.keep", story=KEY)
WORDS_DROP = Button("words_drop", "words.drop", story=KEY)
WORDS_REMOVE = Button("words_remove", "words.remove", story=KEY)
WORDS_STOP = Button("words_stop", "button.cancel")

CLAIM = Button("claim", "claim.button")
NOBODY = Button("nobody", "claim.nobody_button")
CLAIM_PICK = Button("claim_pick", search=ID, choice=Number(99))
"""Which search it was, and the number of somebody in its list, which never changes."""
NOT_ME = Button("not_me", "claim.not_me_button", referral=ID)
FINDABLE = Button("findable", findable=FLAG)

MYDATA = Button("mydata", "mydata.button")
FORGET = Button("forget", "forget.button")
FORGET_ASK = Button("forget_ask", "forget.ask_button")
FORGET_SURE = Button("forget_sure", "forget.sure_button")

SPOKEN = Button("spoken", "spoken.button")
CHOOSE_SPOKEN = Button("choose_spoken", "spoken.choose_button")
KEEP_SPOKEN = Button("keep_spoken", "button.cancel")

INVITES = Button("invites", "button.invites", page=PAGE)
REWARDS = Button("rewards", "button.rewards", page=PAGE)
TOP = Button("top", "button.top")
APPEAR = Button("appear", named=FLAG)

REMIND = Button("remind", referral=ID, page=PAGE)
NO_REMINDERS = Button("no_reminders", "remind.stop", referral=ID)
SHARE_AGAIN = Button("share_again", "remind.again")
"""The card with another story than the last one."""
NUDGES = Button("nudges", wanted=FLAG)
NO_NUDGES = Button("no_nudges", "nudge.off")

COMMUNITY = Button("community", "community.button")

BROADCAST_CONFIRM = Button("bc_confirm", broadcast=ID)
BROADCAST_PAUSE = Button("bc_pause", "button.pause", broadcast=ID)
BROADCAST_RESUME = Button("bc_resume", "button.resume", broadcast=ID)
BROADCAST_CANCEL = Button("bc_cancel", "button.cancel", broadcast=ID)
BROADCAST_UNKNOWN = Button("bc_unknown", "button.unknown", broadcast=ID)
BROADCAST_ABANDON = Button("bc_abandon", "button.cancel")
