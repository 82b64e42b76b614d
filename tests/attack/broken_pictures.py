"""Two hundred pictures that mean harm, sent by the owner for a story, a campaign and the logo."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bot.core.pictures import PictureMistake, PictureProblem
from bot.messages.pictures import say_picture_mistake
from bot.messages.texts import Texts
from bot.playground.world import ApiError, Message
from tests.attack.ground import Ground, Kind, Verdict
from tests.attack.owning import begin_campaign, open_phone
from tests.cards.pictures import list_light_pictures, list_unkind_pictures
from tests.journeys.test_campaign_from_phone import Phone

MOST_MORE_BYTES = 80_000_000
MOST_CPU_SECONDS = 1.0
SHORT_STEP = 10
"""Every so many of the light ones are tried by the tests."""


@dataclass(slots=True)
class Cost:
    """What one picture took of the process."""

    name: str
    seconds: float
    cpu_seconds: float
    more_bytes: int


async def send_broken_pictures(ground: Ground, verdict: Verdict) -> None:
    """Each is taken or refused, with a sentence, soon and in little memory; then the campaign is seen and goes on."""
    pictures = list_unkind_pictures() if ground.full else list_light_pictures()[::SHORT_STEP]
    owner, costs, silent, taken = ground.add_person("Sari"), list[Cost](), list[str](), 0
    async with ground.running(ground.furnish(ADMIN_IDS=str(owner.id))) as program:
        phone = await open_phone(ground, owner)
        await begin_campaign(ground, phone)
        meter = Meter(program.process.pid)
        for (name, data), as_photo in zip(pictures, cycle((False, False, True)), strict=False):
            await _ask_for_picture(phone)
            meter.begin(name)
            said = await _send(ground, phone, data, as_photo=as_photo)
            costs.append(meter.end(_count_seconds(ground, said)))
            taken += "Picture: yes" in said.text
            if "Picture: yes" not in said.text and not _gives_reason(said):
                silent.append(f"{name}: {said.text[:80]}")
        await _ask_for_picture(phone)
        await phone.send_picture("sienna")
        await phone.tap("Back")
        seen = max(phone.screen.chat.messages)
        await phone.tap("Preview")
        verdict.expect(phone.screen.chat.messages[seen + 1].photo, "the cards cannot be seen any more")
        verdict.expect(program.status is None, "the process died")
    _judge(verdict, costs, silent)
    verdict.figures |= {
        "pictures": len(pictures),
        "taken": taken,
        "refused in words": len(pictures) - taken - len(silent),
    }


async def _ask_for_picture(phone: Phone) -> None:
    """Be where a picture is asked for, whatever is open."""
    labels = [each.text for each in phone.screen.buttons]
    if "Picture" in labels:
        await phone.tap("Picture")
    elif "Cancel" not in labels:
        await phone.tap(next(label for label in labels if label.startswith("1. ")))
        await phone.tap("Picture")


async def _send(ground: Ground, phone: Phone, data: bytes, *, as_photo: bool) -> Message:
    """As a photo where the app takes it for one, else as a file; the answer with its keyboard."""
    world, chat, owner = ground.world, phone.screen.chat, phone.shop.admin
    try:
        sent = (
            world.send_photo(owner, chat, data) if as_photo else world.send_document(owner, chat, data, "picture.png")
        )
    except ApiError:
        sent = world.send_document(owner, chat, data, "picture.png")
    phone.screen = await ground.telegram.until_reply(sent, lambda message: bool(message.keyboard), timeout_seconds=60)
    return phone.screen


def _count_seconds(ground: Ground, said: Message) -> float:
    """From asking for the file to the answer: what Telegram itself takes over a picture before that is its own affair."""
    asked = ground.world.journal.list_calls("getFile")[-1:]
    return max(0.0, (said.at - asked[0].at) / 1e6) if asked else 0.0


def _gives_reason(said: Message) -> bool:
    """Whether a refusal begins with one of its sentences."""
    texts = Texts("en")
    openings = [say_picture_mistake(texts, PictureMistake(problem, 1, 1))[:14] for problem in PictureProblem]
    return any(said.text.startswith(opening) for opening in openings)


def _judge(verdict: Verdict, costs: list[Cost], silent: list[str]) -> None:
    slowest, hungriest = (max(costs, key=lambda each: each.cpu_seconds), max(costs, key=lambda each: each.more_bytes))
    verdict.figures |= {
        "slowest s": max(each.seconds for each in costs),
        "slowest CPU s": slowest.cpu_seconds,
        "most memory MB": hungriest.more_bytes / 1e6,
    }
    verdict.expect(slowest.cpu_seconds <= MOST_CPU_SECONDS, f"{slowest.name} takes {slowest.cpu_seconds:.1f} s")
    verdict.expect(
        hungriest.more_bytes <= MOST_MORE_BYTES, f"{hungriest.name} takes {hungriest.more_bytes / 1e6:.0f} MB"
    )
    verdict.expect(not silent, f"{len(silent)} were refused without a reason: {silent[:3]}")


class Meter:
    """What a process takes between two moments; Linux says it, elsewhere it is nothing."""

    def __init__(self, process_id: int) -> None:
        self._home = Path(f"/proc/{process_id}")
        self._name, self._cpu, self._held = "", 0.0, 0

    def begin(self, name: str) -> None:
        """From here on."""
        if self._home.exists():
            (self._home / "clear_refs").write_text("5")
        self._name, self._cpu, self._held = name, self._read_cpu(), self._look("VmRSS")

    def end(self, seconds: float) -> Cost:
        """What it took since then, at most at one moment as far as memory goes; somebody else has held the watch."""
        spent = self._read_cpu() - self._cpu
        return Cost(self._name, seconds, spent, self._look("VmHWM") - self._held)

    def _look(self, field: str) -> int:
        if not self._home.exists():
            return 0
        status = (self._home / "status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith(field))) * 1024

    def _read_cpu(self) -> float:
        if not self._home.exists():
            return 0.0
        words = (self._home / "stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


KINDS = [Kind(number=16, name="broken pictures", run=send_broken_pictures, short_on=("sqlite",))]
