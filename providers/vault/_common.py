"""What all Vault resources share: which units there are, the way to them, waiting, and the charm's actions."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeVar

import pydantic

from clients import juju, reach, vault
from clients.juju import actions

from .. import _settings
from .._base import ExpectedError, InputsT
from ..juju._common import InModel, InModelProvider, say
from ..juju.settled import SettledInputs, Wait

T = TypeVar("T")

PORT: Final = 8200
_ACTION_SECONDS: Final = 900.0


class OnVault(InModel):
    """A Vault, which is an application of a model.

    Attributes:
        application: its name.
        scheme: how its units are spoken to.
        server_ca: who vouches for their certificates (PEM), with https; without it those whom the system trusts.
    """

    application: str = "vault"
    scheme: Literal["http", "https"] = "http"
    server_ca: str | None = None


class ActionError(ExpectedError):
    """An action of the charm ended, but not well."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Member:
    """A unit and its Vault; `health` is None, and `trouble` says why, where nothing answers."""

    unit: juju.Unit
    server: vault.Vault
    health: vault.Health | None = None
    trouble: str = ""

    @property
    def open(self) -> bool:
        """Whether it answers and isn't sealed."""
        return self.health is not None and self.health.initialised and not self.health.sealed


@dataclasses.dataclass(frozen=True, kw_only=True)
class Given:
    """Keys and root token that the operator gives by the stack's configuration."""

    keys: tuple[str, ...] = dataclasses.field(repr=False)
    root_token: str = dataclasses.field(repr=False)


class VaultProvider(InModelProvider[InputsT]):
    """A provider of something in a Vault, or in the charm around it."""

    libraries = (*InModelProvider.libraries, "hvac")

    def openstack(self) -> dict[str, Any]:
        """The stack's configuration for OpenStack and Vault."""
        return _settings.section(self.setting, "openstack")

    def given(self) -> Given | None:
        """What the operator gives; None when not both.

        Raises:
            ExpectedError: when only one of them is there.
        """
        settings = self.openstack()
        keys, token = _several(settings.get("vault_keys")), str(settings.get("vault_root_token") or "")
        if bool(keys) != bool(token):
            raise ExpectedError("openstack:vaultKeys and openstack:vaultRootToken belong together; only one of them is set")
        return Given(keys=keys, root_token=token) if keys else None

    def members(self, status: juju.Status, where: Mapping[str, Any] | OnVault) -> list[Member]:
        """The application's units, the leader first, each asked how its Vault stands."""
        asked = where if isinstance(where, OnVault) else self.parse(where)
        assert isinstance(asked, OnVault)  # noqa: S101 - all Vault resources' inputs are
        units = [unit for unit in status.units_of(asked.application) if not unit.dying]
        return [self._member(unit, asked) for unit in sorted(units, key=lambda u: not u.leader)]

    def until(self, inputs: OnVault, check: Callable[[list[Member]], T | str]) -> T:
        """Looks at the units until `check` has what it wants.

        What fails for good anywhere in the model ends the wait, and machines that the cloud failed to deploy are tried again. One
        that is merely off doesn't: it may just be switched on.

        Args:
            inputs: whose units.
            check: gets the units anew each time; a string says what is missing.

        Raises:
            ExpectedError: at the deadline, with what is missing.
        """
        model = self.model(inputs)
        watched = Wait(model, SettledInputs(model=inputs.model, applications={}), 0.0, lambda failure: not failure.lost)
        end, pause, last, missing = time.monotonic() + self.timeout(), self._pause(inputs), None, ""
        while True:
            status = model.status()
            watched.over(status)
            watched.show(last, status)
            last = status
            found = check(self.members(status, inputs))
            if not isinstance(found, str):
                return found
            if found != missing:
                say(f"{inputs.application}: {found}")
            missing = found
            if time.monotonic() > end:
                raise ExpectedError(
                    f"Vault isn't ready in time ({self.timeout():g} s): {missing}; see `juju status {inputs.application}`"
                )
            time.sleep(pause)

    def timeout(self) -> float:
        settings = self.openstack()
        return _settings.number(settings, "timeout_seconds", 7200) if "timeout_seconds" in settings else super().timeout()

    def act(self, inputs: OnVault, unit: str, name: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Runs an action of the charm and returns its output.

        Raises:
            ExpectedError: when it fails or doesn't end; names the action, never its parameters.
        """
        model, end, pause = self.model(inputs), time.monotonic() + _ACTION_SECONDS, min(self._pause(inputs), 1.0)
        id_ = model.actions.run(unit, name, dict(parameters or {})).id
        while (action := model.actions.get(id_)).status not in actions.FINAL:
            if time.monotonic() > end:
                raise ExpectedError(f"the action {name} on {unit} is still {action.status}: see `juju show-task {id_}`")
            time.sleep(pause)
        if action.status != "completed":
            raise ActionError(f"the action {name} on {unit} ended as {action.status}: {action.message or 'no reason given'}")
        return dict(action.output)

    def _pause(self, inputs: OnVault) -> float:
        settings = self.openstack()
        return _settings.number(settings, "poll_seconds", self.controller(inputs.controller).access.poll)

    def _member(self, unit: juju.Unit, inputs: OnVault) -> Member:
        server = _server(reach.url(_settings.gateway(self.openstack()), inputs.scheme, unit.address, PORT), inputs.server_ca)
        if not unit.address:
            return Member(unit=unit, server=server, trouble=f"{unit.name} has no address yet")
        try:
            return Member(unit=unit, server=server, health=server.health())
        except vault.UnreachableError:
            words = unit.workload.message or unit.workload.current
            return Member(unit=unit, server=server, trouble=f"{unit.name} doesn't answer yet ({words})")


def troubles(members: list[Member]) -> str:
    """What is in the way of those that don't answer, "" when all do."""
    return "; ".join(member.trouble for member in members if member.health is None)


@functools.lru_cache(maxsize=64)
def _server(url: str, ca: str | None) -> vault.Vault:
    return vault.Vault(url, ca=ca)


def _several(value: Any) -> tuple[str, ...]:
    """A list that the configuration writes as JSON or with commas or blanks between."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = pydantic.TypeAdapter(list[str]).validate_json(value)
        except ValueError:
            raise ExpectedError("openstack:vaultKeys is no list of keys: write them with commas between") from None
    words: Iterator[str] = iter(value.replace(",", " ").split() if isinstance(value, str) else map(str, value or ()))
    return tuple(words)
