"""Vault's first moment: it makes its unseal keys and its root token, and says them once ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi import dynamic

from clients import juju, vault

from .._base import ExpectedError, Found, Made, Props, Resource, is_unknown, plain
from ._common import Given, Member, OnVault, VaultProvider, troubles
from ._safe import Safe


class InitialisationInputs(OnVault):
    """How the keys are made.

    Attributes:
        shares: how many keys.
        threshold: how many of them open Vault.
        recovery_key: seals the answer until the state has it; of a `RecoveryKey`.
    """

    shares: int = 5
    threshold: int = 3
    recovery_key: str


class InitialisationProvider(VaultProvider[InitialisationInputs]):
    """Initialises once; takes over what the operator gives; never lets go of the only copy."""

    inputs = InitialisationInputs
    computed = ("keys", "root_token")
    secret = frozenset({"recovery_key", "keys", "root_token"})
    replace_on = frozenset({"model", "application"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        shares, threshold = news.get("shares", 5), news.get("threshold", 3)
        if is_unknown(shares) or is_unknown(threshold):
            return
        if threshold > shares:
            yield "threshold", f"{threshold:g} of {shares:g} keys can't be asked for"
        if shares > 1 and threshold < 2:
            yield "threshold", "must be at least 2 where there are several keys"

    def check(self, olds: Props, news: Props) -> dynamic.CheckResult:
        """Refuses other numbers for a Vault that has its keys: that is a rekeying, which its keepers do."""
        result = super().check(olds, news)
        was, now = plain(olds), plain(result.inputs)
        for name in ("shares", "threshold"):
            if name in was and not is_unknown(now.get(name)) and was[name] != now.get(name) and not self.given():
                reason = (
                    f"Vault was initialised with {was[name]:g}, not {now.get(name, 0):g}; keep it in the site, or rekey "
                    "(`vault operator rekey`) and give the new keys as openstack:vaultKeys and openstack:vaultRootToken"
                )
                result.failures.append(dynamic.CheckFailure(name, reason))
        return result

    def diff(self, _id: str, olds: Props, news: Props) -> dynamic.DiffResult:
        """Also a change: the operator gives other keys than the state has."""
        result, given, old = super().diff(_id, olds, news), self.given(), plain(olds)
        if given and (list(given.keys), given.root_token) != (list(old.get("keys", [])), old.get("root_token")):
            result.changes = True
        return result

    def make(self, inputs: InitialisationInputs) -> Made:
        safe, members = Safe(inputs.model, inputs.application), self.until(inputs, _answering)
        if any(m.health and m.health.initialised for m in members):
            made = safe.take(inputs.recovery_key) or self._given(inputs, members)
        else:
            made = self._initialise(inputs, members[0], safe)
        outputs = {"keys": list(made.keys), "root_token": made.root_token}
        return Made(id=f"{inputs.model}/{inputs.application}", outputs=outputs)

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """A Vault that knows of no keys any more has lost its storage: it is gone."""
        Safe(old["model"], old["application"]).forget()  # a refresh has the saved state before it
        status = model.glance()
        if old["application"] not in status.applications:
            return None
        members = self.members(status, old)
        known = next((m for m in members if m.health and m.health.initialised), None)
        if known is None:
            silent = not members or bool(troubles(members))
            return Found(inputs={}) if silent else None
        seal = known.server.seal()
        return Found(inputs={"shares": seal.shares, "threshold": seal.threshold})

    def change(self, id_: str, old: Props, inputs: InitialisationInputs) -> Mapping[str, Any]:
        given = self.given()
        if given is None:
            return {}
        made = self._checked(inputs, self.until(inputs, _answering)[0], given)
        return {"keys": list(made.keys), "root_token": made.root_token}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        """Lets go of the keys where Vault itself is going; refuses where it stays and these are the only copy."""
        application = old["application"]
        there = model.status().applications.get(application)
        if there is not None and not there.life and self.openstack().get("vault_forget") != application:
            raise ExpectedError(
                f"the keys of the Vault {application} are in this state and nowhere else, and Vault is still there: without them "
                f"nobody opens it again after its next restart. Take them out of the state first (`pulumi stack export "
                f"--show-secrets`), say `pulumi config set openstack:vaultForget {application}`, and run again"
            )
        Safe(old["model"], application).forget()

    def _initialise(self, inputs: InitialisationInputs, leader: Member, safe: Safe) -> vault.Initialised:
        safe.forget()  # what an earlier Vault of this name said is of no use to a new one
        try:
            made = leader.server.initialise(inputs.shares, inputs.threshold)
        except vault.AlreadyInitialisedError:
            raise ExpectedError(_unknown_keys(inputs.application, "somebody was faster: it has just been")) from None
        except vault.UnreachableError as error:
            raise ExpectedError(
                f"{error}; whether it was initialised nobody can tell: run again. If Vault then says that it is, its answer with "
                "the keys was lost on the way"
            ) from None
        safe.keep(made, inputs.recovery_key)
        return made

    def _given(self, inputs: InitialisationInputs, members: list[Member]) -> vault.Initialised:
        given = self.given()
        if given is None:
            raise ExpectedError(_unknown_keys(inputs.application, "it is already"))
        known = next(m for m in members if m.health and m.health.initialised)
        return self._checked(inputs, known, given)

    def _checked(self, inputs: InitialisationInputs, member: Member, given: Given) -> vault.Initialised:
        """What the operator gives, once it has opened Vault, or is enough of it to do so."""
        seal = member.server.seal()
        if (seal.shares, seal.threshold) != (inputs.shares, inputs.threshold):
            raise ExpectedError(
                f"{member.unit.name} has {seal.shares} keys of which {seal.threshold} open it, the site says {inputs.shares} and "
                f"{inputs.threshold}: set openstack.vault.shares and openstack.vault.threshold to what it has"
            )
        if len(set(given.keys)) < seal.threshold:
            raise ExpectedError(f"openstack:vaultKeys has {len(set(given.keys))} different keys, Vault wants {seal.threshold}")
        try:
            if seal.sealed:
                member.server.unseal(given.keys)
            member.server.check_token(given.root_token)
        except (vault.WrongKeyError, vault.ForbiddenError) as error:
            raise ExpectedError(
                f"what openstack:vaultKeys and openstack:vaultRootToken hold is not this Vault's: {error}"
            ) from None
        return vault.Initialised(keys=given.keys, root_token=given.root_token)


class Initialisation(Resource, module="vault", name="Initialisation"):
    """A Vault with its keys and its root token."""

    provider_class = InitialisationProvider

    keys: pulumi.Output[list[str]]
    root_token: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        recovery_key: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        application: pulumi.Input[str] | None = None,
        scheme: pulumi.Input[str] | None = None,
        server_ca: pulumi.Input[str] | None = None,
        shares: pulumi.Input[int] | None = None,
        threshold: pulumi.Input[int] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "application": application,
            "scheme": scheme,
            "server_ca": server_ca,
            "shares": shares,
            "threshold": threshold,
            "recovery_key": recovery_key,
        }
        super().__init__(resource_name, props, opts)


def _answering(members: list[Member]) -> list[Member] | str:
    """All units, once there are some, they answer, and one of them leads; the leader is first."""
    if not members:
        return "has no units yet"
    if not members[0].unit.leader:
        return "has no leader yet"
    return troubles(members) or members


def _unknown_keys(application: str, how: str) -> str:
    return (
        f"Vault ({application}) can't be initialised: {how} initialised, and its keys are not in this stack's state.\n"
        "  If somebody has them, give them to the stack; they are checked and taken over by the next run:\n"
        "    pulumi config set --secret openstack:vaultKeys 'KEY1,KEY2,KEY3'\n"
        "    pulumi config set --secret openstack:vaultRootToken 's.…'\n"
        "  If nobody has them, nobody can read what is in it any more: remove the applications vault and vault-mysql-router,\n"
        "  drop the database vault, and run again (docs/vault.md)."
    )
