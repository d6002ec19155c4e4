"""What all Juju resources share: the way to the controller, waiting, and what to do when a connection breaks at a bad moment."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, TypeVar

from pulumi import dynamic

from clients import juju
from clients.errors import DeadlineError
from clients.juju import store

from .. import _intents, _settings
from .._base import ExpectedError, Found, Inputs, InputsT, Props, Provider
from . import _outage, _settling
from ._saying import say, span

__all__ = ["MARK", "InModel", "InModelProvider", "JujuProvider", "OnController", "folder_of", "lost", "say", "span"]

T = TypeVar("T")

MARK: Final = "pulumi-name"
"""The annotation on what this program made; it holds the name that the program gave it."""

_GRACEFUL = 900.0
_FORCED = 300.0


class OnController(Inputs):
    """Lives on a controller; without a name it is the one of juju:controller."""

    controller: str | None = None


class InModel(OnController):
    """Lives in a model, which its UUID names."""

    model: str


class JujuProvider(Provider[InputsT]):
    """A provider of something on a Juju controller.

    A call whose outcome a broken connection hides is made again from the start: every `make`, `change` and `remove` looks
    first at what is there.

    Class attributes that a subclass states beyond the base's:
        attempts: how often that is; 1 where a look can't tell.
    """

    attempts: ClassVar[int] = 3
    libraries: ClassVar[tuple[str, ...]] = ("clients.juju._libjuju",)

    def settings(self) -> dict[str, Any]:
        """The stack's configuration for Juju."""
        return _settings.section(self.setting, "juju")

    def folder(self) -> pathlib.Path:
        """The client store's folder."""
        named = self.settings().get("data_dir")
        return pathlib.Path(named).expanduser() if named else store.default_folder()

    def store(self) -> juju.ClientStore:
        """The client store."""
        return juju.ClientStore(self.folder())

    def controller(self, name: str | None) -> juju.Controller:
        """The controller by its name, over the connection that everybody shares; waits for one that is switched off."""
        access = self._access(name)
        return _outage.reached(juju.connect(access), min(_outage.PATIENCE, self.timeout()))

    def _access(self, name: str | None) -> juju.Access:
        settings = self.settings()
        name = name or settings.get("controller")
        if not name:
            raise ExpectedError("which Juju controller? Give the input controller, or set juju:controller")
        addresses = settings.get("addresses") or ()
        if isinstance(addresses, str):
            addresses = tuple(word.strip() for word in addresses.split(",") if word.strip())
        return juju.Access(
            controller=name,
            folder=self.folder(),
            addresses=tuple(addresses),
            user=settings.get("user", "admin"),
            password=settings.get("password", ""),
            ca_cert=settings.get("ca_cert", ""),
            poll=_settings.number(settings, "poll_seconds", 5),
        )

    def timeout(self) -> float:
        """Seconds that a model may take to settle, and the bound of every other wait."""
        return _settings.number(self.settings(), "timeout_seconds", 7200)

    def intent(self, kind: str, key: str, controller: str | None = None) -> _intents.Intent:
        """What this checkout was about to make, by its natural key; tells our own half-made things from found ones."""
        server = "/".join([str(self.folder()), controller or str(self.settings().get("controller", ""))])
        return _intents.Intent(f"juju:{server}", kind, key)

    def create(self, props: Props) -> dynamic.CreateResult:
        return self._repeated(lambda: super(JujuProvider, self).create(props))

    def update(self, id_: str, olds: Props, news: Props) -> dynamic.UpdateResult:
        return self._repeated(lambda: super(JujuProvider, self).update(id_, olds, news))

    def delete(self, id_: str, props: Props) -> None:
        self._repeated(lambda: super(JujuProvider, self).delete(id_, props))

    def refreshed(self, id_: str, old: Props) -> Found | None:
        """What the controller says; while it is switched off, what is known."""
        with _outage.reading() as asked:
            try:
                return super().refreshed(id_, old)
            except juju.Silent as error:
                if not _outage.keeps(asked, error):
                    raise
                return Found(inputs={})

    def _repeated(self, work: Callable[[], T]) -> T:
        for attempt in range(1, self.attempts):
            try:
                return work()
            except juju.Unknown:
                time.sleep(0.2 * attempt)
        return work()


