"""Who is to run which shop: values in, names out, so that every process comes to the same by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from math import ceil

from storage.leases import Peer

UNEVEN = 2
"""By so many shops a process must have more than another before it hands one over."""


def compute_rank(peer: int, shop: str) -> int:
    """How much a shop likes to be with a process: as good as drawn, and the same for whoever asks."""
    return int.from_bytes(sha256(f"{peer} {shop}".encode()).digest()[:8])


def list_free(peers: Collection[Peer], wanted: Collection[str]) -> list[str]:
    """The wanted shops that nobody runs who lives."""
    held = {shop for peer in peers for shop in peer.held}
    return sorted(shop for shop in wanted if shop not in held)


def share_out(peers: Collection[Peer], free: Sequence[str]) -> Mapping[str, int]:
    """Say for each free shop which process is to take it: the one it likes best of those that have not their share yet.

    Shops that nobody wants are left out, and so are processes that stand still, as it seems: nothing is to wait for them.
    """
    lively = [peer for peer in peers if peer.is_lively]
    loads = {peer.id: len(peer.held) for peer in lively}
    share = ceil((sum(loads.values()) + len(free)) / max(1, len(lively)))
    chosen: dict[str, int] = {}
    for shop in free:
        willing = [peer.id for peer in lively if shop in peer.wanted]
        ready = [each for each in willing if loads[each] < share] or willing
        if ready:
            chosen[shop] = best = max(ready, key=lambda each: compute_rank(each, shop))
            loads[best] += 1
    return chosen


def choose_handed_over(me: int, peers: Collection[Peer]) -> list[str]:
    """The shops that a process gives away now: while others have too few, a part of what it has too many.

    Only once all is shared out that is free, so that nothing moves twice; and to nobody who stands still, as it seems.
    """
    own = next((peer for peer in peers if peer.id == me), None)
    others = [peer for peer in peers if peer.id != me and peer.is_lively]
    if own is None or not others or list_free(peers, own.wanted):
        return []
    poorest = min(others, key=lambda each: (len(each.held), each.id))
    surplus = len(own.held) - len(poorest.held)
    if surplus < UNEVEN or any(len(peer.held) > len(own.held) for peer in others):
        return []  # whoever has most begins
    movable = sorted(
        own.held & poorest.wanted,
        key=lambda shop: compute_rank(poorest.id, shop) - compute_rank(me, shop),
        reverse=True,
    )
    return movable[: max(1, surplus // 4)]
