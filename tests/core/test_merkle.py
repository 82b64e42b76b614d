"""The tree hash of RFC 6962: the vectors that implementations of Certificate Transparency are tried against."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.merkle import Frontier, hash_leaf, hash_node

LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
HEADS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of no leaf, the first, the first two …: testonly/constants.go of github.com/transparency-dev/merkle, which has them from
the reference implementation of Certificate Transparency."""

SUBTREES = {
    (1, 2): "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    (2, 4): "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    (4, 8): "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    (4, 5): "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    (4, 6): "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    (6, 8): "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
}
"""Nodes within that tree, from the same place: of the leaves from one to before another."""


def grow(leaves: list[bytes], frontier: Frontier | None = None) -> Frontier:
    """Add leaves to a log."""
    grown = frontier or Frontier()
    for leaf in leaves:
        grown.append(leaf)
    return grown


def compute_head(leaves: list[bytes]) -> bytes:
    """The definition, word by word: split at the biggest power of two below the length."""
    if len(leaves) == 1:
        return hash_leaf(leaves[0])
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hash_node(compute_head(leaves[:half]), compute_head(leaves[half:]))


@pytest.mark.parametrize("size", range(9))
def test_heads_are_the_published_ones(size: int) -> None:
    """From no leaf to eight."""
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES]
    assert grow(leaves[:size]).compute_root().hex() == HEADS[size]


@pytest.mark.parametrize("span", SUBTREES)
def test_nodes_are_the_published_ones(span: tuple[int, int]) -> None:
    """Those that consistency proofs of the same tree name."""
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES[span[0] : span[1]]]
    assert compute_head(leaves).hex() == SUBTREES[span]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70), st.integers(min_value=0, max_value=70))
def test_a_log_grows_on_from_what_was_kept_of_it(leaves: list[bytes], cut: int) -> None:
    """Stopped anywhere, it goes on to the head that the definition gives, from few hashes."""
    kept = grow(leaves[:cut])
    assert len(kept.peaks) == kept.size.bit_count()
    grown = grow(leaves[cut:], Frontier(kept.size, kept.peaks))
    assert grown.compute_root() == compute_head(leaves)


@pytest.mark.parametrize(("size", "peaks"), [(1, []), (0, [b"x" * 32]), (1, [b"x"]), (3, [b"x" * 32])])
def test_what_no_log_can_have_kept_is_refused(size: int, peaks: list[bytes]) -> None:
    """A hash for each bit of the size, and whole ones."""
    with pytest.raises(ValueError, match="peaks"):
        Frontier(size, peaks)
