"""Frozen values are dataclasses in all that anybody can see of them."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from threading import Barrier, Thread
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from storage.frozen import frozen

T = TypeVar("T")


@frozen
class Base:
    """A value with everything that a field can say."""

    kind: ClassVar[str] = "base"
    number: int
    word: str = "usual"
    parts: list[int] = field(default_factory=list)
    hidden: str = field(default="hidden", repr=False)
    aside: int = field(default=0, compare=False)
    doubled: int = field(init=False)
    at_once: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "doubled", self.number * 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The same as the standard library makes it."""

    kind: ClassVar[str] = "base"
    number: int
    word: str = "usual"
    parts: list[int] = field(default_factory=list)
    hidden: str = field(default="hidden", repr=False)
    aside: int = field(default=0, compare=False)
    doubled: int = field(init=False)
    at_once: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "doubled", self.number * 2)


@frozen(kw_only=False)
class Pair(Generic[T]):
    """Fields by their place."""

    first: T
    second: T


@frozen
class Heir(Base):
    """One field more, and another default."""

    word: str = "other"
    more: int = 1


@frozen(eq=False)
class Itself:
    """Each is itself alone."""

    number: int


@frozen
class Empty:
    """Nothing."""


@frozen
class Own:  # noqa: PLW1641 -- that is what is tested
    """What a class says itself stays."""

    number: int

    def __eq__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "mine"


def test_values_show_and_hold_what_a_dataclass_would() -> None:
    """Fields, defaults, words and copies are the standard library's."""
    own, usual = Base(number=2, parts=[1]), Usual(number=2, parts=[1])

    assert is_dataclass(own)
    assert asdict(own) == asdict(usual)
    assert repr(own) == repr(usual).replace("Usual", "Base")
    assert [each.name for each in fields(own)] == [each.name for each in fields(usual)]
    changed = replace(own, word="new")
    assert (changed.word, changed.doubled, changed.at_once) == ("new", 4, [])
    assert Base(number=1).parts is not Base(number=1).parts
    assert Base.__init__.__qualname__ == "Base.__init__"


def test_values_are_equal_by_their_fields_and_class() -> None:
    """What is aside counts for nothing, and an heir is another thing."""
    assert Base(number=1, aside=1) == Base(number=1, aside=2)
    assert Base(number=1) != Base(number=2)
    assert Base(number=1) != Heir(number=1, word="usual")
    assert hash(Pair(1, 2)) == hash(Pair(1, 2))
    assert {Pair(1, 2): "found"}[Pair(1, 2)] == "found"
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert Itself(number=1) != Itself(number=1)
    assert len({Itself(number=1), Itself(number=1)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Base(number=1))


@pytest.mark.parametrize("made", [Base(number=1), Heir(number=1), Pair(1, 2), Empty()])
def test_values_refuse_to_change(made: Any) -> None:
    """Neither a field nor anything else can be set or taken away, before and after the first use."""
    for name in [*(each.name for each in fields(made)), "unknown"]:
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, 5)
        with pytest.raises(FrozenInstanceError):
            delattr(made, name)
    assert not hasattr(made, "__dict__")


def test_heirs_have_all_fields_and_their_own_defaults() -> None:
    """In the order of the classes."""
    made = Heir(number=3)

    assert (made.word, made.more, made.doubled, made.kind) == ("other", 1, 6, "base")
    assert [each.name for each in fields(Heir)][-1] == "more"


def test_values_are_made_by_the_names_and_places_that_they_say() -> None:
    """Whatever is missing or too much is an error that names the class, from the first time on."""
    for _ in range(2):
        with pytest.raises(TypeError, match=r"Base.__init__\(\) missing 1 required keyword-only argument: 'number'"):
            Base()  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="positional"):
            Base(1)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="unexpected keyword argument 'nothing'"):
            Pair(1, 2, nothing=3)  # type: ignore[call-arg]
    match Pair(1, 2):
        case Pair(first, second):
            assert (first, second) == (1, 2)


def test_values_are_copied_and_written_down_as_they_are() -> None:
    """Also what was set after they were made."""
    made = Base(number=1, parts=[1])

    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other == made
        assert other.doubled == 2
    assert copy.copy(made).parts is made.parts
    assert copy.deepcopy(made).parts is not made.parts


def test_what_a_class_says_itself_stays() -> None:
    """Like with dataclasses; what is compared in an own way is hashed by its fields."""
    assert repr(Own(number=1)) == "mine"
    assert Own(number=1) == Own(number=2)
    assert hash(Own(number=1)) == hash(Own(number=1)) != hash(Own(number=2))


def test_first_values_of_a_class_may_be_made_by_many_threads_at_once() -> None:
    """What makes them is compiled by each that finds it missing, and all of them get theirs."""
    for _ in range(50):

        @frozen
        class Fresh:
            """Of which none has been made."""

            number: int

        made, together = list[Fresh](), Barrier(4)

        def make(kind: type[Any] = Fresh, start: Barrier = together, found: list[Any] = made) -> None:
            start.wait(timeout=20)
            found.append(kind(number=7))

        threads = [Thread(target=make) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(timeout=20)
        assert [each.number for each in made] == [7] * 4
