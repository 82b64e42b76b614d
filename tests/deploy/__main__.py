"""`python -m tests.deploy`: replay what deploys the bot as far as it can be without an engine, and say what was tried."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import SubprocessError

from tests.deploy.chroot import Untried
from tests.deploy.files import FILES
from tests.deploy.image import Image, try_bot
from tests.deploy.sandbox import try_sandbox

ROOT = Path(__file__).parents[2]
Try = Callable[[], str]
"""Says what was found out.

Raises:
    AssertionError: something is wrong.
    Untried: it cannot be tried here.
"""


def main() -> int:
    """0 where all that could be tried went well."""
    parser = argparse.ArgumentParser(prog="python -m tests.deploy", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "deploy", help="where roots are made")
    parser.add_argument("--fresh", action="store_true", help="fetch the base again, too")
    parser.add_argument("--files", action="store_true", help="look at the files alone, and build nothing")
    chosen = parser.parse_args()
    image = Image(ROOT, chosen.folder)
    tries: dict[str, Try] = {name: partial(check, ROOT, chosen.folder) for name, check in FILES.items()}
    if not chosen.files:
        unit = ROOT / "deploy" / "passalong.service"
        tries["what deploy/passalong.service forbids"] = partial(try_sandbox, unit)
        tries["each step of the Dockerfile in a fresh root"] = partial(image.build, fresh=chosen.fresh)
        tries["the bot in it: process 1, its own user, nothing to write on"] = lambda: asyncio.run(try_bot(image))
    return 1 if [name for name, check in tries.items() if not _report(name, check)] else 0


def _report(name: str, check: Try) -> bool:
    try:
        said, good = f"ok: {check()}", True
    except Untried as error:
        said, good = f"NOT TRIED: {error}", True
    except (AssertionError, OSError, SubprocessError) as error:
        said, good = f"WRONG: {error}", False
    sys.stdout.write(f"{name}: {said}\n")
    sys.stdout.flush()
    return good


if __name__ == "__main__":
    sys.exit(main())
