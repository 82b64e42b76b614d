"""Members say what could be better; the team answers; everybody sees what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, TEAM
from bot.late import late
from bot.messages.commands import Command
from bot.messages.taking_part_buttons import (
    IDEA_LOOK,
    IDEA_MARK,
    IDEA_NEW,
    IDEA_NEXT,
    IDEA_PICTURE,
    IDEA_TELL,
    IDEA_WANT,
    IDEAS,
)
from bot.services.ideas.notices import IdeaAnnounced, IdeaAnswered, IdeaCame
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import ideas
    from bot.messages import ideas as messages
else:
    ideas = late("bot.handlers.ideas")
    messages = late("bot.messages.ideas")

CAPABILITY = Capability(
    name="ideas",
    roles=EVERYBODY,
    commands={
        Command(name="idea", text="ideas.command", place=62): ideas.on_idea,
        Command(name="ideas", text="ideas.command_all", place=63): ideas.on_ideas,
    },
    buttons={
        IDEAS: ideas.on_ideas,
        IDEA_NEW: ideas.on_idea,
        IDEA_PICTURE: ideas.on_picture,
        IDEA_WANT: ideas.on_want,
        IDEA_TELL: ideas.on_tell,
    },
    flows={"idea": ideas.IDEA, "idea_photo": ideas.PICTURE},
    notices={kind: messages.NOTICES[kind] for kind in (IdeaCame, IdeaAnswered, IdeaAnnounced)},
)

ANSWERS = Capability(
    name="idea_answers",
    roles=TEAM,
    buttons={IDEA_LOOK: ideas.on_look, IDEA_NEXT: ideas.on_next, IDEA_MARK: ideas.on_mark},
    flows={"idea_reply": ideas.ANSWER},
)
