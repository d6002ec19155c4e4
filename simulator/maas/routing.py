"""The route table: resources, each a path with its methods and operations.

A method is `(HTTP method, op)`; `op` is None for the REST ones. The same table answers requests and is told as describe/.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from .call import Call

if TYPE_CHECKING:
    from .region import Region

ROOT = "/MAAS/api/2.0/"

Version = tuple[int, int]
FIRST, LAST = (3, 4), (99, 0)

Function = Callable[["Region", Call], Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Action:
    """What one method of a resource does; `admin` closes it to other users, `anonymous` opens it to everybody.

    `told_users` is false for what describe/ tells of to the anonymous only.
    """

    name: str
    method: str
    op: str | None
    function: Function
    admin: bool
    anonymous: bool
    doc: str
    told_users: bool = True


class Resource:
    """A path of the API.

    Args:
        name: the handler's name in describe/ (python-libmaas makes its classes of it).
        path: below the API's root, with parameters as `{name}`.
        doc: what it is for.
        anonymous: the handler's name for callers without a key, None when there is none.
        pattern: what a parameter matches; a subnet may be named by its CIDR, which has a slash.
        listed: whether describe/ tells of it; second paths to the same thing are not told.
    """

    def __init__(
        self,
        name: str,
        path: str,
        doc: str,
        anonymous: str | None = None,
        *,
        pattern: str = "[^/]+",
        listed: bool = True,
    ) -> None:
        self.name = name
        self.path = ROOT + path
        self.doc = doc
        self.anonymous = anonymous
        self.listed = listed
        self._since, self._until = FIRST, LAST
        self.params = re.findall(r"{(\w+)}", path)
        self.actions: list[Action] = []
        self._pattern = re.compile(re.sub(r"\\{(\w+)\\}", lambda found: f"(?P<{found[1]}>{pattern})", re.escape(self.path)))

    def only(self, *, since: Version = FIRST, until: Version = LAST) -> Self:
        """Narrows it to some versions of MAAS: from the first that has it to the first that no longer does."""
        self._since, self._until = since, until
        return self

    def within(self, region: Region) -> bool:
        """Whether the region's version has it."""
        return region.since(*self._since) and not region.since(*self._until)

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters of a path that is ours, None when it isn't."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None

    def find(self, method: str, op: str | None) -> Action | None:
        """The action for a method and operation."""
        return next((a for a in self.actions if (a.method, a.op) == (method, op)), None)

    @property
    def methods(self) -> list[str]:
        """The HTTP methods that do something here."""
        return list(dict.fromkeys(action.method for action in sorted(self.actions, key=lambda a: a.method)))

    def rest(self, method: str, *, admin: bool = False, anonymous: bool = False) -> Callable[[Function], Function]:
        """Registers a REST method."""
        names = {"GET": "read", "POST": "create", "PUT": "update", "DELETE": "delete"}
        return self._register(names[method], method, None, admin=admin, anonymous=anonymous)

    def op(
        self, method: str, name: str, *, admin: bool = False, anonymous: bool = False, told_users: bool = True
    ) -> Callable[[Function], Function]:
        """Registers an operation, called as `?op=NAME`."""
        return self._register(name, method, name, admin=admin, anonymous=anonymous, told_users=told_users)

    def _register(self, name: str, method: str, op: str | None, **flags: bool) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            doc = function.__doc__ or ""
            self.actions.append(Action(name=name, method=method, op=op, function=function, doc=doc, **flags))
            return function

        return register
