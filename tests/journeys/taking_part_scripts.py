"""The dialogues of taking part, step by step."""

from __future__ import annotations

from collections.abc import Mapping

from storage import Store, Tx
from storage.idea import IdeaState
from storage.tables import coupons, drops, ideas, people
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


def bring_coupons(tx: Tx, telegram_id: int) -> None:
    """There is something to give."""
    assert telegram_id
    coupons.add(tx, "coffee", [(f"CUP-{number}", f"cup{number}", None) for number in range(3)])


async def check_drop(_: Walk, store: Store) -> None:
    """It is open once."""
    assert [(row.name, row.quantity) for row in await store.read(drops.list_open, limit=9)] == [("A free coffee", 2)]


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
    "drop": Script(
        admin=True,
        before=bring_coupons,
        others=["Wayan Abe"],
        acts=[
            Act(say="/club", shows="Open a coupon drop"),
            Act(tap="Open a coupon drop", shows="Of which coupons?"),
            Act(tap="coffee · 3 coupons", shows="There are 3 coupons"),
            Act(say="2", shows="What shall members read?"),
            Act(say="A free coffee", shows="for the first 2 members"),
            Act(tap="Open it", shows="is open: 2 coupons", may_be_silent=True),
        ],
        check=check_drop,
        deadly=3,
    ),
}
"""By flow."""
