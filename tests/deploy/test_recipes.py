"""What the Dockerfile, compose.yaml and the manifests for Kubernetes promise, held against the bot and each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import _make_parser
from bot.capabilities import list_setting_names
from bot.setting_parsers import DEFAULTS
from bot.settings_reader import SettingsReader
from tests.deploy.dockerfile import Instruction, list_context, parse_dockerfile

ROOT = Path(__file__).parents[2]
STAGES = parse_dockerfile((ROOT / "Dockerfile").read_text(encoding="utf-8"))
FINAL = STAGES[-1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
DEPLOYMENTS = [each for each in MANIFESTS if each["kind"] == "Deployment"]
OURS = [service for service in COMPOSE["services"].values() if "build" in service]


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "deploy/kubernetes.yaml"])
def test_each_setting_that_is_named_is_one(name: str) -> None:
    """In whatever file: a setting that was renamed is renamed there too."""
    named = re.findall(r"\bPASSALONG_([A-Z_]+?)(?:_FILE)?\b(?!_)(?=\W)", (ROOT / name).read_text(encoding="utf-8"))
    assert set(named) <= DEFAULTS.keys() | set(list_setting_names())
    assert named


def test_each_image_is_named_by_its_digest() -> None:
    """What is pulled next year is what is pulled today; ours is built here."""
    images = {stage.base for stage in STAGES}
    images |= {service["image"] for service in COMPOSE["services"].values() if "build" not in service}
    assert len(images) == 3
    for image in images:
        assert re.fullmatch(r"docker\.io/library/\w+:[\w.-]+@sha256:[0-9a-f]{64}", image), image


def test_whatever_is_installed_is_named_by_its_hash() -> None:
    """From the package index comes nothing without one, and nothing that is built on the way."""
    installed = [step.rest for stage in STAGES for step in stage.instructions if '"install"' in step.rest]
    assert len(installed) == 3
    for step in installed:
        assert ("--require-hashes" in step and "--only-binary=:all:" in step) or "--no-index" in step


def test_the_image_runs_the_bot_as_nobody_without_a_shell() -> None:
    """Signals reach it: entry, command and health check are of the exec form; its user is a number that is not root's."""
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", FINAL.find("USER"))
    assert Instruction("", FINAL.find("ENTRYPOINT")).arguments == ["tini", "--", "passalong"]
    assert Instruction("", FINAL.find("CMD")).arguments == ["run"]
    assert re.search(r'CMD \["python", "-m", "bot\.heartbeat"\]$', FINAL.find("HEALTHCHECK"))
    assert Path(FINAL.get_environment()["PASSALONG_HEARTBEAT"]).parent == Path("/tmp")


def test_what_the_image_is_made_of_comes_along_and_nothing_else() -> None:
    """Each file a step copies is sent to the engine; tests, notes, secrets and what was compiled here are not."""
    sent = {path.relative_to(ROOT).as_posix() for path in list_context(ROOT)}
    copied = [rest.split() for stage in STAGES for rest in stage.list("COPY") if not rest.startswith("--")]
    for word in (word for words in copied for word in words[:-1]):
        assert word in sent or any(name.startswith(f"{word}/") for name in sent), word
    tops = {name.split("/")[0] for name in sent}
    assert tops == {"bot", "storage", "assets", "deploy", "pyproject.toml", "requirements.lock", "README.md", "LICENSE"}
    assert not [name for name in sent if "__pycache__" in name or name.endswith(".pyc")]
    assert {name for name in sent if name.startswith("deploy/")} == {"deploy/build.lock", "deploy/extras.lock"}


@pytest.mark.parametrize(
    ("pattern", "name", "left_out"),
    [("*", "bot/a.py", False), ("bot/*.py", "bot/a.py", True), ("bot/*.py", "bot/b/a.py", False)],
)
def test_the_last_line_that_fits_holds(tmp_path: Path, pattern: str, name: str, left_out: bool) -> None:
    """As the engine reads `.dockerignore`: `*` stays within a folder, and what is named again comes along after all."""
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    (tmp_path / ".dockerignore").write_text(f"*\n!bot\n{pattern if pattern != '*' else ''}\n")
    assert (list_context(tmp_path) == []) is left_out


def list_commands() -> set[str]:
    """All that can stand behind `passalong`."""
    (actions,) = [action for action in _make_parser(SettingsReader({}))._actions if action.choices]
    return set(actions.choices or ())


def test_each_command_that_is_run_is_one() -> None:
    """Of the containers and of the pods."""
    run = [tuple(service["command"]) for service in OURS]
    run += [tuple(each["spec"]["template"]["spec"]["containers"][0]["args"]) for each in DEPLOYMENTS]
    assert {command for (command,) in run} - {"web"} <= list_commands()


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_container_may_do_little(name: str) -> None:
    """No file of its image can be written, no right of root's is kept but the proxy's low ports, and each stops in its time."""
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] in {"30s", "1m"}
    assert service["profiles"]


def test_whatever_a_container_names_is_there() -> None:
    """Secrets, networks, volumes, services it waits for in each profile it is part of, and files of the checkout."""
    for service in COMPOSE["services"].values():
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
        assert set(service["networks"]) <= COMPOSE["networks"].keys()
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]
        for needed in service.get("depends_on", {}):
            assert set(service["profiles"]) <= set(COMPOSE["services"][needed]["profiles"])


def test_the_database_is_reached_from_within_alone() -> None:
    """Its network leads nowhere, and of all ports only the proxy's are open."""
    assert COMPOSE["networks"]["inside"]["internal"]
    assert COMPOSE["services"]["postgres"]["networks"] == ["inside"]
    assert [name for name, service in COMPOSE["services"].items() if service.get("ports")] == ["caddy"]


def test_the_proxy_is_trusted_by_its_network() -> None:
    """Else every visitor would have the proxy's address; and the web side listens where the proxy looks for it."""
    subnet = COMPOSE["networks"]["outside"]["ipam"]["config"][0]["subnet"]
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "name web" in caddyfile
    for service in (service for service in OURS if "outside" in service["networks"]):
        assert service["environment"]["PASSALONG_TRUSTED_PROXIES"] == subnet
        port = service["environment"]["PASSALONG_LISTEN"].rpartition(":")[2]
        assert f"port {port}" in caddyfile
    assert "web" in COMPOSE["services"]["alone"]["networks"]["outside"]["aliases"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["metadata"]["name"])
def test_each_pod_is_restricted_and_probed(deployment: dict[str, Any]) -> None:
    """As the profile `restricted` asks, with each probe there is, and longer to stop than the bot needs."""
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == FINAL.find("USER")
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
    assert pod["terminationGracePeriodSeconds"] >= 20
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    assert FINAL.find("WORKDIR") in {mount["mountPath"] for mount in container["volumeMounts"]}


def test_one_of_each_kind_of_pod_is_always_left() -> None:
    """Each Deployment has more than one, a roll-out takes none before the next is ready, and a budget of its own."""
    budgets = [each["spec"] for each in MANIFESTS if each["kind"] == "PodDisruptionBudget"]
    for deployment in DEPLOYMENTS:
        spec = deployment["spec"]
        assert spec["replicas"] >= 2
        assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
        assert [each["minAvailable"] for each in budgets if each["selector"] == spec["selector"]] == [1]
    (service,) = [each for each in MANIFESTS if each["kind"] == "Service"]
    assert service["spec"]["selector"] in [each["spec"]["selector"]["matchLabels"] for each in DEPLOYMENTS]
