"""Memory that cards were drawn in goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

_SCRIPT = """
import os
from bot.process import tune_process

def read_resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

tune_process()
bytearray(12 << 20)  # once it is free, glibc by itself keeps whatever is smaller in its heap
kept = [bytearray(b"x") * (5 << 20) for _ in range(8)]
above = bytearray(b"x") * 4000  # so that the heap cannot shrink
before = read_resident()
del kept
print(before - read_resident() > 35 << 20)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library is not glibc")
def test_large_buffers_go_back_to_the_system() -> None:
    """Eight buffers as large as a card's pixels leave nothing behind, whatever was freed before them."""
    ran = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"
