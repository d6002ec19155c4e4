"""Objects of MAAS that are no more than their fields: found by a natural key, adopted, changed field by field, put back.

A subclass says where the objects are and how its inputs and MAAS's fields go together; this module says what that means for
create, read, update and delete.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from clients import maas
from clients.maas import Collection, errors

from .. import _base
from .._intents import Intent
from ._region import RegionProvider

InputsT = TypeVar("InputsT", bound=_base.Inputs)
RecordT = TypeVar("RecordT")

OUTPUTS = ("adopted", "before")
"""What every adoptable object tells: whether it was there before us, and the values that we changed (cleared ones as "")."""


class PlainProvider(RegionProvider[InputsT], abc.ABC, Generic[InputsT, RecordT]):
    """Create, read, update and delete of an object that is its fields.

    Class attributes that a subclass states beyond the base's:
        noun: what MAAS calls the object.
        fixed: inputs that an existing object must already have, since MAAS can't change them.
        ours: inputs that are not fields of MAAS's object.
        defaults: what an input means for MAAS when the program stops saying it; absent: cleared; None: left.
    """

    noun: ClassVar[str]
    fixed: ClassVar[frozenset[str]] = frozenset()
    ours: ClassVar[frozenset[str]] = frozenset()
    defaults: ClassVar[Mapping[str, Any]] = {}

    # What a subclass implements.

    @abc.abstractmethod
    def label(self, inputs: InputsT) -> str:
        """The natural key, for messages and intents."""

    @abc.abstractmethod
    def collection(self, region: maas.Maas) -> Collection[RecordT]:
        """Where the objects are."""

    @abc.abstractmethod
    def matches(self, record: RecordT, inputs: InputsT) -> bool:
        """Whether an object has the natural key."""

    @abc.abstractmethod
    def seen(self, record: RecordT) -> dict[str, Any]:
        """The object's fields under the names of the inputs."""

    def naming(self, inputs: InputsT) -> dict[str, Any]:
        """Fields that a create needs beside those that can change."""
        return {}

    def outputs(self, record: RecordT) -> dict[str, Any]:
        """Outputs beyond the inputs, `adopted` and `before`."""
        return {}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs as MAAS's form fields; the names are the same unless a subclass says otherwise."""
        return dict(wanted)

    def will_do(self, name: str, seen: Any, wanted: Any) -> bool:
        """Whether what MAAS has needs no change to be what is wanted."""
        return self.same(name, _clear(seen), _clear(wanted))

    # What fits objects of a collection, and may be overridden for others.

    def find(self, region: maas.Maas, inputs: InputsT) -> RecordT | None:
        """The object that the natural key finds."""
        return next((record for record in self.collection(region).list() if self.matches(record, inputs)), None)

    def look(self, region: maas.Maas, id_: str) -> RecordT | None:
        """The object by its id."""
        return self.collection(region).read(id_)

    def add(self, region: maas.Maas, inputs: InputsT, fields: Mapping[str, Any]) -> RecordT:
        """Creates the object with MAAS's fields."""
        asked = {**self.naming(inputs), **fields}
        return self.collection(region).create(self.label(inputs), lambda: self.find(region, inputs), **asked)

    def edit(self, region: maas.Maas, record: RecordT, fields: Mapping[str, Any]) -> RecordT:
        """Changes fields of the object."""
        return self.collection(region).update(self.id_of(record), **fields)

    def drop(self, region: maas.Maas, record: RecordT) -> None:
        """Deletes the object."""
        self.collection(region).delete(self.id_of(record))

    def id_of(self, record: RecordT) -> str:
        """The id that the state keeps."""
        return str(record.id)  # type: ignore[attr-defined] # what has no id of the database says its own

    # What the base calls.

    def make(self, inputs: InputsT) -> _base.Made:
        region = self.region()
        intent = self._intent(region, self.label(inputs))
        wanted = self._wanted(inputs)
        found = self.find(region, inputs)
        if found is not None:
            return self._adopt(region, intent, found, wanted)
        intent.note(adopted=False, before={})
        try:
            record = self.add(region, inputs, self.fields(wanted))
        except errors.Refused:
            intent.forget()
            raise
        return self._made(record, adopted=False, before={})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        region = self.region()
        record = self.look(region, id_)
        if record is None:  # what comes in its place one day will be somebody else's
            self._intent(region, self.label(self.parse(old))).forget()
            return None
        return _base.Found(inputs=self.seen(record), outputs=self.outputs(record), id=self.id_of(record))

    def change(self, id_: str, old: _base.Props, inputs: InputsT) -> Mapping[str, Any]:
        region = self.region()
        record = self.look(region, id_)
        if record is None:
            raise self.gone(f"{self.noun} {self.label(inputs)}")
        before = dict(old.get("before") or {})
        wanted = {**self._given_up(old, inputs, before), **self._wanted(inputs)}
        seen = self.seen(record)
        news = {k: v for k, v in wanted.items() if not self.will_do(k, seen.get(k), v)}
        if old.get("adopted"):
            # what was as asked when it was adopted is in the last outputs, what we never said is in MAAS
            before = {**{k: _clear(old.get(k, seen.get(k))) for k in news}, **before}
        if news:
            record = self.edit(region, record, self.fields(news))
        self._move(region, self.label(self.parse(old)), self.label(inputs), adopted=bool(old.get("adopted")), before=before)
        return {**self.outputs(record), "before": before}

    def remove(self, id_: str, old: _base.Props) -> None:
        region = self.region()
        record = self.look(region, id_)
        if record is not None and old.get("adopted"):
            self._put_back(region, record, old.get("before") or {})
        elif record is not None:
            self.drop(region, record)
        self._intent(region, self.label(self.parse(old))).forget()

    # How.

    def _adopt(self, region: maas.Maas, intent: Intent, found: RecordT, wanted: Mapping[str, Any]) -> _base.Made:
        seen = self.seen(found)
        news = {k: v for k, v in wanted.items() if not self.will_do(k, seen.get(k), v)}
        clash = sorted(news.keys() & self.fixed)
        if clash:
            told = "; ".join(f"{k} is {seen.get(k)!r} there and {wanted[k]!r} here" for k in clash)
            raise _base.ExpectedError(
                f"MAAS already has this {self.noun} (id {self.id_of(found)}), but {told}, which can't be changed"
            )
        noted = intent.recall() or {"adopted": True, "before": {}}
        before = {**{k: _clear(seen.get(k)) for k in news}, **noted["before"]} if noted["adopted"] else {}
        intent.note(adopted=noted["adopted"], before=before)
        record = self.edit(region, found, self.fields(news)) if news else found
        return self._made(record, adopted=bool(noted["adopted"]), before=before)

    def _put_back(self, region: maas.Maas, record: RecordT, before: Mapping[str, Any]) -> None:
        seen = self.seen(record)
        news = {k: v for k, v in before.items() if _clear(seen.get(k)) != v}
        if news:
            self.edit(region, record, self.fields(news))

    def _given_up(self, old: _base.Props, inputs: InputsT, before: dict[str, Any]) -> dict[str, Any]:
        """What the program no longer says goes back to what it was before us, or to MAAS's default."""
        gone = [k for k in self.inputs.model_fields.keys() - self.ours if k in old and getattr(inputs, k) is None]
        back = {k: before.pop(k) if k in before else self.defaults.get(k, "") for k in gone}
        return {k: v for k, v in back.items() if v is not None}

    def _wanted(self, inputs: InputsT) -> dict[str, Any]:
        return inputs.model_dump(mode="json", exclude_none=True, exclude=set(self.ours))

    def _made(self, record: RecordT, *, adopted: bool, before: Mapping[str, Any]) -> _base.Made:
        return _base.Made(id=self.id_of(record), outputs={**self.outputs(record), "adopted": adopted, "before": dict(before)})

    def _move(self, region: maas.Maas, old: str, new: str, **noted: Any) -> None:
        """Lets the note follow a natural key that changed in place: the old key may be another's tomorrow."""
        if old != new:
            self._intent(region, new).note(**noted)
            self._intent(region, old).forget()

    def _intent(self, region: maas.Maas, label: str) -> Intent:
        return Intent(region.session.url, self.noun, label)


def _clear(value: Any) -> Any:
    """Nothing as the form's empty text: the state can't hold a null."""
    if value is None or value in ((), []):
        return ""
    return list(value) if isinstance(value, tuple) else value
