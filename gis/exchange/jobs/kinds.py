"""Kinds of background work, by name. Filled by every app's `background.py`, which Django imports at start-up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., str | None])


@dataclass(frozen=True)
class Kind:
    """What is done, who may ask for it (None: everybody with an account), and whether it may be begun again."""

    name: str
    function: Callable[..., str | None]
    roles: frozenset[str] | None
    repeatable: bool
    """Whether the service itself begins it again when its worker ends: for work that a second run does not double."""


_kinds: dict[str, Kind] = {}


def background(
    name: str, *, roles: Iterable[str] | None = None, repeatable: bool = False
) -> Callable[[Function], Function]:
    """Make `function(work: Work, **arguments)` the kind *name*. What it returns is shown as its last word.

    Raises ValueError where the name is taken.
    """

    def register(function: Function) -> Function:
        if name in _kinds:
            raise ValueError(f"There are two kinds of background work named {name}.")
        _kinds[name] = Kind(name, function, None if roles is None else frozenset(roles), repeatable)
        return function

    return register


def unregister(name: str) -> None:
    """Take a kind back; for tests that add one of their own."""
    del _kinds[name]


def find(name: str) -> Kind | None:
    return _kinds.get(name)


def get(name: str) -> Kind:
    """The kind *name*. Raises ValueError where no `background.py` declares it."""
    if name not in _kinds:
        raise ValueError(f"No background.py declares work of the kind {name}.")
    return _kinds[name]
