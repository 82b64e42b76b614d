"""What one share card costs, against the same card drawn from scratch as a PNG."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median

from bot.assets import ASSETS
from bot.cards.faces import read_face
from bot.cards.studio import CardStudio, render_card_from_scratch
from bot.core.looks import LAYOUTS, CardLook
from bot.playground.portraits import ANNA, draw_portrait
from tests.benchmarks.rows import Row, row
from tests.cards.samples import CARD_TEXTS, HOSTILE_NAMES, KIND_NAMES, LANGUAGES, LINK, THEMES, list_random_links

CARDS_PER_THEME = 60
SCRATCH_CARDS = 3
MOST_CARD_MS = 8
MOST_FACED_MS = 12
MOST_HOSTILE_MS = 200
LEAST_RATIO = 10


def measure() -> list[Row]:
    """Medians over all themes and languages, each card with a name and a link of its own."""
    cards, scratch = zip(*(measure_theme(theme) for theme in THEMES), strict=True)
    card_ms = median(cost for costs in cards for cost in costs)
    ratio = median(cost for costs in scratch for cost in costs) / card_ms
    return [
        row("one share card, CPU", card_ms, "ms", at_most=MOST_CARD_MS),
        row("one share card with a face, CPU", measure_faced(), "ms", at_most=MOST_FACED_MS),
        row("one share card with the costliest hostile name, CPU", measure_hostile(), "ms", at_most=MOST_HOSTILE_MS),
        row("one share card, CPU, against the same from scratch as PNG", ratio, "x less", at_least=LEAST_RATIO),
    ]


def measure_theme(theme: str) -> tuple[list[float], list[float]]:
    """CPU milliseconds of cards from a kept template, and of cards from scratch."""
    studio = CardStudio(ASSETS)
    faces = [replace(CARD_TEXTS[language], look=CardLook(theme)) for language in LANGUAGES]
    for face in faces:
        studio.render_card(face, name="Anna", link="https://t.me/kopitiga_bot?start=AbCdEf0123")
    jobs = [
        (faces[n % len(faces)], KIND_NAMES[n % len(KIND_NAMES)], link)
        for n, link in enumerate(list_random_links(CARDS_PER_THEME, seed=len(theme)))
    ]
    kept = [time_call(partial(studio.render_card, face, name=name, link=link)) for face, name, link in jobs]
    scratch = [time_call(partial(render_card_from_scratch, *job, ASSETS)) for job in jobs[:SCRATCH_CARDS]]
    return kept, scratch


def measure_faced() -> float:
    """Median of CPU milliseconds of cards that show the member's face, over all layouts, templates kept."""
    studio, face = CardStudio(ASSETS, templates_kept=len(LAYOUTS)), read_face(draw_portrait(ANNA))
    assert isinstance(face, bytes)
    faces = [replace(CARD_TEXTS["en"], look=CardLook("sunrise", layout=layout)) for layout in LAYOUTS]
    links = [LINK, *list_random_links(CARDS_PER_THEME, seed=7)]
    jobs = [(text, link) for text in faces for link in links[:2]] + [
        (faces[n % len(faces)], link) for n, link in enumerate(links)
    ]
    costs = [time_call(partial(studio.render_card, text, name="Anna", link=link, face=face)) for text, link in jobs]
    return median(costs[2 * len(faces) :])


def measure_hostile() -> float:
    """CPU milliseconds of the costliest card for a name that means harm, its letters drawn for the first time."""
    studio = CardStudio(ASSETS)
    render = partial(studio.render_card, CARD_TEXTS["en"], link=LINK)
    render(name="Anna")
    return max(time_call(partial(render, name=name)) for name in HOSTILE_NAMES.values())


def time_call(call: Callable[[], bytes]) -> float:
    """Milliseconds of this thread's processor time that a call takes."""
    started = time.thread_time()
    call()
    return (time.thread_time() - started) * 1000
