"""The life of an object that LXD keeps whole: found by name, posted, put, deleted.

Most of LXD's objects are a name, a description, a config and perhaps devices, changed by reading all and putting all back. A
subclass says where its objects are and what their bodies look like; this module says how creation survives an interruption, how
an object that was there before is given back as it was, and how drift is told from what LXD filled in by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar

import pydantic

from clients import lxd as client

from .. import _intents
from .._base import ExpectedError, Found, Made, Props
from . import _config
from ._lxd import LxdInputs, LxdProvider, attempt, identity

Body = dict[str, Any]

ADOPTED = "adopted"
BEFORE = "before"


class ObjectInputs(LxdInputs):
    """What every such object has."""

    name: str
    description: str = ""
    config: _config.Config = pydantic.Field(default_factory=dict)


InputsT = TypeVar("InputsT", bound=LxdInputs)


class ObjectProvider(LxdProvider[InputsT]):
    """Creates, reads, changes and deletes objects of one collection.

    Attributes:
        collection: the place of the collection, e.g. ("profiles",).
        filled: config keys that LXD fills in by itself.
        noun: what an object is called in messages.
        configurable: whether the objects have a config.
        fixed: inputs that an object which is there already must agree in to be adopted.
    """

    collection: ClassVar[tuple[str, ...]]
    filled: ClassVar[_config.Filled] = _config.Filled()
    noun: ClassVar[str]
    fixed: ClassVar[tuple[str, ...]] = ()
    configurable: ClassVar[bool] = True
    computed: ClassVar[tuple[str, ...]] = (ADOPTED, BEFORE)

    # What a subclass may say differently.

    def at(self, inputs: InputsT) -> tuple[str, ...]:
        """The place of the object."""
        return (*self.home(inputs), str(inputs.name))  # type: ignore[attr-defined] # most have a name; others override this

    def home(self, inputs: InputsT) -> tuple[str, ...]:
        """The place of its collection."""
        return self.collection

    def project(self, inputs: InputsT) -> str | None:
        """The project that it is in; None when its kind isn't in projects."""
        return getattr(inputs, "project", None)

    def editable(self, inputs: InputsT) -> Body:
        """What a change puts, besides the config."""
        return {"description": inputs.description}  # type: ignore[attr-defined] # likewise

    def fresh(self, inputs: InputsT) -> Body:
        """What creation posts, besides the config."""
        return {"name": inputs.name, **self.editable(inputs)}  # type: ignore[attr-defined] # likewise

    def seen(self, actual: client.Object, old: InputsT) -> dict[str, Any]:
        """The inputs as the program would have written them to get what is there, besides the config."""
        return {"description": actual.description}

    def outputs(self, lxd: client.Lxd, actual: client.Object, inputs: InputsT) -> dict[str, Any]:
        """The outputs beyond the inputs."""
        return {}

    def post(self, lxd: client.Lxd, inputs: InputsT, body: Body) -> None:
        """Creates the object."""
        lxd.create(*self.home(inputs), body=body, project=self.project(inputs))

    def key(self, inputs: InputsT) -> str:
        """The object's id."""
        project = self.project(inputs)
        return identity(inputs.remote, *([project] if project else []), *self.at(inputs)[1::2])

    # The life.

    def make(self, inputs: InputsT) -> Made:
        lxd = self.lxd(inputs.remote)
        actual = self.find(lxd, inputs)
        kept: dict[str, Any] = {}
        if actual is None:
            actual = self._create(lxd, inputs)
        elif self.intent(lxd, inputs).recall() is None:
            self._agree(lxd, actual, inputs)
            kept = {ADOPTED: True, BEFORE: {"config": dict(actual.config), **self._put_back(actual)}}
        actual = self._bring(lxd, actual, inputs, {})
        return Made(id=self.key(inputs), outputs={**self.outputs(lxd, actual, inputs), **kept})

    def fetch(self, id_: str, old: Props) -> Found | None:
        inputs = self.parse(old)
        lxd = self.lxd(inputs.remote)
        actual = self.find(lxd, inputs)
        if actual is None:
            return None
        return Found(inputs=self._shown(actual, inputs), outputs=self.outputs(lxd, actual, inputs), id=self.key(inputs))

    def change(self, id_: str, old: Props, inputs: InputsT) -> Mapping[str, Any]:
        lxd = self.lxd(inputs.remote)
        actual = lxd.get(*self.at(inputs), project=self.project(inputs))
        return self.outputs(lxd, self._bring(lxd, actual, inputs, old.get("config") or {}), inputs)

    def remove(self, id_: str, old: Props) -> None:
        inputs = self.parse(old)
        lxd = self.lxd(inputs.remote)
        if old.get(ADOPTED):
            self._give_back(lxd, inputs, old.get(BEFORE) or {})
        else:
            self._delete(lxd, inputs)
        self.intent(lxd, inputs).forget()

    def intent(self, lxd: client.Lxd, inputs: InputsT) -> _intents.Intent:
        """The note that this program is about to make the object; one that is there without it was there before."""
        return _intents.Intent(f"lxd {lxd.remote.where}", self.noun, self.key(inputs))

    def find(self, lxd: client.Lxd, inputs: InputsT) -> client.Object | None:
        """What is there by this name."""
        return lxd.find(*self.at(inputs), project=self.project(inputs))

    # Pieces.

    def _create(self, lxd: client.Lxd, inputs: InputsT) -> client.Object:
        body = {**self.fresh(inputs), **self._with(_config.meant(self._asked(inputs)))}
        intent = self.intent(lxd, inputs)
        intent.note()
        try:
            return attempt(lambda: self.post(lxd, inputs, body), lambda: self.find(lxd, inputs))
        except client.RefusedError:  # and nothing is there
            intent.forget()
            raise

    def _delete(self, lxd: client.Lxd, inputs: InputsT) -> None:
        """Deletes, and says who uses the object where LXD only says that it is in use."""
        try:
            lxd.remove(*self.at(inputs), project=self.project(inputs))
        except client.RefusedError as error:
            found = self.find(lxd, inputs)
            users = [path.removeprefix("/1.0/") for path in found.used_by] if found else []
            if not users:
                raise
            raise ExpectedError(f"{error} (used by {', '.join(users)}); remove what uses it first") from error

    def _bring(self, lxd: client.Lxd, actual: client.Object, inputs: InputsT, before: Mapping[str, str]) -> client.Object:
        """Makes the object as asked, and returns it as it is then; one that is so already isn't touched."""
        if not self._differs(actual, inputs):
            return actual

        def changed(current: client.Object) -> Body:
            config = _config.whole(current.config, self._asked(inputs), before, self.filled)
            return {**self.editable(inputs), **self._with(config)}

        place, project = self.at(inputs), self.project(inputs)
        lxd.modify(*place, project=project, change=changed)
        return lxd.get(*place, project=project)

    def _differs(self, actual: client.Object, inputs: InputsT) -> bool:
        wanted = inputs.model_dump(mode="json")
        return any(not self.same(name, value, wanted[name]) for name, value in self._shown(actual, inputs).items())

    def _shown(self, actual: client.Object, inputs: InputsT) -> dict[str, Any]:
        config = _config.shown(actual.config, self._asked(inputs), self.filled)
        return {**self.seen(actual, inputs), **self._with(config)}

    def _agree(self, lxd: client.Lxd, actual: client.Object, inputs: InputsT) -> None:
        seen, wanted = self.seen(actual, inputs), inputs.model_dump(mode="json")
        for name in self.fixed:
            if seen[name] != wanted[name]:
                raise ExpectedError(
                    f"LXD at {lxd.remote.where} has a {self.noun} {actual.name} already, with {name} {seen[name]!r} and not"
                    f" {wanted[name]!r}, which can't be changed: remove it, or choose another name"
                )

    def _put_back(self, actual: client.Object) -> Body:
        """What an adopted object is given back, besides its config."""
        return {"description": actual.description}

    def _give_back(self, lxd: client.Lxd, inputs: InputsT, before: Mapping[str, Any]) -> None:
        def changed(current: client.Object) -> Body:
            kept = {k: v for k, v in current.config.items() if k in self.filled}
            return {**self.editable(inputs), **before, **self._with({**kept, **before.get("config", {})})}

        if self.find(lxd, inputs) is not None:
            lxd.modify(*self.at(inputs), project=self.project(inputs), change=changed)

    def same(self, name: str, old: Any, new: Any) -> bool:
        if name == "config":
            return _config.meant(old) == _config.meant(new)
        return bool(old == new)

    def _with(self, config: Mapping[str, str]) -> Body:
        return {"config": dict(config)} if self.configurable else {}

    @staticmethod
    def _asked(inputs: LxdInputs) -> dict[str, str]:
        return dict(getattr(inputs, "config", {}))

    def refused_where(self, inputs: Props, keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yields a refusal for each of these inputs that is set: what only makes sense in a cluster."""
        yield from ((name, reason) for name, reason in keys.items() if inputs.get(name))
