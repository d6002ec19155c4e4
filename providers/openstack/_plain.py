"""Objects of OpenStack that are no more than their fields: found by a natural key, adopted, changed field by field, put back.

A subclass says where the objects are and how its inputs and the service's fields go together; this module says what that means
for create, read, update and delete.
"""

from __future__ import annotations

import abc
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from clients import openstack
from clients.openstack import Collection, Record

from .. import _base
from .._intents import Intent
from ._cloud import CloudProvider, OnCloud

InputsT = TypeVar("InputsT", bound=OnCloud)
RecordT = TypeVar("RecordT", bound=Record)

OUTPUTS = ("adopted", "before")
"""What every adoptable object tells: whether it was there before us, and the values that we changed, as JSON texts: the state
can't hold a null."""


class PlainProvider(CloudProvider[InputsT], abc.ABC, Generic[InputsT, RecordT]):
    """Create, read, update and delete of an object that is its fields.

    Class attributes that a subclass states beyond the base's:
        noun: what OpenStack calls the object.
        names: the inputs that are fields of the object, and the fields' names; those of them in `replace_on` can't be changed, so
            an object that is adopted must have them already.
        defaults: what a field becomes when the program stops saying it; absent: it stays.
        hidden: inputs that the service never tells, such as passwords; they can't be put back.
    """

    noun: ClassVar[str]
    names: ClassVar[Mapping[str, str]] = {}
    defaults: ClassVar[Mapping[str, Any]] = {}
    hidden: ClassVar[frozenset[str]] = frozenset()

    # What a subclass implements.

    @abc.abstractmethod
    def label(self, inputs: InputsT) -> str:
        """The natural key, for messages and intents."""

    @abc.abstractmethod
    def collection(self, cloud: openstack.Cloud) -> Collection[RecordT]:
        """Where the objects are."""

    @abc.abstractmethod
    def find(self, cloud: openstack.Cloud, inputs: InputsT) -> RecordT | None:
        """The object that the natural key finds."""

    # What fits most objects, and may be overridden for others.

    def outputs(self, record: RecordT) -> dict[str, Any]:
        """Outputs beyond the inputs, `adopted` and `before`."""
        return {}

    def seen(self, record: RecordT) -> dict[str, Any]:
        """The object's fields under the names of the inputs."""
        told = {name: field for name, field in self.names.items() if name not in self.hidden}
        return {name: _listed(getattr(record, field)) for name, field in told.items()}

    def fields(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs as the service's fields."""
        return {self.names[name]: value for name, value in wanted.items()}

    def read_one(self, cloud: openstack.Cloud, id_: str) -> RecordT | None:
        """The object by its id."""
        return self.collection(cloud).read(id_)

    def add(self, cloud: openstack.Cloud, inputs: InputsT, fields: Mapping[str, Any]) -> RecordT:
        """Creates the object."""
        return self.collection(cloud).create(self.label(inputs), lambda: self.find(cloud, inputs), **fields)

    def edit(self, cloud: openstack.Cloud, record: RecordT, fields: Mapping[str, Any]) -> RecordT:
        """Changes fields of the object."""
        return self.collection(cloud).update(record.id, **fields)

    def drop(self, cloud: openstack.Cloud, record: RecordT) -> None:
        """Deletes the object."""
        self.collection(cloud).delete(record.id)

    def id_of(self, record: RecordT) -> str:
        """The id that the state keeps."""
        return record.id

    # What the base calls.

    def make(self, inputs: InputsT) -> _base.Made:
        cloud = self.cloud(inputs.cloud)
        intent = self.intent_in(cloud, self.noun, self.label(inputs))
        wanted = self.wanted(inputs)
        found = self.find(cloud, inputs)
        if found is not None:
            return self._adopt(cloud, intent, found, wanted)
        intent.note(adopted=False, before={})
        try:
            record = self.add(cloud, inputs, self.fields(wanted))
        except (openstack.RefusedError, openstack.ConflictError, openstack.QuotaError, openstack.ForbiddenError) as error:
            intent.forget()
            found = self.find(cloud, inputs) if isinstance(error, openstack.ConflictError) else None
            if found is None:
                raise
            return self._adopt(cloud, intent, found, wanted)  # a project's default group comes when it is first asked for
        return self._made(record, adopted=False, before={})

    def look(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> _base.Found | None:
        record = self.read_one(cloud, id_)
        if record is None:  # what comes in its place one day will be somebody else's
            self.intent_in(cloud, self.noun, self.label(self.parse(old))).forget()
            return None
        return _base.Found(inputs=self.seen(record), outputs=self.outputs(record), id=self.id_of(record))

    def change(self, id_: str, old: _base.Props, inputs: InputsT) -> Mapping[str, Any]:
        cloud = self.cloud(inputs.cloud)
        record = self.read_one(cloud, id_)
        if record is None:
            raise self.gone(f"{self.noun} {self.label(inputs)}")
        before = dict(old.get("before") or {})
        wanted = {**self._given_up(old, inputs, before), **self.wanted(inputs)}
        seen = self.seen(record)
        news = self._news(seen, wanted)
        if old.get("adopted"):
            # what was as asked when it was adopted is in the last outputs, what we never said is in OpenStack
            before = {**{k: json.dumps(old.get(k, seen.get(k))) for k in news.keys() - self.hidden}, **before}
        if news:
            record = self.edit(cloud, record, self.fields(news))
        self._move(cloud, self.label(self.parse(old)), self.label(inputs), adopted=bool(old.get("adopted")), before=before)
        return {**self.outputs(record), "before": before}

    def end(self, id_: str, old: _base.Props, cloud: openstack.Cloud) -> None:
        record = self.read_one(cloud, id_)
        if record is not None and old.get("adopted"):
            self._put_back(cloud, record, old.get("before") or {})
        elif record is not None:
            self.drop(cloud, record)
        self.intent_in(cloud, self.noun, self.label(self.parse(old))).forget()

    # How.

    def wanted(self, inputs: InputsT) -> dict[str, Any]:
        """The fields that the program says something of, under the names of the inputs."""
        return inputs.model_dump(mode="json", exclude_none=True, include=set(self.names))

    def _adopt(self, cloud: openstack.Cloud, intent: Intent, found: RecordT, wanted: Mapping[str, Any]) -> _base.Made:
        seen = self.seen(found)
        news = self._news(seen, wanted)
        clash = sorted(news.keys() & self.replace_on)
        if clash:
            told = "; ".join(f"{k} is {seen.get(k)!r} there and {wanted[k]!r} here" for k in clash)
            raise _base.ExpectedError(
                f"{cloud.where} already has this {self.noun} (id {found.id}), but {told}, which can't be changed: delete it, or "
                "say what it is"
            )
        noted = intent.recall() or {"adopted": True, "before": {}}
        before = (
            {**{k: json.dumps(seen.get(k)) for k in news.keys() - self.hidden}, **noted["before"]} if noted["adopted"] else {}
        )
        intent.note(adopted=noted["adopted"], before=before)
        record = self.edit(cloud, found, self.fields(news)) if news else found
        return self._made(record, adopted=bool(noted["adopted"]), before=before)

    def _put_back(self, cloud: openstack.Cloud, record: RecordT, before: Mapping[str, str]) -> None:
        news = self._news(self.seen(record), {k: json.loads(text) for k, text in before.items()})
        if news:
            self.edit(cloud, record, self.fields(news))

    def _news(self, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What is wanted and not there yet."""

        def fits(name: str, value: Any) -> bool:
            there = seen.get(name)
            return value is None if there is None else value is not None and self.same(name, there, value)

        return {name: value for name, value in wanted.items() if not fits(name, value)}

    def _given_up(self, old: _base.Props, inputs: InputsT, before: dict[str, str]) -> dict[str, Any]:
        """What the program no longer says goes back to what it was before us, or to the service's default."""
        gone = [name for name in self.names if name in old and getattr(inputs, name) is None]
        back: dict[str, Any] = {}
        for name in gone:
            if name in before:
                back[name] = json.loads(before.pop(name))
            elif name in self.defaults:
                back[name] = self.defaults[name]
        return back

    def _made(self, record: RecordT, *, adopted: bool, before: Mapping[str, str]) -> _base.Made:
        return _base.Made(id=self.id_of(record), outputs={**self.outputs(record), "adopted": adopted, "before": dict(before)})

    def _move(self, cloud: openstack.Cloud, old: str, new: str, **noted: Any) -> None:
        """Lets the note follow a natural key that changed in place: the old key may be another's tomorrow."""
        if old != new:
            self.intent_in(cloud, self.noun, new).note(**noted)
            self.intent_in(cloud, self.noun, old).forget()


def owner(cloud: openstack.Cloud, project: str | None) -> str:
    """The project that an object belongs to: the one that is given, or our own."""
    return project or cloud.project_id()


def _listed(value: Any) -> Any:
    """A record's tuples and maps as the plain values of a property bag."""
    if isinstance(value, tuple):
        return [_listed(v) for v in value]
    return {k: _listed(v) for k, v in value.items()} if isinstance(value, Mapping) else value
