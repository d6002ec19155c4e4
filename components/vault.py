"""Vault in service: initialised, open, its charm authorised, and the cloud's certificate authority in it.

Owns: the keys, which lie in the state as secrets. Does not own: the application and its units, which come with the bundle; nor
the certificates, which the charms ask for themselves once there is an authority.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pulumi

from config.vault import VaultSpec
from providers import juju, vault

from ._component import Component

APPLICATION = "vault"


@dataclasses.dataclass(frozen=True, kw_only=True)
class VaultArgs:
    """Where Vault is, how many units it has, and what must be there before it can be waited for."""

    controller: pulumi.Input[str]
    model: juju.Model
    count: int
    units: list[pulumi.Resource]
    spec: VaultSpec


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
            "csr": found.csr,
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
