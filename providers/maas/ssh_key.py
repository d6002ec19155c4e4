"""SSH public keys of the user whose API key is used; deployed machines let them in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi

from clients import maas
from clients.maas.services import SshKey as Record

from .. import _base
from ._plain import OUTPUTS, PlainProvider
from ._vocabulary import Name


class SshKeyInputs(_base.Inputs):
    """A public key, as in an authorized_keys file."""

    key: Name


class SshKeyProvider(PlainProvider[SshKeyInputs, Record]):
    """Keys by their text; MAAS can't change one, so another text is another key."""

    inputs = SshKeyInputs
    computed = ("key_id", *OUTPUTS)
    replace_on = frozenset({"key"})
    noun = "SSH key"

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        key = news.get("key")
        if not _base.is_unknown(key) and "PRIVATE KEY" in str(key):
            yield "key", "that is a private key: give the public one, which ends in .pub"

    def same(self, name: str, old: Any, new: Any) -> bool:
        return _bare(str(old)) == _bare(str(new))

    def label(self, inputs: SshKeyInputs) -> str:
        return " ".join(_bare(inputs.key))[:40]

    def collection(self, region: maas.Maas) -> maas.Collection[Record]:
        return region.ssh_keys

    def matches(self, record: Record, inputs: SshKeyInputs) -> bool:
        return _bare(record.key) == _bare(inputs.key)

    def seen(self, record: Record) -> dict[str, Any]:
        return {"key": record.key}

    def outputs(self, record: Record) -> dict[str, Any]:
        return {"key_id": record.id}


class SshKey(_base.Resource, module="maas", name="SshKey"):
    """An SSH key of a user of MAAS."""

    provider_class = SshKeyProvider
    key: pulumi.Output[str]
    key_id: pulumi.Output[int]
    adopted: pulumi.Output[bool]

    def __init__(self, resource_name: str, *, key: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(resource_name, {"key": key}, opts)


def _bare(key: str) -> list[str]:
    """Type and key, without the comment, which MAAS may keep or not."""
    return key.split()[:2]
