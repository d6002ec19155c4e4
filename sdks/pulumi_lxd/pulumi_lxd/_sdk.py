"""How the classes of this package take their arguments: the generated SDK's two forms, declared once.

Every resource class can be made with keyword arguments or with an object of its `…Args` class. A TypedDict says which arguments
there are, of what type, and which must be given; both forms come from it.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import pulumi

T = TypeVar("T")


@typing.dataclass_transform(kw_only_default=True)
def nested(cls: type[T]) -> type[T]:
    """Makes a class of annotations an input type: keyword arguments, of which those with a default may be left out."""
    return pulumi.input_type(cls)


class Arguments:
    """The arguments of a resource as one object; attributes can be read and set like the keyword arguments they came from."""

    _names: ClassVar[tuple[str, ...]]
    _needed: ClassVar[frozenset[str]]

    def __init_subclass__(cls, *, of: type, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        hints = {name: str(getattr(hint, "__forward_arg__", hint)) for name, hint in of.__annotations__.items()}
        required = frozenset(name for name, hint in hints.items() if hint.startswith("Required["))
        cls._names, cls._needed = tuple(sorted(required) + sorted(hints.keys() - required)), required
        keyword = inspect.Parameter.KEYWORD_ONLY
        empty = inspect.Parameter.empty
        parameters = [inspect.Parameter(n, keyword, default=empty if n in required else None) for n in cls._names]
        cls.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what `inspect` looks for

    def __init__(self, given: Mapping[str, Any]) -> None:
        if unknown := sorted(given.keys() - set(self._names)):
            raise TypeError(f"{type(self).__name__} got an unexpected keyword argument {unknown[0]!r}")
        if missing := sorted(name for name in self._needed if given.get(name) is None):
            raise TypeError(f"Missing required property {missing[0]!r}")
        vars(self).update({name: given.get(name) for name in self._names})

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{type(self).__name__} has no argument {name!r}; it has {', '.join(self._names)}")


ArgumentsT = TypeVar("ArgumentsT", bound=Arguments)


def taken(
    kind: type[Arguments],
    args: Arguments | pulumi.ResourceOptions | None,
    opts: pulumi.ResourceOptions | None,
    given: Mapping[str, Any],
) -> tuple[dict[str, Any], pulumi.ResourceOptions | None]:
    """The properties and options of a resource, whichever form its constructor was called in."""
    if isinstance(args, pulumi.ResourceOptions):
        args, opts = None, args
    if args is not None and given:
        raise TypeError(f"give {kind.__name__} or keyword arguments, not both")
    arguments = args if args is not None else kind(**given)
    return {name: value for name, value in vars(arguments).items() if value is not None}, opts
