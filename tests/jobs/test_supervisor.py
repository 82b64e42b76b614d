from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.core.scheduling import TOLD_AFTER_FAILURES, compute_left_seconds, compute_look, compute_rest_seconds
from bot.jobs import supervisor
from bot.jobs.supervisor import NOTED_SECONDS, QUIET_LOOK_SECONDS, Supervisor
from bot.telemetry import OWN_PACE, Metrics
from bot.updates.job import Job
from storage import Store, StoreUnavailable, Tx
from storage.tables import due_jobs
from storage.tables.due_jobs import DueJob
from tests.logged import list_values
from tests.storage.cast import add_member
from tests.storage.clock import Clock

HOUR = 3600.0


class Over(Exception):
    """The test has seen enough."""


@dataclass
class Days:
    """A supervisor, what it did at which second of the process, and a clock that only its sleep moves."""

    store: Store
    wall: Clock
    ends_at: float
    now: float = 0.0
    drawn: float = 0.0
    done: list[tuple[str, float]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)

    def make_job(
        self,
        name: str,
        every_seconds: float,
        *,
        fails: Iterable[int] = (),
        limit_seconds: float = 60,
        quiet_seconds: float = 0,
        writes: Collection[int] = (),
        next_at: float | None = None,
    ) -> Job:
        """A job that writes down when it ran; its runs with these numbers fail, and -1 hangs; those that write change a row."""
        failing = set(fails)

        async def run(store: Store) -> None:
            number = sum(did == name for did, _ in self.done)
            self.done.append((name, self.now))
            if -1 in failing:
                await asyncio.Event().wait()
            if number in writes:
                await store.write(add_member, 1_000 + number)
            if number in failing:
                raise RuntimeError(f"run {number}")

        def find_next(tx: Tx) -> int | None:
            return (
                tx.now + int((next_at - self.now) * 1_000_000) if next_at is not None and next_at > self.now else None
            )

        return Job(
            name=name,
            every_seconds=every_seconds,
            run=run,
            limit_seconds=limit_seconds,
            quiet_seconds=quiet_seconds,
            find_next=find_next,
        )

    async def run(self, *jobs: Job) -> list[tuple[str, float]]:
        """Let time pass until the end; returns what was done."""

        async def sleep(seconds: float) -> None:
            self.now += seconds
            self.wall.advance(seconds)
            if self.now > self.ends_at:
                raise Over

        def tell(_tx: Tx, name: str, said: str) -> None:
            self.told.append((name, said))

        supervisor = Supervisor(
            store=self.store,
            jobs=jobs,
            metrics=self.metrics,
            tell=tell,
            clock=lambda: self.now,
            sleep=sleep,
            draw=lambda: self.drawn,
        )
        with pytest.raises(Over):
            await supervisor.run()
        return self.done


async def test_a_job_is_done_at_the_first_start_and_then_by_its_own_time(store: Store, clock: Clock) -> None:
    """Each by its own period, all in one loop."""
    days = Days(store, clock, ends_at=2.5 * HOUR)
    done = await days.run(days.make_job("hourly", HOUR), days.make_job("other", 2 * HOUR))
    assert sorted(done) == [("hourly", 0), ("hourly", HOUR), ("hourly", 2 * HOUR), ("other", 0), ("other", 2 * HOUR)]
    assert days.metrics.read()["jobs_done"] == 5


async def test_jobs_are_done_at_the_bots_own_pace(store: Store, clock: Clock) -> None:
    """What they take is charged to nobody, and whoever writes to the shop meanwhile waits for none of it."""
    days, paces = Days(store, clock, ends_at=1), list[bool]()

    async def run(_store: Store) -> None:
        paces.append(OWN_PACE.get())

    await asyncio.create_task(days.run(Job(name="job", every_seconds=HOUR, run=run)))
    assert (paces, OWN_PACE.get()) == ([True], False)


async def test_what_is_due_soon_is_done_together_with_what_is_due(store: Store, clock: Clock) -> None:
    """A shop wakes once for all of it; nothing is hurried by more than a quarter of its time, or fifteen seconds."""
    for name, due_seconds in (("one", 40), ("two", 50), ("far", 58), ("rare", 45), ("late", 60)):
        await store.write(due_jobs.set_due, DueJob(name=name, due_at=clock() + due_seconds * 1_000_000))
    days = Days(store, clock, ends_at=59)
    jobs = {"one": 60.0, "two": 60.0, "far": 60.0, "rare": HOUR, "late": 24 * HOUR}
    done = await days.run(*(days.make_job(name, every) for name, every in jobs.items()))
    assert done == [("one", 40), ("rare", 40), ("two", 40), ("far", 58), ("late", 58)]


async def test_a_job_rests_longer_while_nobody_writes_anything(store: Store, clock: Clock) -> None:
    """It would find what it found; with the first row that anybody writes it goes by its own time again."""
    days = Days(store, clock, ends_at=100)
    done = await days.run(days.make_job("quick", 5, quiet_seconds=60, writes=[2]))
    assert [at for _, at in done] == [0, 5, 65, 70]


