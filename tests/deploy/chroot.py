"""A root of its own for each stage of a Dockerfile, made by the stage's own steps; and a process in one as its number 1."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.dockerfile import Instruction, Stage, list_context

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PLAIN_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
_ENTER = """
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
"""
_SHUT = """
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$ROOT/tmp"
mount --bind "$STATE" "$ROOT$VOLUME"
mount -o remount,bind,ro "$ROOT"
"""


def make_base(folder: Path, suite: str) -> None:
    """A stand-in for the image a stage begins with: the same Debian, with its own Python where the image has one.

    Raises:
        CalledProcessError: no Debian can be had here.
    """
    packages = "ca-certificates,python3,python3-venv"
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={packages}", suite, str(unfinished)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (unfinished / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    unfinished.rename(folder)


class Untried(Exception):
    """What was to be tried cannot be tried on this machine; says why."""


@dataclass(frozen=True, slots=True)
class Root:
    """The file system of a stage."""

    path: Path
    stage: Stage

    def build(self, base: Path, context: Path, others: Mapping[str, Root]) -> None:
        """Do what the stage's steps say, in their order."""
        self._log.unlink(missing_ok=True)
        subprocess.run(["cp", "--archive", "--reflink=auto", str(base), str(self.path)], check=True)
        shutil.copyfile("/etc/resolv.conf", self.path / "etc/resolv.conf", follow_symlinks=True)
        certificates = self.path / "run/certificates.crt"
        shutil.copyfile(CERTIFICATES, certificates)
        place = Path("/")
        for step in self.stage.instructions:
            if step.word == "WORKDIR":
                place = Path(step.rest)
                self._inside(place).mkdir(parents=True, exist_ok=True)
            elif step.word == "COPY":
                self._copy(step.rest.split(), place, context, others)
            elif step.word == "RUN":
                self._run(step, place)
        certificates.unlink()

    @property
    def _log(self) -> Path:
        """What its steps print."""
        return self.path.with_name(f"{self.path.name}.log")

    def _inside(self, path: Path) -> Path:
        return self.path / path.relative_to("/")

    def _copy(self, words: Sequence[str], place: Path, context: Path, others: Mapping[str, Root]) -> None:
        if words[0].startswith("--from="):
            other = others[words[0].removeprefix("--from=")]
            source, target = other._inside(Path(words[1])), self._inside(Path(words[2]))
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
            return
        target = self._inside(place / words[-1])
        sent = list_context(context)
        for source in (context / word for word in words[:-1]):
            for path in sent:
                if path == source:
                    _copy_file(path, target / path.name)
                elif source in path.parents:
                    _copy_file(path, target / path.relative_to(source))

    def _run(self, step: Instruction, place: Path) -> None:
        environment = {"PATH": PLAIN_PATH, "PIP_CERT": "/run/certificates.crt", "DEBIAN_FRONTEND": "noninteractive"}
        environment |= self.stage.get_environment()
        command = step.arguments or ["/bin/sh", "-c", step.rest]
        said = [f"{name}={value}" for name, value in environment.items()]
        inner = ["chroot", str(self.path), "env", "-i", f"--chdir={place}", *said, *command]
        with self._log.open("ab") as log:
            script = f"{_ENTER}exec {shlex.join(inner)}"
            subprocess.run(
                _unshare(script), check=True, stdout=log, stderr=log, env=os.environ | {"ROOT": str(self.path)}
            )

    def start(self, state: Path, settings: Mapping[str, str], command: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Run what the image runs, as its user, as process 1, on a root that cannot be written to; `state` is its volume."""
        environment = {"PATH": PLAIN_PATH, **self.stage.get_environment(), **settings}
        said = [f"{name}={value}" for name, value in environment.items()]
        inner = ["chroot", str(self.path), *self._drop(), "env", "-i", f"--chdir={self.stage.find('WORKDIR')}", *said]
        inner += [*command] or self.get_command()
        volume = Instruction("VOLUME", self.stage.find("VOLUME")).arguments or []
        places = {"ROOT": str(self.path), "STATE": str(state), "VOLUME": volume[0]}
        script = f"{_ENTER}{_SHUT}exec {shlex.join(inner)}"
        with (self.path.parent / "bot.log").open("ab") as log:
            return subprocess.Popen(_unshare(script), stdout=log, stderr=log, env=os.environ | places)

    def get_command(self) -> list[str]:
        """ENTRYPOINT and CMD, which both have to be of the exec form: a shell would keep signals to itself."""
        parts = [Instruction(word, self.stage.find(word)).arguments for word in ("ENTRYPOINT", "CMD")]
        assert parts[0] is not None
        assert parts[1] is not None
        return [*parts[0], *parts[1]]

    def ask(self, number: int, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command beside process `number`, as its engine would run a health check."""
        environment = {"PATH": PLAIN_PATH} | self.stage.get_environment()
        said = [f"{name}={value}" for name, value in environment.items()]
        entered = ["nsenter", f"--target={number}", "--mount", "--pid", "--root", "--wd", *self._drop(), "env", "-i"]
        return subprocess.run([*entered, *said, *command], check=False, capture_output=True, text=True)

    def _drop(self) -> list[str]:
        user, _, group = self.stage.find("USER").partition(":")
        return [
            "setpriv",
            f"--reuid={user}",
            f"--regid={group}",
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all",
        ]


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _unshare(script: str) -> list[str]:
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--", "/bin/sh", "-c", script]


def find_first(process: subprocess.Popen[bytes]) -> int:
    """The number, seen from here, of the process that is number 1 in there; 0 where there is none yet."""
    return next(iter(list_children(process.pid)), 0)


def list_children(number: int) -> list[int]:
    """Numbers of the processes that one has begun."""
    said = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii")
    return [int(each) for each in said.split()]
