"""The dialogues of taking part, step by step."""

from __future__ import annotations

from collections.abc import Mapping

from storage import Store, Tx
from storage.idea import IdeaState
from storage.tables import ideas, people
from tests.journeys.dialogues import Act, Script, Walk
from tests.playground.calling import draw_picture


async def check_idea(_: Walk, store: Store) -> None:
    """It is there once, and the team can read it."""
    assert await store.read(ideas.count_in, IdeaState.OPEN) == 1


def think(tx: Tx, telegram_id: int) -> None:
    """Somebody has an idea."""
    person = people.find_by_telegram_id(tx, telegram_id)
    assert person is not None
    ideas.add(tx, person.id, text="Rye on Sundays", photo="")


async def check_idea_done(walk: Walk, store: Store) -> None:
    """It was done once, and its author has heard so."""
    assert await store.read(ideas.count_in, IdeaState.ADOPTED) == 1
    assert [each for each in walk.list_shown(walk.others[0]) if "co-maker" in each.text]


TAKING_PART: Mapping[str, Script] = {
    "idea": Script(
        acts=[
            Act(say="/idea", shows="What would make"),
            Act(say="Rye on Sundays", shows="Your idea is with the team", may_be_silent=True),
        ],
        check=check_idea,
    ),
    "idea_photo": Script(
        acts=[
            Act(say="/idea Rye on Sundays", shows="Add a picture"),
            Act(tap="Add a picture", shows="Send the picture"),
            Act(picture=draw_picture(), shows="The picture is with your idea", may_be_silent=True),
        ],
        check=check_idea,
    ),
    "idea_reply": Script(
        admin=True,
        others=["Wayan Abe"],
        before=think,
        acts=[
            Act(say="/ideas", shows="1 idea without an answer"),
            Act(tap="1 idea without an answer", shows="An idea of Wayan Abe"),
            Act(tap="It was done", shows="What was done?"),
            Act(say="There is rye now", shows="Done: There is rye now", may_be_silent=True),
        ],
        check=check_idea_done,
    ),
}
"""By flow."""
