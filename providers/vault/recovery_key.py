"""A key that lies in the state before Vault is initialised, so that nothing is lost in between (see `_safe`)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import pulumi

from .._base import Found, Inputs, Made, Props, Provider, Resource
from . import _safe


class RecoveryKeyInputs(Inputs):
    """Nothing is asked."""


class RecoveryKeyProvider(Provider[RecoveryKeyInputs]):
    """Random keys, which only the state knows."""

    inputs = RecoveryKeyInputs
    computed = ("key",)
    secret = frozenset({"key"})

    def make(self, inputs: RecoveryKeyInputs) -> Made:
        return Made(id=secrets.token_hex(8), outputs={"key": _safe.new_key()})

    def fetch(self, id_: str, old: Props) -> Found | None:
        return Found(inputs={})

    def change(self, id_: str, old: Props, inputs: RecoveryKeyInputs) -> Mapping[str, Any]:
        """There is nothing to change."""
        return {}

    def remove(self, id_: str, old: Props) -> None:
        """It goes with the state."""


class RecoveryKey(Resource, module="vault", name="RecoveryKey"):
    """A random key."""

    provider_class = RecoveryKeyProvider

    key: pulumi.Output[str]

    def __init__(self, resource_name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(resource_name, {}, opts)
