"""One kind of object of a service: list, read, create, update, delete by the same rules for all kinds."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .errors import AmbiguousError, CloudError, FaultError, NotFoundError, UnknownOutcomeError
from .types import Record

if TYPE_CHECKING:
    from .cloud import Cloud

T = TypeVar("T", bound=Record)

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between the looks for what a lost answer may have made."""


class Collection(Generic[T]):
    """Objects of one kind.

    Args:
        cloud: where they are.
        service: openstacksdk's proxy, e.g. "network".
        words: of its methods, for one and for all, e.g. ("ip", "ips").
        noun: for messages, e.g. "floating IP".
        record: their type.
    """

    def __init__(self, cloud: Cloud, service: str, words: tuple[str, str], noun: str, record: type[T]) -> None:
        self.noun = noun
        self._cloud = cloud
        self._service = service
        self._one, self._all = words
        self._record = record

    def list(self, **query: Any) -> builtins.list[T]:
        """All objects, or those that match the service's own filters; openstacksdk drops those that it doesn't know."""
        return self._cloud.call(
            f"list {self.noun}s", lambda c: [self._record.of(body) for body in self._method(c, self._all)(**query)]
        )

    def read(self, id_: str, **at: Any) -> T | None:
        """The object, None when there is none."""
        try:
            return self._do("read", id_, "get", id_, **at)
        except NotFoundError:
            return None

    def create(self, label: str, look: Callable[[], T | None], **fields: Any) -> T:
        """Creates an object; leave out what is not to be said, since None is sent.

        When the answer gets lost or the service fails, `look` is asked for a while whether the object is there.
        """
        try:
            return self._do("create", label, "create", **fields)
        except (UnknownOutcomeError, FaultError) as error:
            return self._looked(look, error)

    def update(self, id_: str, **fields: Any) -> T:
        """Changes an object; the same change twice is one, so it is sent again when the answer got lost or the service failed."""
        try:
            return self._do("change", id_, "update", id_, **fields)
        except (UnknownOutcomeError, FaultError):
            self._pause()
            return self._do("change", id_, "update", id_, **fields)

    def delete(self, id_: str, **at: Any) -> None:
        """Deletes an object; one that isn't there is as good as deleted."""
        try:
            self._do_nothing_back("delete", id_, **at)
        except (UnknownOutcomeError, FaultError):
            self._pause()
            self._do_nothing_back("delete", id_, **at)
        except NotFoundError:
            return

    def _do(self, verb: str, label: str, method: str, *args: Any, **kwargs: Any) -> T:
        what = f"{verb} the {self.noun} {label}"
        return self._cloud.call(what, lambda c: self._record.of(self._method(c, f"{method}_{self._one}")(*args, **kwargs)))

    def _do_nothing_back(self, verb: str, id_: str, **at: Any) -> None:
        what = f"{verb} the {self.noun} {id_}"
        self._cloud.call(what, lambda c: self._method(c, f"{verb}_{self._one}")(id_, ignore_missing=True, **at))

    def _method(self, connection: Any, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(getattr(connection, self._service), name)
        return found

    def _looked(self, look: Callable[[], T | None], error: CloudError) -> T:
        for pause in PAUSES:
            if (found := look()) is not None:
                return found
            self._pause(pause)
        raise error

    def _pause(self, seconds: float = PAUSES[0]) -> None:
        time.sleep(seconds * self._cloud.patience)


def only(records: list[T], what: str, where: str) -> T | None:
    """The one record, None when there is none.

    Raises:
        AmbiguousError: when there are several: names may repeat nearly everywhere in OpenStack.
    """
    if len(records) > 1:
        ids = ", ".join(record.id for record in records)
        raise AmbiguousError(f"{where}: there are {len(records)} {what} ({ids}); rename or delete all but one")
    return records[0] if records else None
