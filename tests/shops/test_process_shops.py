from __future__ import annotations

import signal
from pathlib import Path

from tests.shops.agency import open_agency


async def test_one_program_runs_all_shops_of_a_folder(tmp_path: Path) -> None:
    """Each serves its own people; files come, change and go while the others work; a stop ends all within one's time."""
    async with open_agency(tmp_path, "bakery", "florist") as agency, agency.home.running() as program:
        await agency.until_at_work("bakery", "florist")
        for name in ("bakery", "florist"):
            await agency.serve_join(name)
        agency.add("tailor")
        program.send(signal.SIGHUP)
        await agency.until_at_work("tailor")
        await agency.serve_join("tailor")
        (agency.shops / "tailor.env").unlink()
        await program.until_says(" tailor: Stopped")
        await agency.serve_join("bakery")
        assert sorted(path.name for path in (tmp_path / "databases").glob("*.db")) == [
            "bakery.db",
            "florist.db",
            "tailor.db",
        ]
        assert await program.stop() == 0
        log = program.read_errors()
        assert all(f" {name}: Stopped" in log for name in ("bakery", "florist"))
        assert "Traceback" not in log
