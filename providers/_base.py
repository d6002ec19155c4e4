"""The engine's rules, once.

When the engine calls what: `check` on every preview and up, before anything else, with unknowns in a preview; `diff` for what is
in the state; `create`, `update`, `delete` only in an up or destroy; `read` in a refresh. A subclass states its inputs and what
a change of each means, and implements `make`, `fetch`, `change` and `remove` on typed inputs; it never sees an unknown, a
`__provider` or a magic string. See docs/architecture.md for why providers hold no state and where credentials come from.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import pulumi
import pydantic
from pulumi import dynamic
from pulumi.runtime import rpc

from . import _host

Props = dict[str, Any]


class Inputs(pydantic.BaseModel):
    """What a resource is asked to be; unknown keys are errors, None means "not ours to say"."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


InputsT = TypeVar("InputsT", bound=Inputs)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    """What a create or an adoption leaves: `id`, and the outputs beyond the inputs."""

    id: str
    outputs: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Found:
    """What the server has: `inputs` as the program would have written them, `outputs` beyond those."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    id: str | None = None


class ExpectedError(Exception):
    """An error written for the operator: printed as it is, without the frames that led to it."""


def is_unknown(value: Any) -> bool:
    """Whether a preview doesn't know this value yet, or not all of it."""
    if isinstance(value, Mapping):
        return any(is_unknown(v) for v in value.values())
    if isinstance(value, (list, tuple)):
        return any(is_unknown(v) for v in value)
    return isinstance(value, pulumi.output.Unknown) or (isinstance(value, str) and value == rpc.UNKNOWN)


def plain(props: Mapping[str, Any]) -> Props:
    """A property bag without the engine's own keys and without nulls, which the engine drops on its way anyway."""
    return {k: v for k, v in props.items() if not k.startswith("__") and v is not None}


