"""What was sent is put right for all: before anything else is sent, and with nothing left behind."""

from __future__ import annotations

from bot.messages.broadcasts.screens import render_progress
from bot.messages.texts import Texts
from bot.services.broadcasts.authoring import confirm
from bot.services.broadcasts.delivering import proceed, view_progress
from bot.services.broadcasts.echoing import ask_edit, draft_edit, take_back
from storage import Store
from storage.broadcast import Outcome
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId
from storage.tables import broadcast_links, broadcasts
from tests.services.test_broadcast_plans import SARI, campaign, clock, move_in, see, start

__all__ = ["campaign", "clock"]


async def settle(store: Store, of: BroadcastId, person_id: PersonId, state: DeliveryState) -> None:
    """Somebody has got it, or nobody knows."""
    number = 71 if state is DeliveryState.SENT else None
    await store.write(
        proceed, outcomes=[Outcome(broadcast_id=of, person_id=person_id, state=state, message_id=number)], limit=0
    )


async def edit(store: Store, of: BroadcastId) -> BroadcastId:
    """Its author has confirmed a new form."""
    await store.write(ask_edit, visitor=SARI, broadcast_id=of)
    view = await store.write(draft_edit, visitor=SARI, broadcast_id=of, content={"text": "Warm bread"})
    assert view is not None
    await store.write(confirm, visitor=SARI, broadcast_id=view.broadcast.id, progress_message_id=6)
    return view.broadcast.id


async def test_what_was_sent_is_put_right_before_more_is_sent(store: Store) -> None:
    """With room for one, the edit comes first: a hundred thousand others would hold it up for an hour."""
    anna, *_ = await store.write(move_in, "id", "id", "id")
    of = await start(store)
    await store.write(proceed, limit=1)
    await settle(store, of, anna, DeliveryState.SENT)
    echo = await edit(store, of)
    assert [claim.broadcast.id for claim in (await store.write(proceed, limit=1)).claims] == [echo]


async def test_what_is_taken_back_is_not_edited_any_more(store: Store) -> None:
    """Its edit is over as well, and one message says how far the deletion is, not two at once."""
    anna, *_ = await store.write(move_in, "id", "id")
    of = await start(store)
    await store.write(proceed, limit=1)
    await settle(store, of, anna, DeliveryState.SENT)
    echo = await edit(store, of)
    await store.write(broadcasts.set_progress_message, of, 5)
    view = await store.write(take_back, visitor=SARI, broadcast_id=of, progress_message_id=5)
    assert view is not None
    states = [(await see(store, each)).broadcast.state for each in (of, echo, view.broadcast.id)]
    assert states == [BroadcastState.CANCELLED, BroadcastState.CANCELLED, BroadcastState.RUNNING]
    assert await store.read(view_progress, broadcast_id=of) is None


async def test_whoever_may_still_have_it_can_be_looked_up_after_it_was_taken_back(store: Store) -> None:
    """A deletion cannot reach those of whom nobody knows whether they have it: they are counted, and a tap lists them."""
    anna, budi = await store.write(move_in, "id", "id")
    of = await start(store)
    await store.write(proceed, limit=2)
    await settle(store, of, anna, DeliveryState.SENT)
    await settle(store, of, budi, DeliveryState.UNKNOWN)
    view = await store.write(take_back, visitor=SARI, broadcast_id=of, progress_message_id=5)
    assert view is not None
    assert (view.total, view.doubtful) == (1, 1)
    screen = render_progress(Texts("en"), view)
    assert "Of <b>1 member</b> nobody knows" in screen.text
    assert screen.keyboard is not None
    assert f"bc_unknown:{of}" in {each.callback_data for row in screen.keyboard.inline_keyboard for each in row}


async def test_links_of_an_edit_are_counted_with_those_of_what_it_edits(store: Store) -> None:
    """They have their numbers there, so that who opened it stays one figure."""
    anna, *_ = await store.write(move_in, "id")
    of = await start(store)
    await store.write(proceed, limit=1)
    await settle(store, of, anna, DeliveryState.SENT)
    await store.write(ask_edit, visitor=SARI, broadcast_id=of)
    version = {"kind": "text", "text": "Warm", "entities": []}
    content: dict[str, object] = {
        "versions": {"": version},
        "buttons": [["Menu", "https://example.org/menu"]],
        "count": True,
    }
    view = await store.write(draft_edit, visitor=SARI, broadcast_id=of, content=content)
    assert view is not None
    await store.write(confirm, visitor=SARI, broadcast_id=view.broadcast.id, progress_message_id=6)
    assert await store.read(broadcast_links.list_of, of) == {1: "https://example.org/menu"}
    assert await store.read(broadcast_links.list_of, view.broadcast.id) == {}
    claim, *_ = (await store.write(proceed, limit=9)).claims
    assert (claim.counted_id, claim.links) == (of, {"https://example.org/menu": 1})


async def test_an_edit_goes_on_until_it_is_confirmed(store: Store) -> None:
    """More of it may be changed before anybody sees it: it stays one edit; once confirmed it cannot be changed."""
    anna, *_ = await store.write(move_in, "id")
    of = await start(store)
    await store.write(proceed, limit=1)
    await settle(store, of, anna, DeliveryState.SENT)
    await store.write(ask_edit, visitor=SARI, broadcast_id=of)
    first = await store.write(draft_edit, visitor=SARI, broadcast_id=of, content={"text": "Warm bread"})
    assert first is not None
    echo = first.broadcast.id
    assert await store.write(ask_edit, visitor=SARI, broadcast_id=echo, language="id") is None
    assert await store.write(ask_edit, visitor=SARI, broadcast_id=echo, step="buttons") is not None
    second = await store.write(draft_edit, visitor=SARI, broadcast_id=echo, content={"text": "Hot bread"})
    assert second is not None
    assert (second.broadcast.id, second.broadcast.content) == (echo, {"text": "Hot bread"})
    await store.write(confirm, visitor=SARI, broadcast_id=echo, progress_message_id=6)
    assert await store.write(ask_edit, visitor=SARI, broadcast_id=echo) is None
