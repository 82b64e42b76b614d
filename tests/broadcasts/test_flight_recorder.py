"""What a killed process had sent is known afterwards, and believed only where it can be."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot.broadcasts import flight_recorder
from bot.broadcasts.flight_recorder import AGAIN_SECONDS, FlightRecorder
from bot.services.broadcasts.delivering import FormerRun, Key
from storage.records import BroadcastId, PersonId
from storage.small_files import find_small_file


def key(person: int) -> Key:
    """A recipient."""
    return BroadcastId(1), PersonId(person)


def record(path: Path) -> str:
    """Three leave: one is answered, one ends and is forgotten, one is on its way as the process dies; its run."""
    recorder = FlightRecorder(path)
    recorder.open()
    for person in (1, 2, 3):
        recorder.note_left(key(person))
    recorder.note_answered(key(1), 77)
    recorder.forget([key(2)])
    return kill(recorder)


def kill(recorder: FlightRecorder) -> str:
    """Free what the system frees with a process; nothing else happens any more."""
    recorder._close()
    return recorder.run


def reopen(path: Path) -> FormerRun | None:
    """What the next process reads."""
    recorder = FlightRecorder(path)
    recorder.open()
    kill(recorder)
    return recorder.former


def test_the_next_process_knows_what_had_left(tmp_path: Path) -> None:
    """What was answered with its number, and nothing of what the database knows already."""
    path = tmp_path / "flights"
    run = record(path)
    assert reopen(path) == FormerRun(run=run, left={key(3)}, answered={key(1): 77})
    again = reopen(path)
    assert again is not None
    assert (again.left, again.answered) == (set(), {})
    assert again.run != run


def test_a_run_of_letters_that_nobody_writes_is_somebody_elses(tmp_path: Path) -> None:
    """A byte that went wrong on the disk keeps nobody from starting."""
    path = tmp_path / "flights"
    run = record(path).encode()
    path.write_bytes(path.read_bytes().replace(run, b"\xff" + run[1:]))
    former = reopen(path)
    assert former is not None
    assert former.run == "\ufffd" + run[1:].decode()


def test_after_the_machine_was_off_nothing_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written last may be lost with it."""
    path = tmp_path / "flights"
    record(path)
    other = tmp_path / "boot_id"
    other.write_text("another")
    monkeypatch.setattr(flight_recorder, "BOOT_ID", other)
    assert reopen(path) is None


@pytest.mark.parametrize("content", [b"", b"rubbish", b"passalong flight", bytes(40_000)])
def test_a_strange_file_says_nothing(tmp_path: Path, content: bytes) -> None:
    """Whatever lies there."""
    path = tmp_path / "flights"
    path.write_bytes(content)
    assert reopen(path) is None


def test_a_link_laid_out_for_us_is_not_followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Folders for passing things belong to everybody; the log says where nothing is recorded, and why."""
    caplog.set_level("INFO", "bot.broadcasts.flight_recorder")
    prey = tmp_path / "prey"
    prey.write_text("precious")
    (tmp_path / "flights").symlink_to(prey)
    record(tmp_path / "flights")
    assert prey.read_text() == "precious"
    assert [(str(tmp_path / "flights") in said, os.strerror(errno.ELOOP) in said) for said in caplog.messages] == [
        (True, True)
    ]


def test_of_two_processes_one_records(tmp_path: Path) -> None:
    """The second would write over what the first is to leave."""
    first, second = FlightRecorder(tmp_path / "flights"), FlightRecorder(tmp_path / "flights")
    first.open()
    first.note_left(key(1))
    second.open()
    second.note_left(key(2))
    kill(second)
    assert reopen(tmp_path / "flights") is None
    run = kill(first)
    assert reopen(tmp_path / "flights") == FormerRun(run=run, left={key(1)})


def test_who_had_to_wait_for_the_record_keeps_one_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As soon as the process before has ended, and of what is claimed from then on: what left before is in no record."""
    caplog.set_level("INFO")
    seconds = [0.0]
    first, second = (
        FlightRecorder(tmp_path / "flights"),
        FlightRecorder(tmp_path / "flights", clock=lambda: seconds[0]),
    )
    first.open()
    first.note_left(key(1))
    second.open()
    doubtful = second.run
    for person in (2, 3):
        seconds[0] += AGAIN_SECONDS
        second.note_left(key(person))
    assert len(caplog.records) == 1
    kill(first)
    second.note_left(key(4))
    assert second.former is None
    seconds[0] += AGAIN_SECONDS
    second.note_left(key(5))
    second.note_answered(key(5), 78)
    second.note_left(key(6))
    run = kill(second)
    assert run != doubtful
    assert reopen(tmp_path / "flights") == FormerRun(run=run, left={key(6)}, answered={key(5): 78})


def test_what_cannot_be_written_any_more_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whose leaving is not in the file would be written to twice; the log says why."""
    recorder = FlightRecorder(tmp_path / "flights")
    recorder.open()
    recorder.note_left(key(1))
    run = recorder.run

    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(os, "pwrite", fail)
    recorder.note_left(key(2))
    monkeypatch.undo()
    assert recorder.run != run
    assert caplog.messages == [f"What leaves cannot be recorded any more: [Errno {errno.EIO}] gone"]
    assert reopen(tmp_path / "flights") is None


def test_more_than_there_is_room_for_is_not_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Likewise."""
    recorder = FlightRecorder(tmp_path / "flights")
    recorder.open()
    for person in range(flight_recorder.SLOTS + 1):
        recorder.note_left(key(person))
    assert caplog.messages == ["What leaves cannot be recorded any more: there is no room"]
    assert reopen(tmp_path / "flights") is None


def test_with_nothing_in_doubt_no_file_stays(tmp_path: Path) -> None:
    """After an orderly stop."""
    recorder = FlightRecorder(tmp_path / "flights")
    recorder.open()
    recorder.note_left(key(1))
    recorder.forget([key(1)])
    recorder.close()
    assert not list(tmp_path.iterdir())


def test_each_database_has_its_own() -> None:
    """Beside a SQLite file; a password is in no name."""
    assert find_small_file("sqlite:////srv/shop.db", "flights") == Path("/srv/shop.db.flights")
    one, other = (find_small_file(f"postgresql://me:hush@host/{name}", "flights") for name in ("one", "other"))
    assert one != other
    assert "hush" not in str(one)
