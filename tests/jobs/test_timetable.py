"""Every job there is: under which name its time is kept, how often it comes, and which moments it must not miss."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from bot.capabilities import CAPABILITIES
from bot.core.durations import DAY_SECONDS, HOUR_SECONDS
from bot.core.setting import SettingMistake
from bot.jobs.alarms import METRICS_TOKEN
from bot.jobs.backups import list_backup_jobs
from bot.jobs.composed import compose_jobs
from bot.jobs.proving import POST_HEAD
from bot.updates.capability import Registry
from bot.updates.job import Job

REGISTRY = Registry(CAPABILITIES)

TIMETABLE: dict[str, float] = {
    **dict.fromkeys(("let in",), 5),
    **dict.fromkeys(("revoking", "tagging", "gifts"), 15),
    **dict.fromkeys(("contests", "tickets", "turning", "following the books"), 30),
    **dict.fromkeys(("honours", "choosing", "redeeming", "coupons", "conversions", "fairness", "rewards", "stays"), 60),
    **dict.fromkeys(("doors", "nudging", "pulsing"), 60),
    **dict.fromkeys(("days", "lapsing", "announcing", "cleaning"), HOUR_SECONDS),
    **dict.fromkeys(("checking", "reconciling", "clearing", "inspecting the books"), DAY_SECONDS),
    "backup": 6 * HOUR_SECONDS,
}
"""In seconds; a backup's as the settings say."""

READS_EVERYTHING = {"inspecting the books", "backup"}
HAS_MOMENTS = {"contests", "doors", "turning"}
"""What people were told the moment of: a contest's end, a wave, a campaign's beginning."""


def list_jobs() -> list[Job]:
    """Those of the capabilities, those that ask Telegram or draw, and the backups."""
    nothing = cast("Any", None)
    backups = list_backup_jobs("sqlite:///shop.db", Path("backups"), 6 * HOUR_SECONDS, keep=3, recipient="")
    return [*REGISTRY.jobs, *compose_jobs(nothing, nothing, REGISTRY), *backups]


def test_each_job_comes_as_often_as_it_should() -> None:
    """A name is for ever: a job that is renamed is due anew everywhere."""
    jobs = list_jobs()
    assert {job.name: job.every_seconds for job in jobs} == TIMETABLE
    assert len(jobs) == len(TIMETABLE)


def test_what_people_were_told_the_moment_of_is_not_late() -> None:
    """The others come by their pace alone."""
    assert {job.name for job in list_jobs() if job.find_next is not None} == HAS_MOMENTS


def test_what_reads_everything_has_an_hour() -> None:
    """Everything else has ten minutes, since jobs wait for each other, and five between two looks at a quiet shop."""
    jobs = list_jobs()
    assert {job.name: job.limit_seconds for job in jobs} == {
        job.name: 3600.0 if job.name in READS_EVERYTHING else 600.0 for job in jobs
    }
    assert {job.quiet_seconds for job in jobs} == {300.0}


def test_settings_of_jobs_are_read_as_they_are_meant() -> None:
    """On or off, in any letters; a secret is what a header can carry. Anything else is said to be wrong, and how."""
    assert [POST_HEAD.parse(said) for said in ("on", "ON", "off", "Off")] == [True, True, False, False]
    for said in ("", "yes", "on "):
        with pytest.raises(ValueError, match="neither on nor off"):
            POST_HEAD.parse(said)
    assert [METRICS_TOKEN.parse(said) for said in ("", "Ab!~9")] == ["", "Ab!~9"]
    for said in ("a b", "caf\u00e9", "a\n"):
        with pytest.raises(ValueError, match="no header can carry"):
            METRICS_TOKEN.parse(said)
    with pytest.raises(SettingMistake, match="POST_HEAD"):
        Registry(CAPABILITIES, {"POST_HEAD": "perhaps"})


def test_without_a_folder_there_are_no_backups() -> None:
    """Nobody asked for them."""
    assert list_backup_jobs("sqlite:///shop.db", None, 60, keep=3, recipient="") == []
