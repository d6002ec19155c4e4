"""Key pairs of Nova, by name and user: they belong to a user, not to a project.

Without a public key one is made here, and its private half is a secret output; Nova never sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from clients import openstack

from .. import _base
from ._cloud import OnCloud
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Id, Name


class KeyPairInputs(OnCloud):
    """A key pair; `user` is an id, ourselves when not given."""

    name: Name
    public_key: str | None = None
    user: Id | None = None


class KeyPairProvider(PlainProvider[KeyPairInputs, openstack.KeyPair]):
    """Key pairs by user and name."""

    inputs = KeyPairInputs
    computed = ("fingerprint", "private_key", *OUTPUTS)
    secret = frozenset({"private_key"})
    replace_on = frozenset(KeyPairInputs.model_fields)
    noun = "key pair"
    names: ClassVar[Mapping[str, str]] = {"name": "name", "public_key": "public_key", "user": "user_id"}

    def same(self, name: str, old: Any, new: Any) -> bool:
        """The comment of a key is not the key."""
        if name == "public_key":
            return str(old).split()[:2] == str(new).split()[:2]
        return super().same(name, old, new)

    def label(self, inputs: KeyPairInputs) -> str:
        return f"{inputs.name} of {inputs.user}" if inputs.user else inputs.name

    def collection(self, cloud: openstack.Cloud) -> openstack.Collection[openstack.KeyPair]:
        return cloud.key_pairs

    def find(self, cloud: openstack.Cloud, inputs: KeyPairInputs) -> openstack.KeyPair | None:
        return cloud.key_pairs.read(inputs.name, **_of(inputs.user))

    def read_one(self, cloud: openstack.Cloud, id_: str) -> openstack.KeyPair | None:
        user, _, name = id_.rpartition("/")
        return cloud.key_pairs.read(name, **_of(user))

    def id_of(self, record: openstack.KeyPair) -> str:
        return f"{record.user_id}/{record.name}" if record.user_id else record.name

    def make(self, inputs: KeyPairInputs) -> _base.Made:
        """A key that we made in a run that was killed is made anew: its private half is lost."""
        if inputs.public_key is not None:
            made = super().make(inputs)
            return _base.Made(id=made.id, outputs={**made.outputs, "private_key": ""})
        cloud = self.cloud(inputs.cloud)
        noted = self.intent_in(cloud, self.noun, self.label(inputs)).recall()
        if noted is not None and not noted["adopted"] and self.find(cloud, inputs) is not None:
            cloud.key_pairs.delete(inputs.name, **_of(inputs.user))
        private, public = _generated()
        made = super().make(inputs.model_copy(update={"public_key": public}) if self.find(cloud, inputs) is None else inputs)
        return _base.Made(id=made.id, outputs={**made.outputs, "private_key": "" if made.outputs["adopted"] else private})

    def drop(self, cloud: openstack.Cloud, record: openstack.KeyPair) -> None:
        cloud.key_pairs.delete(record.name, **_of(record.user_id))

    def outputs(self, record: openstack.KeyPair) -> dict[str, Any]:
        return {"fingerprint": record.fingerprint}


class KeyPair(_base.Resource, module="openstack", name="KeyPair"):
    """A key pair of Nova."""

    provider_class = KeyPairProvider
    name: pulumi.Output[str]
    fingerprint: pulumi.Output[str]
    private_key: pulumi.Output[str]
    """The private half (OpenSSH) of a key that was made here; empty otherwise."""
    adopted: pulumi.Output[bool]
    """Whether it was there before this program."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        public_key: pulumi.Input[str] | None = None,
        user: pulumi.Input[str] | None = None,
        cloud: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in KeyPairInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _of(user: str | None) -> dict[str, str]:
    return {"user_id": user} if user else {}


def _generated() -> tuple[str, str]:
    """A new key: its private half as OpenSSH writes it, and the public one."""
    key = ed25519.Ed25519PrivateKey.generate()
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return key.private_bytes(*kinds).decode(), public.decode()
