"""Buttons of what members take part in: choosing, the club, ideas, testimonials."""

from __future__ import annotations

from bot.core.choosing import MOST
from bot.messages.buttons import FLAG, HIGHEST_ID, ID, PAGE, Button, Key, Number

CLUB = Button("club", "club.button")
DROP_TAKE = Button("drop_take", drop=ID)
DROP_OPEN = Button("drop_open", "club.open")
DROP_END = Button("drop_end", drop=ID)
SAYING = Button("saying", "testimonials.button")
SAY_NEW = Button("say_new", "testimonials.new")
SAY_LINE = Button("say_line", "testimonials.from_pulse", pulse=ID)
"""What a member who is pleased has written already."""
SAY_BACK = Button("say_back", "testimonials.back")
SAY_LOOK = Button("say_look", "testimonials.look")
SAY_SHOW = Button("say_show", "testimonials.show", person=ID, at=Number(HIGHEST_ID))
SAY_NOT = Button("say_not", "testimonials.not", person=ID, at=Number(HIGHEST_ID))
CHOOSE = Button("choose", "choosing.button", page=PAGE)
VOTE = Button("vote", poll=ID, choice=Number(MOST - 1))
POLL_ASK = Button("poll_ask", "choosing.ask_button")
POLL_END = Button("poll_end", "choosing.end", poll=ID)
IDEAS = Button("ideas", "ideas.button", page=PAGE)
IDEA_NEW = Button("idea_new", "ideas.new")
IDEA_PICTURE = Button("idea_picture", "ideas.picture", idea=ID)
IDEA_WANT = Button("idea_want", idea=ID, wanted=FLAG, page=PAGE)
"""One more who wants it, or one fewer."""
IDEA_TELL = Button("idea_tell", idea=ID, agreed=FLAG)
IDEA_LOOK = Button("idea_look", "ideas.look", idea=ID)
IDEA_NEXT = Button("idea_next", "ideas.next", idea=ID)
"""The oldest that is not decided, behind this one."""
IDEA_MARK = Button("idea_mark", idea=ID, mark=Key(10))
