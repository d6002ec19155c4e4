"""One kind of object of MAAS: list, read, create, update, delete by the same rules for all kinds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from . import errors
from ._session import Session

T = TypeVar("T")


class Collection(Generic[T]):
    """Objects of one kind, addressed by `key` under the path parameters `at`."""

    def __init__(
        self, session: Session, names: tuple[str, str], noun: str, parse: Callable[[Mapping[str, Any]], T], key: str = "id"
    ) -> None:
        """Sends nothing.

        Args:
            session: the region.
            names: of bones's handlers for all objects and for one, e.g. ("Subnets", "Subnet").
            noun: for messages, e.g. "subnet".
            parse: makes a typed value of MAAS's JSON.
            key: the path parameter that names an object.
        """
        self.noun = noun
        self._session = session
        self._many, self._one = names
        self._parse = parse
        self._key = key
        self._at: Mapping[str, Any] = {}

    def at(self, **path: Any) -> Collection[T]:
        """The same kind under a parent, e.g. `interfaces.at(system_id="abc123")`."""
        nested = Collection(self._session, (self._many, self._one), self.noun, self._parse, self._key)
        nested._at = {**self._at, **path}
        return nested

    def list(self, **filters: Any) -> list[T]:
        """All objects, or those that match MAAS's own filters."""
        found = self._session.call(self._many, "read", f"list its {self.noun}s", **self._at, **filters)
        return [self._parse(item) for item in found]

    def read(self, id_: Any) -> T | None:
        """The object, None when there is none."""
        try:
            return self._parse(self._call(self._one, "read", "read", id_, **{self._key: id_}))
        except errors.NotFound:
            return None

    def create(self, label: str, look: Callable[[], T | None], *, action: str = "create", **fields: Any) -> T:
        """Creates an object.

        When the answer gets lost, `look` is asked for a while whether MAAS has it; only when it has not is the request sent
        once more, and then its error is the caller's.
        """
        what = f"create the {self.noun} {label}"
        try:
            return self._parse(self._session.call(self._many, action, what, **self._at, **fields))
        except errors.Unknown:
            found = self._looked(look)
        if found is not None:
            return found
        return self._parse(self._session.call(self._many, action, what, **self._at, **fields))

    def update(self, id_: Any, **fields: Any) -> T:
        """Changes an object; the same change twice is one, so a lost answer is asked for again."""
        return self._parse(self._twice("update", "change", id_, fields))

    def act(self, id_: Any, action: str, **fields: Any) -> Any:
        """Calls one of the object's own operations and returns MAAS's answer as it is."""
        return self._call(self._one, action, action.replace("_", " "), id_, **self._params(id_, fields))

    def act_on_all(self, action: str, **fields: Any) -> Any:
        """Calls an operation of the collection itself and returns MAAS's answer as it is."""
        return self._session.call(self._many, action, f"{action.replace('_', ' ')} {self.noun}s", **self._at, **fields)

    def delete(self, id_: Any, **fields: Any) -> None:
        """Deletes an object; one that isn't there is as good as deleted."""
        try:
            self._twice("delete", "delete", id_, fields)
        except errors.NotFound:
            return

    def _twice(self, action: str, verb: str, id_: Any, fields: Mapping[str, Any]) -> Any:
        params = self._params(id_, fields)
        try:
            return self._call(self._one, action, verb, id_, **params)
        except errors.Unknown:
            return self._call(self._one, action, verb, id_, **params)

    def _params(self, id_: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Path parameter and data, told apart where they have the same name."""
        return {self._key: id_, **{f"_{name}" if name == self._key else name: value for name, value in fields.items()}}

    def _call(self, handler: str, action: str, verb: str, id_: Any, **params: Any) -> Any:
        return self._session.call(handler, action, f"{verb} the {self.noun} {id_}", **self._at, **params)

    def _looked(self, look: Callable[[], T | None]) -> T | None:
        for pause in (1, 2, 4, 8, 16, 16, 16):
            if (found := look()) is not None:
                return found
            time.sleep(pause * self._session.backoff)
        return look()