class Provider(dynamic.ResourceProvider, Generic[InputsT]):
    """Create, read, update and delete of one kind of object.

    Class attributes that a subclass states:
        inputs: the typed inputs.
        computed: names of the outputs beyond the inputs.
        replace_on: inputs whose change needs a new object.
        delete_first: whether the old object must go before the new one comes (its name is unique).
    """

    serialize_as_secret_always = False
    inputs: ClassVar[type[Inputs]]
    computed: ClassVar[tuple[str, ...]] = ()
    replace_on: ClassVar[frozenset[str]] = frozenset()
    delete_first: ClassVar[bool] = True

    # What a subclass implements.

    def make(self, inputs: InputsT) -> Made:
        """Creates the object, or adopts the one that its natural key finds."""
        raise TypeError(f"{type(self).__name__} must implement make")

    def fetch(self, id_: str, old: Props) -> Found | None:
        """Says what the server has now, None when it is gone. `old` holds the last outputs."""
        raise TypeError(f"{type(self).__name__} must implement fetch")

    def change(self, id_: str, old: Props, inputs: InputsT) -> Mapping[str, Any]:
        """Brings the object to `inputs`; returns the outputs beyond those."""
        raise TypeError(f"{type(self).__name__} must implement change")

    def remove(self, id_: str, old: Props) -> None:
        """Deletes the object, or puts an adopted one back; absence is success."""
        raise TypeError(f"{type(self).__name__} must implement remove")

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        """Yields (input, reason) for what types can't say. `news` may hold unknowns."""
        yield from ()

    def same(self, name: str, old: Any, new: Any) -> bool:
        """Whether two values of an input mean the same; both are normalised."""
        return bool(old == new)

    # What the engine calls.

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Keeps the stack's configuration for `setting` and widens the host."""
        _host.widen()
        self._config = req.config

    def setting(self, key: str) -> str | None:
        """A value of the stack's configuration by its full key, e.g. "maas:apiUrl"."""
        value = self._config.get(key)
        return None if value is None else str(value)

    def check(self, _olds: Props, news: Props) -> dynamic.CheckResult:
        """Validates the news and returns them normalised; what a preview doesn't know yet passes as it is."""
        known = {k: v for k, v in plain(news).items() if not is_unknown(v)}
        unknown = {k: v for k, v in plain(news).items() if k not in known}
        failures = [dynamic.CheckFailure(*f) for f in self._failures(known, unknown)]
        if not failures:
            failures = [dynamic.CheckFailure(*f) for f in self.refusals({**known, **unknown})]
        if failures:
            return dynamic.CheckResult({**known, **unknown}, failures)
        return dynamic.CheckResult({**self._normalised(known), **unknown}, [])

    def diff(self, _id: str, olds: Props, news: Props) -> dynamic.DiffResult:
        """Compares input by input what is (the last outputs) with what is asked."""
        changed = self.changed(olds, news)
        replaces = sorted(self.replaces(changed, olds, news))
        return dynamic.DiffResult(
            changes=bool(changed), replaces=replaces, delete_before_replace=bool(replaces) and self.delete_first
        )

    def create(self, props: Props) -> dynamic.CreateResult:
        """Makes the object; the outputs are the inputs and what `make` adds."""
        with _clean_errors():
            inputs = self.parse(props)
            made = self.make(inputs)
        return dynamic.CreateResult(made.id, {**self._dump(inputs), **made.outputs})

    def read(self, id_: str, props: Props) -> dynamic.ReadResult:
        """Reports what is there, limited to the inputs that the program manages, so that drift shows field by field."""
        old = plain(props)
        with _clean_errors():
            found = self.fetch(id_, old)
        if found is None:
            return dynamic.ReadResult("", {})
        managed = {k: v for k, v in found.inputs.items() if v is not None and (k in old or k in self._required())}
        kept = {k: v for k, v in old.items() if k in self.inputs.model_fields and k not in found.inputs}
        outs = {**{k: v for k, v in old.items() if k in self.computed}, **found.outputs}
        return dynamic.ReadResult(found.id or id_, {**outs, **kept, **managed}, {**kept, **managed})

    def update(self, id_: str, olds: Props, news: Props) -> dynamic.UpdateResult:
        """Changes the object in place; outputs that `change` leaves out are kept."""
        old = plain(olds)
        with _clean_errors():
            inputs = self.parse(news)
            extra = self.change(id_, old, inputs)
        kept = {k: v for k, v in old.items() if k in self.computed}
        return dynamic.UpdateResult({**kept, **self._dump(inputs), **extra})

    def delete(self, id_: str, props: Props) -> None:
        """Removes the object."""
        with _clean_errors():
            self.remove(id_, plain(props))

    # Shared pieces.

    def parse(self, props: Mapping[str, Any]) -> InputsT:
        """The typed inputs of a bag that may also hold outputs."""
        wanted = {k: v for k, v in plain(props).items() if k in self.inputs.model_fields}
        return self.inputs.model_validate(wanted)  # type: ignore[return-value]

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """Names of the inputs that differ, unknown ones included."""
        old, new = plain(olds), plain(news)
        return {name for name in self.inputs.model_fields if not self._equal(name, old.get(name), new.get(name))}

    def replaces(self, changed: set[str], olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """Which of the changed inputs need a new object."""
        return changed & self.replace_on

    def _equal(self, name: str, old: Any, new: Any) -> bool:
        if is_unknown(new):
            return False
        if old is None or new is None:
            return old is None and new is None
        return self.same(name, old, new)

    def _failures(self, known: Props, unknown: Props) -> Iterator[tuple[str, str]]:
        try:
            self.inputs.model_validate(known)
        except pydantic.ValidationError as error:
            for item in error.errors():
                if item["loc"] and str(item["loc"][0]) in unknown:
                    continue
                yield ".".join(map(str, item["loc"])), self._reason(item)

    def _reason(self, item: Any) -> str:
        if item["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(item["loc"][-1]), self.inputs.model_fields, n=1)
            return "there is no such input" + (f"; did you mean {near[0]!r}?" if near else "")
        shown = "" if item["type"] == "missing" else f" (got {item['input']!r})"
        return f"{item['msg']}{shown}"

    def _normalised(self, known: Props) -> Props:
        try:
            return self._dump(self.inputs.model_validate(known))
        except pydantic.ValidationError:  # a required input is unknown yet: the rest goes as it is
            return known

    def _dump(self, inputs: Inputs) -> Props:
        return inputs.model_dump(mode="json", exclude_none=True)

    def _required(self) -> set[str]:
        return {name for name, field in self.inputs.model_fields.items() if field.is_required()}


class Resource(dynamic.Resource):
    """A dynamic resource whose provider is a class attribute; subclasses name their type by class keywords."""

    provider_class: ClassVar[type[Provider[Any]]]

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        computed = dict.fromkeys(self.provider_class.computed)
        super().__init__(self.provider_class(), name, {**computed, **props}, opts)


@contextlib.contextmanager
def _clean_errors() -> Iterator[None]:
    """Takes the frames out of an expected error: the host prints the whole traceback of what is raised."""
    try:
        yield
    except ExpectedError as error:
        raise error.with_traceback(None) from None