async def test_a_job_that_knows_of_a_moment_rests_until_then(store: Store, clock: Clock) -> None:
    """Not beyond it, however quiet the shop is; whoever knows of none rests as long as others."""
    days = Days(store, clock, ends_at=300)
    done = await days.run(days.make_job("told", 30, quiet_seconds=300, next_at=100.5))
    assert [at for _, at in done] == [0, 30, 100.5]


async def test_a_quiet_shop_wakes_for_all_its_jobs_at_once(store: Store, clock: Clock) -> None:
    """Whenever each was last done, whether somebody has written is looked for at the same moments, of this shop alone."""
    days, woken = Days(store, clock, ends_at=300, drawn=0.25), set[float]()
    for name, due_seconds in (("one", 3), ("two", 7), ("three", 11)):
        await store.write(due_jobs.set_due, DueJob(name=name, due_at=clock() + due_seconds * 1_000_000))
    find_mark = store.find_mark

    def note() -> object:
        woken.add(days.now)
        return find_mark()

    store.find_mark = note  # type: ignore[method-assign]
    await days.run(
        *(days.make_job(name, every, quiet_seconds=HOUR) for name, every in (("one", 5), ("two", 15), ("three", 7)))
    )
    assert {at % QUIET_LOOK_SECONDS for at in woken if at > 40} == {0.25 * QUIET_LOOK_SECONDS}
    assert len(woken) < 70


async def test_a_job_that_failed_is_tried_again_though_nobody_wrote_anything(store: Store, clock: Clock) -> None:
    """What it failed by may lie elsewhere."""
    days = Days(store, clock, ends_at=19)
    done = await days.run(days.make_job("ill", 5, quiet_seconds=60, fails=range(3)))
    assert [at for _, at in done] == [0, 5, 10, 15]


async def test_a_job_that_is_done_every_minute_is_written_down_only_where_that_says_something(
    store: Store, clock: Clock
) -> None:
    """Once, and whenever it begins to fail or ceases to."""
    days = Days(store, clock, ends_at=299)
    await days.run(days.make_job("often", 60, fails=[3]))
    row, began = (await store.read(due_jobs.list_all))["often"], clock() - int(days.now * 1_000_000)
    assert [at for _, at in days.done] == [0, 60, 120, 180, 210, 270]
    assert (row.failures, row.due_at) == (0, began + 270 * 1_000_000)


async def test_a_restart_neither_skips_nor_hurries_a_job(store: Store, clock: Clock) -> None:
    """What is due stands in the store: runs of half an hour each still clean every hour, and only every hour."""
    starts = []
    for _ in range(6):
        days = Days(store, clock, ends_at=HOUR / 2)
        starts.append([at for _, at in await days.run(days.make_job("hourly", HOUR))])
        clock.advance(HOUR / 2 - days.now)  # exactly half an hour has passed
    assert [len(each) for each in starts] == [1, 1, 0, 1, 0, 1]


