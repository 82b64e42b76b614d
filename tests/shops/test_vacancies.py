from __future__ import annotations

from bot.shops.vacancies import ORPHANED_SECONDS, OVERDUE_SECONDS, Vacancies
from tests.shops.test_balance import make_peers

SHOPS = ("shop0", "shop1", "shop2")


def test_what_nobody_takes_is_anybodys_after_a_while() -> None:
    """Counted from when it was found free, however often one looks."""
    vacancies = Vacancies()
    vacancies.note(make_peers("0", ""), SHOPS, 100.0)
    assert list(vacancies) == ["shop1", "shop2"]
    assert vacancies.find_next(100.0) == 100.0 + OVERDUE_SECONDS
    vacancies.note(make_peers("0", ""), SHOPS, 102.0)
    assert not vacancies.is_anybodys("shop1", 100.0 + OVERDUE_SECONDS - 0.1)
    assert vacancies.is_anybodys("shop1", 100.0 + OVERDUE_SECONDS)
    assert vacancies.find_next(100.0 + OVERDUE_SECONDS) is None


def test_the_shops_of_the_dead_are_anybodys_sooner() -> None:
    """Their process was there at the last look and is not any more; what one who lives hands over has its time."""
    vacancies = Vacancies()
    vacancies.note(make_peers("0", "1"), SHOPS, 100.0)
    vacancies.note(make_peers("0"), SHOPS, 101.0)
    assert vacancies.orphaned == {"shop1"}
    assert vacancies.is_anybodys("shop1", 101.0 + ORPHANED_SECONDS)
    vacancies.note(make_peers(""), SHOPS, 101.5)
    assert (list(vacancies), vacancies.orphaned) == (list(SHOPS), frozenset())
    assert vacancies.is_anybodys("shop1", 101.0 + ORPHANED_SECONDS)
    assert not vacancies.is_anybodys("shop0", 101.5 + ORPHANED_SECONDS)


def test_what_was_taken_and_falls_free_again_is_counted_anew() -> None:
    """By whomever it was."""
    vacancies = Vacancies()
    vacancies.note(make_peers(""), SHOPS[:1], 100.0)
    vacancies.fill("shop0")
    assert list(vacancies) == []
    vacancies.note(make_peers(""), SHOPS[:1], 102.0)
    assert vacancies.find_next(102.0) == 102.0 + OVERDUE_SECONDS
