"""Whether another process of this machine is dead, seen from beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.process_place import describe_place, is_surely_dead

_SEEN_BY_NOBODY = """
set -e
mount --make-rprivate /
mount -t proc -o hidepid=2 proc /proc
exec "$0" -c "$1" "$2"
"""
_ASK = """
import os, sys
sys.path.insert(0, {root!r})
from storage.process_place import is_surely_dead
os.setgroups([])
os.setresgid(65534, 65534, 65534)  # the group of root sees all
os.setresuid(65534, 65534, 65534)
print(is_surely_dead(sys.argv[1]))
"""


def test_who_runs_is_alive_and_who_has_ended_is_dead() -> None:
    """Also where the number has gone to another process; of another machine nobody can tell."""
    place = describe_place()
    machine, number, started = place.rsplit(" ", 2)
    assert not is_surely_dead(place)
    assert is_surely_dead(f"{machine} {number} {int(started) - 1}")
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as ended:
        pass
    assert is_surely_dead(f"{machine} {ended.pid} {started}")
    assert not is_surely_dead(f"elsewhere {ended.pid} {started}")


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="hides processes as root alone may")
def test_who_is_only_hidden_is_not_dead() -> None:
    """A service manager may hide other users' processes from /proc; they are there all the same."""
    place = describe_place()
    machine, _, started = place.rsplit(" ", 2)
    ask = _ASK.format(root=str(Path(__file__).parents[2]))
    told = {}
    for which, asked in {"hidden": place, "gone": f"{machine} {2**22 - 1} {started}"}.items():
        command = ["unshare", "--mount", "--", "/bin/sh", "-c", _SEEN_BY_NOBODY, sys.executable, ask, asked]
        told[which] = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    assert told == {"hidden": "False", "gone": "True"}
