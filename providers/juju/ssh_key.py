"""A public key that may log in to a model's machines."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from clients import juju

from .._base import Found, Made, Props, Resource, is_unknown
from ._common import InModel, InModelProvider


class SshKeyInputs(InModel):
    """A key as OpenSSH writes it: type, key and perhaps a comment."""

    payload: str


class SshKeyProvider(InModelProvider[SshKeyInputs]):
    """Keys by their key material; the comment doesn't count."""

    inputs = SshKeyInputs
    computed = ("fingerprint", "adopted")
    replace_on = frozenset({"model", "payload"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        payload = news.get("payload", "")
        if not is_unknown(payload):
            try:
                fingerprint(payload)
            except ValueError as error:
                yield "payload", str(error)

    def make(self, inputs: SshKeyInputs) -> Made:
        model = self.model(inputs)
        print_ = fingerprint(inputs.payload)
        intent = self.own("ssh-key", inputs.model_dump(), print_)
        there = _find(model, print_) is not None
        adopted = there and intent.recall() is None
        if not there:
            intent.note()
            model.add_ssh_key(inputs.payload)
        return Made(id=f"{inputs.model}/{print_}", outputs={"fingerprint": print_, "adopted": adopted})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        there = _find(model, fingerprint(old["payload"]))
        return None if there is None else Found(inputs={"payload": old["payload"]})

    def change(self, id_: str, old: Props, inputs: SshKeyInputs) -> Mapping[str, Any]:
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        print_ = fingerprint(old["payload"])
        if not old.get("adopted") and _find(model, print_) is not None:
            model.remove_ssh_key(print_)
        self.own("ssh-key", old, print_).forget()

    def same(self, name: str, old: Any, new: Any) -> bool:
        return old.split()[:2] == new.split()[:2] if name == "payload" else super().same(name, old, new)


class SshKey(Resource, module="juju", name="SshKey"):
    """A public key that may log in to a model's machines."""

    provider_class = SshKeyProvider

    fingerprint: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        payload: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(resource_name, {"controller": controller, "model": model, "payload": payload}, opts)


def fingerprint(payload: str) -> str:
    """A key's fingerprint as Juju names it: MD5 in pairs of digits.

    Raises:
        ValueError: when the text is no public key.
    """
    parts = payload.split()
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except (IndexError, binascii.Error):
        raise ValueError("is no public key: it is written like `ssh-ed25519 AAAA… name@host`") from None
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


def _find(model: juju.Model, wanted: str) -> str | None:
    for key in model.ssh_keys():
        try:
            if fingerprint(key) == wanted:
                return key
        except ValueError:  # a line that isn't a key is nobody's
            continue
    return None
