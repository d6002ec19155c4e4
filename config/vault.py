"""Vault: who opens it, and whose certificates the cloud has."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from .vocabulary import Name, Spec

_PEM = "-----BEGIN CERTIFICATE-----"
Occasion = str | int | None
"""Any value; another one than before is the occasion."""


class SubjectSpec(Spec):
    """Whom a certificate request names; the authority that signs it may insist on some of these."""

    common_name: Name | None = None
    country: Name | None = None
    province: Name | None = None
    locality: Name | None = None
    organization: Name | None = None
    organizational_unit: Name | None = None

    def parameters(self) -> dict[str, str]:
        """As the charm's action names them."""
        return {name.replace("_", "-"): value for name, value in self.model_dump().items() if value}


class VaultSpec(Spec):
    """How Vault is brought into service.

    With `manage: false` a person does all of it, and Vault stays blocked until then. `threshold` of `shares` keys open it.
    `root_ca: generate` lets Vault be the root authority; with `csr` it hands out a request (the output vault.csr), and the
    signed `certificate` and the `root_certificate` above it are set here afterwards (both in PEM). `ca_ttl` and
    `certificate_ttl` are durations in hours, e.g. 87599h; a change of either, or of root_ca, takes a new `rotation`.
    Another value of `rotation` makes a new authority, another one of `reissue` renews the servers' certificates. `scheme` and
    `server_ca` (PEM) are for a Vault that serves TLS itself, by the charm's options ssl-cert and ssl-key.
    """

    manage: bool = True
    shares: int = Field(default=5, ge=1, le=255)
    threshold: int = Field(default=3, ge=1, le=255)
    root_ca: Literal["generate", "csr"] = "generate"
    subject: SubjectSpec = SubjectSpec()
    certificate: str | None = None
    root_certificate: str | None = None
    ca_ttl: str | None = Field(default=None, pattern=r"^\d+h$")
    certificate_ttl: str | None = Field(default=None, pattern=r"^\d+h$")
    rotation: Occasion = None
    reissue: Occasion = None
    scheme: Literal["http", "https"] = "http"
    server_ca: str | None = None

    @property
    def opens(self) -> bool:
        """Whether the cloud has its certificates at the end of an up: then it can be used."""
        return self.manage and (self.root_ca == "generate" or self.certificate is not None)

    @field_validator("certificate", "root_certificate", "server_ca")
    @classmethod
    def _is_pem(cls, value: str | None) -> str | None:
        if value is not None and _PEM not in value:
            raise ValueError(f"a certificate in PEM begins with {_PEM}")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> VaultSpec:
        if self.threshold > self.shares:
            raise ValueError(f"threshold: {self.threshold} of {self.shares} keys can't be asked for; lower it, or raise shares")
        if self.shares > 1 and self.threshold < 2:
            raise ValueError("threshold: Vault wants at least 2 where there are several keys")
        if self.root_ca != "csr" and (self.certificate or self.root_certificate):
            raise ValueError("certificate and root_certificate only go with root_ca: csr; a generated authority signs itself")
        if bool(self.certificate) != bool(self.root_certificate):
            raise ValueError("certificate and root_certificate belong together: the signed one, and the one that clients trust")
        return self
