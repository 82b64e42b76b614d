"""What holds for a running bot's whole process."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from bot.process import nothing_collected

_MEASURE = """
import os, sys
from pathlib import Path
from bot.process import MAPPED_BYTES, set_up_heaps

def read_kept():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

if sys.argv[1] == "tuned":
    set_up_heaps()
before = read_kept()
for _ in range(3):
    pictures = [bytes(range(256)) * (2 * MAPPED_BYTES // 256) for _ in range(2)]
    pin = bytearray(100_000)
    del pictures
print(read_kept() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
def test_what_a_large_picture_took_goes_back_at_once() -> None:
    """Of ten megabytes nothing is kept, though something small was taken after them; glibc by itself keeps them."""
    kept = {how: int(subprocess.check_output([sys.executable, "-c", _MEASURE, how])) for how in ("tuned", "plain")}
    assert kept["tuned"] < 1_000_000, kept
    assert kept["plain"] > 2_000_000, kept


def test_what_was_imported_is_not_looked_at_again() -> None:
    """Meanwhile nothing is collected; afterwards garbage is again, but what was made stays out of it."""
    gc.unfreeze()  # what was collected of the tests themselves
    with nothing_collected():
        assert not gc.isenabled()
        made = [[] for _ in range(1000)]  # type: list[list[object]]
    try:
        assert gc.isenabled()
        assert gc.get_freeze_count() >= len(made)
    finally:
        gc.freeze()


_LIMIT = """
import resource
from bot.process import raise_descriptor_limit
hard = min(2000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
assert raise_descriptor_limit() == hard
"""


def test_many_shops_may_open_as_many_files_as_the_system_allows() -> None:
    """The usual limit would do for sixty of them."""
    subprocess.run([sys.executable, "-c", _LIMIT], check=True)
