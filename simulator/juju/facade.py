"""What a facade is: named methods in versions, with the access that each needs.

Access, from least to most: "login" (anybody who is logged in), "read", "write", "admin" on the connection's model, "superuser" of
the controller. On a controller connection only "login" and "superuser" mean something.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .errors import ApiError, denied
from .records import Controller, Model, User

if TYPE_CHECKING:
    from .parts import Parts
    from .rpc import Connection

Access = Literal["login", "read", "write", "admin", "superuser"]
Scope = Literal["controller", "model"]
LEVELS = ("read", "write", "admin")
T = TypeVar("T")


@dataclasses.dataclass(kw_only=True)
class Call:
    """One request on its way through a handler; `params` has no nulls left, `id` is a watcher's id."""

    parts: Parts
    connection: Connection
    controller: Controller
    params: dict[str, Any]
    id: str
    version: int
    logged_in: User | None = None
    on: Model | None = None

    @property
    def user(self) -> User:
        """Who asks."""
        if self.logged_in is None:
            raise ApiError("not logged in", "unauthorized access")
        return self.logged_in

    @property
    def model(self) -> Model:
        """The connection's model."""
        if self.on is None:
            raise ApiError("facade not supported for controller API connection", "not supported")
        return self.on

    @property
    def superuser(self) -> bool:
        """Whether the user may do everything."""
        return self.user.access == "superuser"

    def may(self, access: str, model: Model) -> bool:
        """Whether the user has this access to a model, or more."""
        if self.superuser:
            return True
        granted = model.users.get(self.user.name)
        return granted in LEVELS and LEVELS.index(granted) >= LEVELS.index(access)

    def require_superuser(self) -> None:
        """Refuses everybody else."""
        if not self.superuser:
            raise denied()


Handler = Callable[[Call], "dict[str, Any] | Awaitable[dict[str, Any] | None] | None"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Method:
    """A handler with what it needs and whether it changes anything."""

    handler: Handler
    access: Access
    mutates: bool


class Facade:
    """A named set of methods.

    Args:
        name: as on the wire.
        versions: those that are served, all alike.
        scopes: on which connections.
    """

    def __init__(self, name: str, *versions: int, scopes: tuple[Scope, ...] = ("model",)) -> None:
        self.name = name
        self.versions = versions
        self.scopes = scopes
        self.methods: dict[str, Method] = {}

    def reads(self, name: str, access: Access = "read") -> Callable[[Handler], Handler]:
        """Registers a method that changes nothing."""
        return self._register(name, access, mutates=False)

    def writes(self, name: str, access: Access = "write") -> Callable[[Handler], Handler]:
        """Registers a method that changes something."""
        return self._register(name, access, mutates=True)

    def _register(self, name: str, access: Access, *, mutates: bool) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.methods[name] = Method(handler=handler, access=access, mutates=mutates)
            return handler

        return register


def each(items: Iterable[T], work: Callable[[T], dict[str, Any] | None], key: str = "results", **zero: Any) -> dict[str, Any]:
    """Runs `work` on every item; what one refuses becomes that item's error, beside the `zero` values that Go sends with it."""
    fields = {name.replace("_", "-"): value for name, value in zero.items()}
    return {key: [_one(item, work, fields) for item in items]}


def each_result(items: Iterable[T], work: Callable[[T], Any], **zero: Any) -> dict[str, Any]:
    """As `each`, with every answer under "result"."""
    return each(items, lambda item: {"result": work(item)}, **zero)


def tags(params: dict[str, Any], key: str = "entities") -> list[str]:
    """The tags in a list of entities."""
    return [entity["tag"] for entity in params.get(key) or []]


def _one(item: T, work: Callable[[T], dict[str, Any] | None], zero: dict[str, Any]) -> dict[str, Any]:
    try:
        return work(item) or {}
    except ApiError as exc:
        return zero | {"error": exc.wire()}
