from __future__ import annotations

from dataclasses import replace

import pytest

from bot.shops.balance import choose_handed_over, compute_rank, list_free, share_out
from storage.leases import Peer

SHOPS = [f"shop{number}" for number in range(12)]


def make_peers(*held: str, wanted: frozenset[str] = frozenset(SHOPS)) -> list[Peer]:
    """Processes that hold shops by their numbers, each written as `0 1 2`."""
    return [
        Peer(number, f"host:{number}", wanted, frozenset(f"shop{each}" for each in shops.split()))
        for number, shops in enumerate(held, start=1)
    ]


def settle(peers: list[Peer]) -> list[Peer]:
    """Let processes take and hand over until nothing moves any more."""
    for _ in range(50):
        chosen = share_out(peers, list_free(peers, SHOPS))
        peers = [
            replace(peer, held=peer.held | {name for name, taker in chosen.items() if taker == peer.id})
            for peer in peers
        ]
        given = {peer.id: choose_handed_over(peer.id, peers) for peer in peers}
        if not any(given.values()):
            return peers
        peers = [replace(peer, held=peer.held - set(given[peer.id])) for peer in peers]
    raise AssertionError(peers)


def test_a_shop_likes_a_process_by_its_name_and_number_alone() -> None:
    """Whoever asks comes to the same, and different shops like different processes."""
    assert compute_rank(7, "oven") == compute_rank(7, "oven")
    best = {max((1, 2, 3), key=lambda peer: compute_rank(peer, shop)) for shop in SHOPS}
    assert best == {1, 2, 3}


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 20])
def test_shops_are_shared_out_evenly(count: int) -> None:
    """No process has two more than another, and none is left."""
    peers = settle(make_peers(*[""] * count))
    loads = sorted(len(peer.held) for peer in peers)
    assert loads[-1] - loads[0] <= 1
    assert sum(loads) == len(SHOPS)


def test_who_comes_is_given_a_share() -> None:
    """By handing over, a part at a time, and never more than it takes."""
    full = " ".join(map(str, range(12)))
    assert 0 < len(choose_handed_over(1, make_peers(full, ""))) <= 6
    assert sorted(len(peer.held) for peer in settle(make_peers(full, "", ""))) == [4, 4, 4]


def test_one_more_or_less_moves_nothing() -> None:
    """A shop that runs well stays where it is."""
    for peers in (make_peers("0 1 2", "3 4"), make_peers("0 1", "2 3"), make_peers("0 1 2")):
        covered = [replace(peer, wanted=frozenset({"shop0", "shop1", "shop2", "shop3", "shop4"})) for peer in peers]
        assert not any(choose_handed_over(peer.id, covered) for peer in covered)


def test_nothing_is_handed_over_while_something_is_free() -> None:
    """What is free goes to who has too few; nothing else needs to move for that."""
    assert choose_handed_over(1, make_peers("0 1 2 3 4 5 6 7 8 9 10", "")) == []


def test_the_dead_ones_shops_go_to_those_who_live() -> None:
    """All of them, and what the others have stays."""
    before = make_peers("0 1 2 3", "4 5 6 7", "8 9 10 11")
    after = settle(before[:2])
    assert [now.held >= then.held for now, then in zip(after, before, strict=False)] == [True, True]
    assert sorted(len(peer.held) for peer in after) == [6, 6]


def test_nothing_waits_for_a_process_that_stands_still() -> None:
    """It is not dead yet, but what is free goes to who was heard of just now; where nobody was, to nobody."""
    still, lively = make_peers("", "0 1 2 3 4 5")
    still = replace(still, is_lively=False)
    assert set(share_out([still, lively], SHOPS[6:]).values()) == {lively.id}
    assert share_out([still], SHOPS) == {}


def test_nothing_is_handed_over_to_a_process_that_stands_still() -> None:
    """It may be found dead in a moment, and whoever hands over takes nothing back for a while."""
    rich, poor, third = make_peers("0 1 2 3 4 5", "", "6 7 8 9 10 11")
    still = replace(poor, is_lively=False)
    assert choose_handed_over(rich.id, [rich, poor, third]) != []
    assert choose_handed_over(rich.id, [rich, still, third]) == []


def test_a_process_is_given_only_what_it_wants() -> None:
    """Folders differ for a moment while files are copied to several machines."""
    knows, old = make_peers("", "")
    old = replace(old, wanted=frozenset({"shop1"}))
    chosen = share_out([knows, old], SHOPS)
    assert [name for name, taker in chosen.items() if taker == old.id] in ([], ["shop1"])
    assert share_out([old], ["shop0", "shop1"]) == {"shop1": old.id}
    assert choose_handed_over(1, make_peers("0 2", "", wanted=frozenset({"shop0", "shop2"}))) != []
    poor = replace(old, held=frozenset())
    rich = replace(knows, held=frozenset({"shop0", "shop2", "shop3"}), wanted=frozenset({"shop0", "shop2", "shop3"}))
    assert choose_handed_over(rich.id, [rich, poor]) == []
