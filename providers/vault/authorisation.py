"""The charm's own way into Vault, which it makes with a token that the operator lends it for a moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pulumi

from clients import juju, vault

from .._base import ExpectedError, Found, Made, Props, Resource
from ..juju._common import say
from ._common import ActionError, Member, OnVault, VaultProvider

_TTL: Final = "10m"
_ATTEMPTS: Final = 3
_UNAUTHORISED: Final = ("Vault charm not yet authorized", "Vault cannot authorize approle")


class AuthorisationInputs(OnVault):
    """What the charm is authorised with.

    Attributes:
        root_token: a token that may make others; it never leaves for Juju, only a child of ten minutes does, which is revoked.
        authorised: whether the charm is; true, as the program has it.
        triggers: anything; a change authorises again.
    """

    root_token: str
    authorised: bool = True
    triggers: Any = None


class AuthorisationProvider(VaultProvider[AuthorisationInputs]):
    """Authorises the charm, as often as it takes: doing it again changes nothing."""

    inputs = AuthorisationInputs
    secret = frozenset({"root_token"})
    replace_on = frozenset({"model", "application"})

    def make(self, inputs: AuthorisationInputs) -> Made:
        self._authorise(inputs)
        return Made(id=f"{inputs.model}/{inputs.application}/authorised")

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """What the charm says; a sealed one says nothing about it."""
        status = model.glance()
        if old["application"] not in status.applications:
            return None
        said = [unit.workload.message for unit in status.units_of(old["application"])]
        return Found(inputs={"authorised": not any(text.startswith(_UNAUTHORISED) for text in said)})

    def change(self, id_: str, old: Props, inputs: AuthorisationInputs) -> Mapping[str, Any]:
        if not old.get("authorised", True) or old.get("triggers") != inputs.triggers:
            self._authorise(inputs)
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """The charm keeps its role as long as it has its Vault."""

    def _authorise(self, inputs: AuthorisationInputs) -> None:
        """Tries again with a new token: one may end while the action waits its turn, or another unit may lead meanwhile."""
        given = self.given()
        token = given.root_token if given else inputs.root_token
        for attempt in range(1, _ATTEMPTS + 1):
            leader = self.until(inputs, leading)
            try:
                self._lend(inputs, leader, token)
            except ActionError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                break
        say(f"{leader.unit.name}: charm authorised")

    def _lend(self, inputs: AuthorisationInputs, leader: Member, token: str) -> None:
        try:
            with leader.server.short_lived_token(token, _TTL) as lent:
                self.act(inputs, leader.unit.name, "authorize-charm", {"token": lent})
        except vault.ForbiddenError as error:
            raise ExpectedError(
                f"the root token that the stack has is no longer valid: {error}. Make a new one (`vault operator generate-root`) "
                "and give it with the keys: `pulumi config set --secret openstack:vaultRootToken`, and openstack:vaultKeys"
            ) from None


class Authorisation(Resource, module="vault", name="Authorisation"):
    """A charm that may use its Vault."""

    provider_class = AuthorisationProvider

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        root_token: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        application: pulumi.Input[str] | None = None,
        scheme: pulumi.Input[str] | None = None,
        server_ca: pulumi.Input[str] | None = None,
        authorised: pulumi.Input[bool] | None = None,
        triggers: pulumi.Input[Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "application": application,
            "scheme": scheme,
            "server_ca": server_ca,
            "root_token": root_token,
            "authorised": True if authorised is None else authorised,
            "triggers": triggers,
        }
        super().__init__(resource_name, props, opts)


def leading(members: list[Member]) -> Member | str:
    """The leader, once its Vault is open."""
    if not members or not members[0].unit.leader:
        return "has no leader yet"
    return members[0] if members[0].open else members[0].trouble or f"{members[0].unit.name} is sealed"
