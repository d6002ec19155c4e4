"""Vault in service: initialised, open, its charm authorised, and the cloud's certificate authority in it.

Owns: the keys, which lie in the state as secrets. Does not own: the application and its units, which come with the bundle; nor
the certificates, which the charms ask for themselves once there is an authority.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import pulumi

import bundle
from config.vault import VaultSpec
from providers import juju, vault

from ._component import Component

APPLICATION: Final = "vault"
_STORAGE: Final = frozenset({"shared-db", "db", "db-router", "etcd"})
"""Endpoints behind which a Vault's storage is."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class VaultArgs:
    """Where Vault is, how many units it has, and what must be there before it can be waited for.

    `hosts` are what a sealed Vault may follow from: another size of a VM that a unit lives in, which restarts it; another unit.
    """

    controller: pulumi.Input[str]
    model: juju.Model
    count: int
    units: list[pulumi.Resource]
    spec: VaultSpec
    hosts: Mapping[str, pulumi.Input[str]] = dataclasses.field(default_factory=dict)


class Vault(Component):
    """A Vault that serves; `done` is what its users wait for."""

    def __init__(self, name: str, args: VaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._args, spec = args, args.spec
        recovery = vault.RecoveryKey("vault-recovery-key", opts=self._with_model())
        self.initialisation = vault.Initialisation(
            "vault-keys",
            shares=spec.shares,
            threshold=spec.threshold,
            recovery_key=recovery.key,
            opts=self._with_model(depends_on=args.units),
            **self._place(),
        )
        self.keys, self.root_token = self.initialisation.keys, self.initialisation.root_token
        self.unsealed = vault.Unsealed(
            "vault-unsealed",
            keys=self.keys,
            count=args.count,
            triggers=dict(args.hosts) or None,
            opts=self._with_model(depends_on=args.units),
            **self._place(),
        )
        self.authorisation = vault.Authorisation(
            "vault-authorisation", root_token=self.root_token, opts=self._with_model(depends_on=[self.unsealed]), **self._place()
        )
        self.certificate = self._certificate()
        self.ca: pulumi.Output[str] = self.certificate.ca
        self.done: list[pulumi.Resource] = [self.certificate]
        self.register_outputs({})

    @property
    def outputs(self) -> dict[str, Any]:
        """What an operator wants to see of it; no secret is among it."""
        found = self.certificate
        return {
            "units": self.unsealed.units,
            "ca": found.ca,
            **({"csr": found.csr} if self._args.spec.root_ca == "csr" else {}),
            "fingerprint": found.fingerprint,
            "expires": found.expires,
            "certificates_expire": found.certificates_expire,
        }

    def _certificate(self) -> vault.RootCertificate:
        spec = self._args.spec
        return vault.RootCertificate(
            "vault-ca",
            kind=spec.root_ca,
            certificate=spec.certificate,
            root_certificate=spec.root_certificate,
            subject=spec.subject.parameters() or None,
            ttl=spec.ca_ttl,
            max_ttl=spec.certificate_ttl,
            triggers=spec.rotation,
            reissue=spec.reissue,
            opts=self._with_model(depends_on=[self.authorisation]),
            **self._place(),
        )

    def _place(self) -> dict[str, Any]:
        spec, args = self._args.spec, self._args
        return {
            "controller": args.controller,
            "model": args.model.id,
            "application": APPLICATION,
            "scheme": spec.scheme,
            "server_ca": spec.server_ca,
        }

    def _with_model(self, **options: Any) -> pulumi.ResourceOptions:
        return self.child(deleted_with=self._args.model, **options)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Needs:
    """What Vault runs on: its own units and those of its database, and the integrations between them."""

    units: tuple[bundle.UnitPlan, ...]
    integrations: tuple[bundle.IntegrationPlan, ...]


def needs(plan: bundle.Plan) -> Needs:
    """Vault's part of a plan: itself, its storage, and the router between them where there is one."""
    routers = {app.name for app in plan.applications if app.subordinate}
    found, integrations = [APPLICATION], dict[str, bundle.IntegrationPlan]()
    for application in found:  # grows while it is gone through
        if application != APPLICATION and application not in routers:
            continue
        for integration in plan.integrations:
            ends = {end.application: end.endpoint for end in integration.endpoints}
            if ends.get(application) in _STORAGE:
                integrations[integration.key] = integration
                found += [name for name in ends if name not in found]
    units = tuple(unit for unit in plan.units if unit.application in found)
    return Needs(units=units, integrations=tuple(integrations.values()))


def occasions(spec: VaultSpec) -> list[str]:
    """Values of which a change has certificates renewed: the units need a moment for that, and clients may trust another CA."""
    root = hashlib.sha256(spec.root_certificate.encode()).hexdigest()[:16] if spec.root_certificate else None
    return [str(occasion) for occasion in (spec.rotation, spec.reissue, root) if occasion is not None]


def expected_blocked(spec: VaultSpec) -> dict[str, str]:
    """By application, how the message begins with which it may wait for a person."""
    if not spec.manage:
        return {APPLICATION: "Vault needs to be initialized"}
    return {} if spec.opens else {APPLICATION: "Missing CA cert"}
