"""The engine's rules, once.

When the engine calls what: `check` on every preview and up, before anything else, with unknowns in a preview; `diff` for what is
in the state; `create`, `update`, `delete` only in an up or destroy; `read` in a refresh. A subclass states its inputs and what
a change of each means, and implements `make`, `fetch`, `change` and `remove` on typed inputs; it never sees an unknown, a
`__provider` or a magic string. See docs/architecture.md for why providers hold no state and where credentials come from.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import pulumi
import pydantic
from pulumi import dynamic

from . import _checking, _errors, _host
from ._checking import Inputs, Props, is_unknown, plain
from ._errors import ExpectedError
from ._results import Found, Made

__all__ = ["ExpectedError", "Found", "Inputs", "Made", "Props", "Provider", "Resource", "is_unknown", "plain"]

InputsT = TypeVar("InputsT", bound=Inputs)


class Provider(dynamic.ResourceProvider, Generic[InputsT]):
    """Create, read, update and delete of one kind of object.

    Class attributes that a subclass states:
        inputs: the typed inputs.
        computed: names of the outputs beyond the inputs.
        secret: names of the inputs and outputs that are secrets: encrypted in the state, absent from errors.
        replace_on: inputs whose change needs a new object.
        delete_first: whether the old object must go before the new one comes (its name is unique).
        libraries: modules that its client imports when it first speaks to its server.
    """

    serialize_as_secret_always = False
    inputs: ClassVar[type[Inputs]]
    computed: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[frozenset[str]] = frozenset()
    replace_on: ClassVar[frozenset[str]] = frozenset()
    delete_first: ClassVar[bool] = True
    libraries: ClassVar[tuple[str, ...]] = ()

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
        """Yields (input, reason) for what types can't say. `news` are normalised, and may hold unknowns."""
        yield from ()

    def same(self, name: str, old: Any, new: Any) -> bool:
        """Whether two values of an input mean the same; both are normalised."""
        return bool(old == new)

    # What the engine calls.

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Keeps the stack's configuration for `setting`, widens the host and teaches it to print expected errors plainly.

        The host makes one provider at a time ready, so this is also where the libraries are imported: two threads that import
        parts of one library at once find it half made.
        """
        for library in self.libraries:
            importlib.import_module(library)
        _host.widen()
        _host.print_plainly(_errors.EXPECTED)
        self._config = req.config

    def setting(self, key: str) -> str | None:
        """A value of the stack's configuration by its full key, e.g. "maas:apiUrl"."""
        value = self._config.get(key)
        return None if value is None else str(value)

    def check(self, _olds: Props, news: Props) -> dynamic.CheckResult:
        """Validates the news and returns them normalised; what a preview doesn't know yet passes as it is."""
        asked = plain(news)
        failures = list(_checking.failures(self.inputs, asked, self.secret))
        if not failures:
            asked = _checking.normalised(self.inputs, asked)
            failures = list(self.refusals(asked))
        return dynamic.CheckResult(asked, [dynamic.CheckFailure(*failure) for failure in failures])

    def diff(self, _id: str, olds: Props, news: Props) -> dynamic.DiffResult:
        """Compares input by input what is (the last outputs) with what is asked."""
        changed = self.changed(olds, news)
        replaces = sorted(self.replaces(changed, plain(olds), plain(news)))
        return dynamic.DiffResult(
            changes=bool(changed), replaces=replaces, delete_before_replace=bool(replaces) and self.delete_first
        )

    def create(self, props: Props) -> dynamic.CreateResult:
        """Makes the object; the outputs are the inputs and what `make` adds."""
        with _errors.clean():
            inputs = self.parse(props)
            made = self.make(inputs)
        return dynamic.CreateResult(made.id, {**_checking.dump(inputs), **made.outputs})

    def read(self, id_: str, props: Props) -> dynamic.ReadResult:
        """Reports what is there, limited to the inputs that the program manages, so that drift shows field by field.

        What means the same as before is reported as it was written before: another spelling is no drift.
        """
        old = plain(props)
        with _errors.clean():
            found = self.refreshed(id_, old)
        if found is None:
            return dynamic.ReadResult("", {})
        seen = {k: v for k, v in plain(found.inputs).items() if k in old or k in self._required()}
        managed = {k: old[k] if k in old and self.same(k, v, old[k]) else v for k, v in seen.items()}
        kept = {k: v for k, v in old.items() if k in self.inputs.model_fields and k not in found.inputs}
        outs = {**{k: v for k, v in old.items() if k in self.computed}, **found.outputs}
        return dynamic.ReadResult(found.id or id_, {**outs, **kept, **managed}, {**kept, **managed})

    def update(self, id_: str, olds: Props, news: Props) -> dynamic.UpdateResult:
        """Changes the object in place; outputs that `change` leaves out are kept."""
        old = plain(olds)
        with _errors.clean():
            inputs = self.parse(news)
            extra = self.change(id_, old, inputs)
        kept = {k: v for k, v in old.items() if k in self.computed}
        return dynamic.UpdateResult({**kept, **_checking.dump(inputs), **extra})

    def delete(self, id_: str, props: Props) -> None:
        """Removes the object."""
        with _errors.clean():
            self.remove(id_, plain(props))

    def refreshed(self, id_: str, old: Props) -> Found | None:
        """What a refresh goes by: what the server says, or for a base whose server may be away, what is known of it."""
        return self.fetch(id_, old)

    def parse(self, props: Mapping[str, Any]) -> InputsT:
        """The typed inputs of a bag that may also hold outputs.

        Raises:
            ExpectedError: when a value that a preview didn't know yet turns out not to fit.
        """
        wanted = {k: v for k, v in plain(props).items() if k in self.inputs.model_fields}
        try:
            return self.inputs.model_validate(wanted)  # type: ignore[return-value] # a class variable can't be generic
        except pydantic.ValidationError:
            reasons = _checking.failures(self.inputs, wanted, self.secret)
            raise ExpectedError("; ".join(f"{name}: {reason}" for name, reason in reasons)) from None

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

    def _required(self) -> set[str]:
        return {name for name, field in self.inputs.model_fields.items() if field.is_required()}


class Resource(dynamic.Resource):
    """A dynamic resource whose provider is a class attribute; subclasses name their type by class keywords."""

    provider_class: ClassVar[type[Provider[Any]]]

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        provider = self.provider_class
        veiled = {k: pulumi.Output.secret(v) if k in provider.secret and v is not None else v for k, v in props.items()}
        secret = pulumi.ResourceOptions(additional_secret_outputs=sorted(provider.secret))
        opts = pulumi.ResourceOptions.merge(opts, secret) if provider.secret else opts
        super().__init__(self._made_provider(opts), name, {**dict.fromkeys(provider.computed), **veiled}, opts)

    def _made_provider(self, _opts: pulumi.ResourceOptions | None) -> Provider[Any]:
        """The provider to register with; what it holds is stored with the resource, so it holds nothing."""
        return self.provider_class()