class InModelProvider(JujuProvider[InputsT]):
    """A provider of something in a model: gone when the model, or its controller, is gone."""

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """Says what the model has now; NotFound is gone."""
        raise TypeError(f"{type(self).__name__} must implement look")

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """Takes it out of the model; NotFound is success."""
        raise TypeError(f"{type(self).__name__} must implement end")

    def model(self, inputs: InModel) -> juju.Model:
        """The model that the inputs name."""
        return self.controller(inputs.controller).model(inputs.model)

    def old_model(self, old: Mapping[str, Any]) -> juju.Model:
        """The model that the last outputs name."""
        return self.controller(old.get("controller")).model(old["model"])

    def fetch(self, id_: str, old: Props) -> Found | None:
        try:
            return self.look(id_, old, self.old_model(old))
        except (juju.NotFound, juju.NoController):
            return None

    def remove(self, id_: str, old: Props) -> None:
        try:
            self.end(id_, old, self.old_model(old))
        except (juju.NotFound, juju.NoController):
            return

    def own(self, kind: str, inputs: Mapping[str, Any], key: str) -> _intents.Intent:
        """What this checkout was about to make in the model; forgotten with the model, if not before."""
        model = str(inputs["model"])
        return _intents.Intent(f"juju:{model}", kind, key, folder_of(model))

    def until_gone(
        self,
        model: juju.Model,
        left: Callable[[juju.Status], str | None],
        what: str,
        force: Callable[[], None] | None = None,
        machine: str | None = None,
    ) -> None:
        """Waits until something is gone; asks once by force when it doesn't go by itself.

        Args:
            model: where it is.
            left: what is still there and how it stands; None when nothing is.
            what: its name, for messages.
            force: asks again, by force.
            machine: what it lives on; when nobody answers there any more, waiting for a graceful end is in vain.

        Raises:
            ExpectedError: when it is still there; names what holds it.
        """

        def wait(seconds: float, on: str | None = None) -> None:
            model.wait(
                lambda s: left(s) is None or (on is not None and lost(s, on)),
                seconds=seconds,
                describe=lambda s: (s and left(s)) or f"{what} to go",
            )

        seconds = min(self.timeout(), _GRACEFUL)
        try:
            wait(seconds, machine if force else None)
            if left(model.status()) is None:
                return
        except DeadlineError as error:
            if force is None:
                raise ExpectedError(f"{what} is still there: {error}") from None
        say(f"{what}: doesn't go by itself, removing it by force")
        try:
            if force is not None:
                force()
            wait(_FORCED)
        except juju.NotFound:
            return
        except DeadlineError as error:
            raise ExpectedError(f"{what} is still there, even after its removal by force: {error}") from None


def unsaid(inputs: type[Inputs], olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
    """Inputs that are as they are by default, in the state of a version that didn't have them yet."""
    absent = {name: field for name, field in inputs.model_fields.items() if olds.get(name) is None and not field.is_required()}
    return {name for name, field in absent.items() if news.get(name) == field.get_default(call_default_factory=True)}


def lost(status: juju.Status, machine: str) -> bool:
    """Whether the host of a machine or container has been silent for longer than a restart takes."""
    host = status.machines.get(machine.partition("/")[0])
    return host is not None and host.agent.current == "down" and status.at - host.agent.since >= _settling.AGENT_GRACE


def folder_of(model: str) -> pathlib.Path:
    """Where it is noted what this checkout was about to make in a model."""
    return _intents.FOLDER / "juju" / model
