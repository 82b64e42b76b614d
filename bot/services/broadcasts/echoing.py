"""What was sent is edited or taken back for all, and sent again to those of whom nobody knows whether they got it."""

from __future__ import annotations

from bot.core.broadcasts.content import FIRST, read_content
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.broadcasts.authoring import BroadcastView, view_broadcast
from bot.services.members import demand, enter
from storage.broadcast import Action, Broadcast
from storage.records import BroadcastId, BroadcastState, Profile
from storage.tables import audit, broadcasts, conversations, deliveries
from storage.tx import Tx

BROADCAST_EDIT = "broadcast_edit"
"""The flow in which the new form of a sent message is waited for."""
WAIT_SECONDS = 3600
NOT_OVER = (BroadcastState.DRAFT, BroadcastState.RUNNING, BroadcastState.PAUSED)
STARTED = (BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.DONE, BroadcastState.CANCELLED)


def ask_edit(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, language: str = FIRST, step: str = "content"
) -> BroadcastView | None:
    """Wait for the new form of a version, or for buttons; None where nothing was sent by this visitor, or has no such version.

    Args:
        tx: The transaction.
        visitor: Its author.
        broadcast_id: What was sent, or an edit of it that is not confirmed yet, which goes on from there.
        language: Of the version.
        step: `content` or `buttons`.
    """
    found = find_editable(tx, visitor, broadcast_id)
    if found is None or language not in read_content(found.content).versions:
        return None
    expires_at = tx.now + WAIT_SECONDS * 1_000_000
    data = {"broadcast_id": broadcast_id, "language": language}
    conversations.open(tx, enter(tx, visitor).id, BROADCAST_EDIT, step, data, expires_at=expires_at)
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def find_editable(tx: Tx, visitor: Profile, broadcast_id: BroadcastId) -> Broadcast | None:
    """What was sent, or an edit of it that its author has not confirmed; None for anything else."""
    found = broadcasts.find(tx, broadcast_id)
    if found is None or found.action is not Action.EDIT or found.of_id is None:
        return _find_sent(tx, visitor, broadcast_id)
    is_open = found.state is BroadcastState.DRAFT and _find_sent(tx, visitor, found.of_id) is not None
    return found if is_open else None


def draft_edit(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, content: dict[str, object]
) -> BroadcastView | None:
    """Keep the new form, to be confirmed; None where it is not waited for."""
    author, found = enter(tx, visitor), find_editable(tx, visitor, broadcast_id)
    if found is None or not conversations.leave(tx, author.id, BROADCAST_EDIT):
        return None
    is_draft = found.action is Action.EDIT
    echo = found if is_draft else broadcasts.add(tx, author.id, action=Action.EDIT, of_id=broadcast_id)
    broadcasts.set_content(tx, echo.id, content)
    return view_broadcast(tx, visitor=visitor, broadcast_id=echo.id)


def stop_edit(tx: Tx, *, visitor: Profile) -> None:
    """The message stays as it is."""
    conversations.leave(tx, enter(tx, visitor).id, BROADCAST_EDIT)


def take_back(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, progress_message_id: int) -> BroadcastView | None:
    """Send it to nobody more, and delete it from everybody's chat; a second tap shows how far that is."""
    found = _find_sent(tx, visitor, broadcast_id)
    if found is None:
        return None
    echoes = broadcasts.list_of(tx, broadcast_id)
    former = [each for each in echoes if each.action is Action.DELETE]
    if not former:
        for each in (found, *(echo for echo in echoes if echo.action is Action.EDIT)):  # nothing is left to edit
            broadcasts.set_state(tx, each.id, BroadcastState.CANCELLED, expected=NOT_OVER)
        echo = broadcasts.add(tx, found.author_id, action=Action.DELETE, of_id=broadcast_id)
        broadcasts.fix_audience(tx, echo.id)
        if found.progress_message_id == progress_message_id:  # it says how far the deletion is from now on
            broadcasts.set_progress_message(tx, found.id, None)
        broadcasts.set_progress_message(tx, echo.id, progress_message_id)
        broadcasts.set_state(tx, echo.id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])
        audit.add(
            tx, actor_id=found.author_id, act=Act.BROADCAST, subject=str(found.id), before=found.state, after="deleted"
        )
        former = [echo]
    return view_broadcast(tx, visitor=visitor, broadcast_id=former[0].id)


def send_again(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, progress_message_id: int
) -> BroadcastView | None:
    """Write once more to those who are unknown: some of them may get it twice, and the author has been told so."""
    found = _find_sent(tx, visitor, broadcast_id)
    if found is None:
        return None
    if deliveries.requeue_unknown(tx, broadcast_id):
        ended = [BroadcastState.DONE, BroadcastState.PAUSED, BroadcastState.CANCELLED]
        broadcasts.set_state(tx, broadcast_id, BroadcastState.RUNNING, expected=ended)
        broadcasts.set_progress_message(tx, broadcast_id, progress_message_id)
        audit.add(
            tx, actor_id=found.author_id, act=Act.BROADCAST, subject=str(found.id), before=found.state, after="again"
        )
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def _find_sent(tx: Tx, visitor: Profile, broadcast_id: BroadcastId) -> Broadcast | None:
    demand(tx, visitor, MANAGERS)
    found = broadcasts.find(tx, broadcast_id)
    if found is None or found.author_id != enter(tx, visitor).id or found.action is not Action.SEND:
        return None
    return found if found.state in STARTED and found.started_at is not None else None
