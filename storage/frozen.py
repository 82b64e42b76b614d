"""Values: frozen classes with slots, whose methods cost the start of a process next to nothing.

A standard frozen dataclass is five pieces of source that are compiled when its module is imported, used or not: of four hundred of
them that was a quarter of a start's work (decision 0076). Here three methods are shared by all classes, and what makes an object is
compiled when the first of a class is made. All else is a dataclass: `field`, `fields`, `replace`, `asdict`, `__post_init__`, matching.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, cast, dataclass_transform, overload

T = TypeVar("T")


@overload
def frozen(cls: type[T], /) -> type[T]: ...


@overload
def frozen(*, kw_only: bool = True, eq: bool = True) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field, Field))
def frozen(cls: type[T] | None = None, /, *, kw_only: bool = True, eq: bool = True) -> Any:
    """Make a class one of values, as `dataclass(frozen=True, slots=True, kw_only=kw_only, eq=eq)` would.

    Args:
        cls: The class, or None where the decorator is given arguments.
        kw_only: Whether its fields are given by name alone.
        eq: Whether two of them are the same where all their fields are; otherwise each is itself alone.
    """
    if cls is None:
        return lambda each: _make(each, kw_only=kw_only, eq=eq)
    return _make(cls, kw_only=kw_only, eq=eq)


def _make(cls: type[T], *, kw_only: bool, eq: bool) -> type[T]:
    own = set(vars(cls))
    # slots are a class of its own, so the methods are given to that one
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    known = fields(made)
    methods = {
        "__init__": _make_first_init(made),
        "__repr__": _make_repr(tuple(each.name for each in known if each.repr)),
        "__setattr__": _refuse_setting,
        "__delattr__": _refuse_deleting,
        "__reduce__": _make_reduce(tuple(each.name for each in known)),
    }
    if eq:
        compared = tuple(each.name for each in known if each.compare)
        hashed = tuple(each.name for each in known if (each.compare if each.hash is None else each.hash))
        methods |= {"__eq__": _make_eq(compared), "__hash__": _make_hash(hashed)}
        if vars(cls).get("__hash__") is None:  # an own `__eq__` alone has Python say that there is no hash
            own.discard("__hash__")
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return cast("type[T]", made)


def _get_all(names: tuple[str, ...]) -> Callable[[Any], Any]:
    """What reads these fields: a tuple, or the one of a single field."""
    return attrgetter(*names) if names else lambda _value: ()


def _make_eq(names: tuple[str, ...]) -> Callable[[Any, object], Any]:
    get = _get_all(names)

    def compare(self: Any, other: object) -> Any:
        return get(self) == get(other) if other.__class__ is self.__class__ else NotImplemented

    return compare


def _make_hash(names: tuple[str, ...]) -> Callable[[Any], int]:
    get = _get_all(names)

    def compute(self: Any) -> int:
        return hash(get(self))

    return compute


def _make_repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def say(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return say


def _make_reduce(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    def reduce(self: Any) -> tuple[Any, ...]:
        return _restore, (type(self), {name: getattr(self, name) for name in names if hasattr(self, name)})

    return reduce


def _restore(cls: type[T], held: dict[str, Any]) -> T:
    """An object as it was copied or written down, without its being made again."""
    found = cls.__new__(cls)
    for name, each in held.items():
        object.__setattr__(found, name, each)
    return found


def _refuse_setting(_self: object, name: str, _value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _make_first_init(cls: Any) -> Callable[..., None]:
    """What makes the first object of a class: it puts in its place what makes all others. Two threads may both do so."""

    def make_first(self: Any, *arguments: Any, **named: Any) -> None:
        made = _compile_init(cls)
        cls.__init__ = made
        made(self, *arguments, **named)

    return make_first


def _compile_init(cls: Any) -> Callable[..., None]:
    """A function of its fields, which sets each slot by its descriptor: `__setattr__` refuses."""
    known: dict[str, Any] = {"_MISSING": MISSING}
    given, named, body = ["self"], list[str](), list[str]()
    for at, each in enumerate(fields(cls)):
        known[f"_set_{at}"] = vars(next(base for base in cls.__mro__ if each.name in vars(base)))[each.name].__set__
        source, usual = each.name, ""
        if each.default_factory is not MISSING:
            known[f"_make_{at}"], usual = each.default_factory, "=_MISSING"
            source = f"_make_{at}() if {each.name} is _MISSING else {each.name}" if each.init else f"_make_{at}()"
        elif each.default is not MISSING:
            known[f"_usual_{at}"], usual = each.default, f"=_usual_{at}"
            source = each.name if each.init else f"_usual_{at}"
        elif not each.init:
            continue  # `__post_init__` sets it
        body.append(f"_set_{at}(self, {source})")
        if each.init:
            (named if each.kw_only else given).append(each.name + usual)
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    taken = ", ".join([*given, *(["*", *named] if named else [])])
    exec(f"def __init__({taken}):\n " + "\n ".join(body or ["pass"]), known)  # noqa: S102 -- names of fields alone, as dataclasses does
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made