async def test_a_job_that_fails_is_tried_again_and_told_of_after_the_third_time(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Back-off doubles, each failure from then on is told to whoever keeps what was said; a success ends it."""
    days = Days(store, clock, ends_at=HOUR)
    done = await days.run(days.make_job("ill", 24 * HOUR, fails=range(5)), days.make_job("well", 900.0))
    assert [at for name, at in done if name == "ill"] == [0, 30, 90, 210, 450, 930]
    assert [at for name, at in done if name == "well"] == [0, 900, 1800, 2700, 3600]
    assert [said for name, said in days.told if name == "ill"] == [*(f"RuntimeError: run {n}" for n in (2, 3, 4)), ""]
    assert days.metrics.read()["jobs_failed"] == 5
    assert [each.args for each in caplog.records] == [("ill",)] * 5
    assert (await store.read(due_jobs.list_all))["ill"].failures == 0


async def test_what_rests_long_is_written_down_each_time(store: Store, clock: Clock) -> None:
    """So that a restart does not hurry it; of what comes again sooner than that the first time is enough."""
    days, began = Days(store, clock, ends_at=2.5 * NOTED_SECONDS), clock()
    await days.run(days.make_job("rare", NOTED_SECONDS), days.make_job("often", NOTED_SECONDS / 2))
    due = {name: (job.due_at - began) / 1_000_000 for name, job in (await store.read(due_jobs.list_all)).items()}
    assert due == {"rare": 3 * NOTED_SECONDS, "often": NOTED_SECONDS / 2}


async def test_failures_are_counted_over_restarts(store: Store, clock: Clock) -> None:
    """A job that kills its process before the third failure would never be told of otherwise."""
    days = Days(store, clock, ends_at=40)
    await days.run(days.make_job("ill", HOUR, fails=range(9)))
    noted = (await store.read(due_jobs.list_all))["ill"]
    assert (noted.failures, noted.error) == (TOLD_AFTER_FAILURES - 1, "RuntimeError: run 1")
    later = Days(store, clock, ends_at=100)
    await later.run(later.make_job("ill", HOUR, fails=range(9)))
    assert later.told == [("ill", "RuntimeError: run 0")]


async def test_a_job_that_hangs_holds_up_nobody(store: Store, clock: Clock) -> None:
    """It has failed when its time is over."""
    days = Days(store, clock, ends_at=20)
    done = await days.run(days.make_job("hangs", HOUR, fails=[-1], limit_seconds=0.01), days.make_job("well", 10))
    assert ("well", 10) in done
    assert days.metrics.read()["jobs_failed"] == 1


async def test_a_clock_that_was_ahead_delays_no_longer_than_one_period(store: Store, clock: Clock) -> None:
    """What another clock has written is believed for the job's own period at most."""
    year_ahead = clock() + 365 * 24 * 3600 * 1_000_000
    await store.write(due_jobs.set_due, DueJob(name="hourly", due_at=year_ahead))
    days = Days(store, clock, ends_at=HOUR + 1)
    assert await days.run(days.make_job("hourly", HOUR)) == [("hourly", HOUR)]


def test_each_shop_looks_at_moments_of_its_own(store: Store) -> None:
    """Else those of one process that were written to would do all their jobs at once."""
    made = [Supervisor(store=store, jobs=[], metrics=Metrics(), tell=lambda *_: None) for _ in range(3)]
    assert len({each._find_look(100.0) for each in made}) == 3
    assert all(100.0 < each._find_look(100.0) <= 105.0 for each in made)


@pytest.mark.parametrize(("failures", "rest"), [(0, 3600), (1, 30), (2, 60), (7, 1920), (8, 3600), (5000, 3600)])
def test_the_rest_after_failures_is_never_longer_than_the_period(failures: int, rest: float) -> None:
    """A job rests longer with each failure in a row, and goes on by its own time at the latest."""
    assert compute_rest_seconds(failures, HOUR) == rest


@pytest.mark.parametrize(
    ("now", "rest", "look"), [(3.0, 5, 5), (5.0, 5, 10), (9.9, 15, 20), (3.0, 1, 4), (4.5, 0.25, 4.75)]
)
def test_a_look_is_taken_together_and_always_later(now: float, rest: float, look: float) -> None:
    """Sooner than the rest would end, but never at once: whoever rests for less than others look goes by their own time."""
    assert compute_look(now, rest, 5.0) == look > now


def test_what_is_overdue_is_due_now() -> None:
    """However long ago that was."""
    assert compute_left_seconds(0, 10**15, HOUR) == 0


async def test_a_job_is_late_when_nothing_runs_that_it_could_be_waiting_for(store: Store, clock: Clock) -> None:
    """A supervisor that stands still is found by its oldest debt; one that waits for a long job is not, while that has time."""
    now, going = 0.0, asyncio.Event()

    async def hang(_store: Store) -> None:
        going.set()
        await asyncio.Event().wait()

    jobs = [Job(name=name, every_seconds=60, run=hang, limit_seconds=1_800) for name in ("first", "second")]
    supervisor = Supervisor(
        store=store,
        jobs=jobs,
        metrics=Metrics(),
        tell=lambda *_: None,
        clock=lambda: now,
        sleep=lambda _: asyncio.sleep(0),
    )
    assert supervisor.find_latest() == ("", 0.0)
    running = asyncio.create_task(supervisor.run())
    await going.wait()
    now = 1_700.0
    assert supervisor.find_latest() == ("first", 0.0)
    now = 3_000.0
    assert supervisor.find_latest() == ("first", 3_000.0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_is_said_of_which_job_it_is_not_written_down_when_it_is_due(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on without: what is due is known here as well."""

    def fail(_tx: Tx, _due: DueJob, _tell: object) -> None:
        raise StoreUnavailable("The disk is full")

    monkeypatch.setattr(supervisor, "_note_run", fail)
    days = Days(store, clock, ends_at=HOUR)
    assert await days.run(days.make_job("baking", 1700)) == [("baking", 0), ("baking", 1700), ("baking", 3400)]
    said = {each for each in caplog.messages if "could not be written down" in each}
    assert said == {"When the job baking is due next could not be written down: The disk is full"}


async def test_a_store_that_cannot_be_read_yet_is_waited_for(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some seconds each time, and the log says what is wrong with it; then all is done as ever."""
    away, read = [StoreUnavailable("No route to the database")] * 2, store.read

    async def find(unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        if away:
            raise away.pop()
        return await read(unit, *args, **kwargs)

    monkeypatch.setattr(store, "read", find)
    days = Days(store, clock, ends_at=70)
    assert await days.run(days.make_job("baking", 60)) == [("baking", 10), ("baking", 70)]
    assert ["No route to the database" in said for (said,) in list_values(caplog)] == [True, True]
