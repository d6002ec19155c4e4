"""Units whose Vault is open. A restart seals them again: a refresh shows that, an up opens them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju, vault

from .._base import ExpectedError, Found, Made, Props, Resource
from ..juju._common import say
from ._common import Member, OnVault, VaultProvider
from ._safe import Safe


class UnsealedInputs(OnVault):
    """What opens them.

    Attributes:
        keys: the unseal keys, at least as many as Vault wants.
        count: how many units there must be.
        sealed: which of them are sealed: none, as the program has it; what a refresh finds otherwise is drift.
        triggers: anything; a change looks again.
    """

    keys: list[str]
    count: int = 1
    sealed: list[str] = pydantic.Field(default_factory=list)
    triggers: Any = None


class UnsealedProvider(VaultProvider[UnsealedInputs]):
    """Opens whatever is sealed."""

    inputs = UnsealedInputs
    computed = ("units",)
    secret = frozenset({"keys"})
    replace_on = frozenset({"model", "application"})

    def make(self, inputs: UnsealedInputs) -> Made:
        return Made(id=f"{inputs.model}/{inputs.application}/unsealed", outputs=self._open(inputs))

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """A unit that doesn't answer counts as sealed: it will be once it is back."""
        status = model.glance()
        if old["application"] not in status.applications:
            return None
        members = self.members(status, old)
        return Found(inputs={"sealed": _names(members, open_=False)}, outputs={"units": _names(members, open_=True)})

    def change(self, id_: str, old: Props, inputs: UnsealedInputs) -> Mapping[str, Any]:
        return self._open(inputs)

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """What is open stays open."""

    def _open(self, inputs: UnsealedInputs) -> dict[str, Any]:
        given = self.given()
        keys = given.keys if given else inputs.keys

        def check(members: list[Member]) -> list[str] | str:
            if len(members) < inputs.count:
                return f"{len(members)} of {inputs.count} units are there"
            return _opened(members, keys)

        units = self.until(inputs, check)
        Safe(inputs.model, inputs.application).forget()  # the keys came out of the state
        return {"units": units}


class Unsealed(Resource, module="vault", name="Unsealed"):
    """The open units of a Vault."""

    provider_class = UnsealedProvider

    units: pulumi.Output[list[str]]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        keys: pulumi.Input[list[str]],
        controller: pulumi.Input[str] | None = None,
        application: pulumi.Input[str] | None = None,
        scheme: pulumi.Input[str] | None = None,
        server_ca: pulumi.Input[str] | None = None,
        count: pulumi.Input[int] | None = None,
        sealed: pulumi.Input[list[str]] | None = None,
        triggers: pulumi.Input[Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "application": application,
            "scheme": scheme,
            "server_ca": server_ca,
            "keys": keys,
            "count": count,
            "sealed": [] if sealed is None else sealed,
            "triggers": triggers,
        }
        super().__init__(resource_name, props, opts)


def _opened(members: list[Member], keys: list[str] | tuple[str, ...]) -> list[str] | str:
    """The names of the units once all are open and one of them works; until then, what is in the way."""
    for member in members:
        if member.health and member.health.initialised and member.health.sealed:
            _unseal(member, keys)
            return f"opening {member.unit.name}"
    waits = [m.trouble or f"{m.unit.name} knows of no keys yet" for m in members if not m.open]
    if waits:
        return "; ".join(waits)
    if all(m.health.standby for m in members if m.health):
        return "no unit is the active one yet"
    return _names(members, open_=True)


def _unseal(member: Member, keys: list[str] | tuple[str, ...]) -> None:
    try:
        member.server.unseal(keys)
    except vault.WrongKeyError as error:
        raise ExpectedError(
            f"{member.unit.name} isn't opened by the keys that the stack has: {error}. If Vault was rekeyed, give the new keys "
            "as openstack:vaultKeys and the root token as openstack:vaultRootToken (`pulumi config set --secret`)"
        ) from None
    except vault.UnreachableError:
        return
    say(f"{member.unit.name}: unsealed")


def _names(members: list[Member], *, open_: bool) -> list[str]:
    return sorted(m.unit.name for m in members if m.open == open_)
