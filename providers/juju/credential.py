"""A credential in Juju's client store, for one of its clouds.

What is secret never enters inputs or outputs when it comes from the stack's configuration; a salted fingerprint in the outputs
shows when it has changed, here or in the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pulumi

from .. import _settings
from .._base import ExpectedError, Found, Inputs, Made, Props, Resource, is_unknown
from ._common import JujuProvider
from ._fingerprint import fingerprint, matches


class CredentialInputs(Inputs):
    """A credential: attributes given here, or taken from maas:apiKey."""

    name: str
    cloud: str
    auth_type: str = "oauth1"
    attributes_from: Literal["maas"] | None = None
    attributes: dict[str, str] | None = None


class CredentialProvider(JujuProvider[CredentialInputs]):
    """Credentials by cloud and name; controllers that run on the cloud are told of a change."""

    inputs = CredentialInputs
    computed = ("fingerprint", "adopted")
    secret = frozenset({"attributes"})
    replace_on = frozenset({"name", "cloud"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if bool(news.get("attributes")) == bool(news.get("attributes_from")):
            yield "attributes", 'give either attributes or attributes_from="maas"'

    def make(self, inputs: CredentialInputs) -> Made:
        store, intent = self.store(), self.intent("credential", f"{inputs.cloud}/{inputs.name}")
        there, wanted = store.credential(inputs.cloud, inputs.name), self._wanted(inputs)
        if there is not None and intent.recall() is None and dict(there) != wanted:
            raise ExpectedError(
                f"Juju's client store already has another credential {inputs.name!r} for the cloud {inputs.cloud!r}: give this "
                f"one another name, or remove that one with `juju remove-credential --client {inputs.cloud} {inputs.name}`"
            )
        adopted = there is not None and intent.recall() is None
        if not adopted:
            intent.note()
            store.set_credential(inputs.cloud, inputs.name, wanted)
        outputs = {"fingerprint": fingerprint(wanted), "adopted": adopted}
        return Made(id=f"{inputs.cloud}/{inputs.name}", outputs=outputs)

    def fetch(self, id_: str, old: Props) -> Found | None:
        there = self.store().credential(old["cloud"], old["name"])
        if there is None:
            return None
        known = old.get("fingerprint", "")
        outputs = {} if matches(known, there) else {"fingerprint": fingerprint(there)}
        seen = {"name": old["name"], "cloud": old["cloud"], "auth_type": there.get("auth-type")}
        return Found(inputs=seen, outputs=outputs)

    def change(self, id_: str, old: Props, inputs: CredentialInputs) -> Mapping[str, Any]:
        wanted = self._wanted(inputs)
        self.store().set_credential(inputs.cloud, inputs.name, wanted)
        attributes = {k: v for k, v in wanted.items() if k != "auth-type"}
        for name in self.store().controllers_on(inputs.cloud):
            self.controller(name).upload_credential(inputs.cloud, inputs.name, inputs.auth_type, attributes)
        return {"fingerprint": fingerprint(wanted)}

    def remove(self, id_: str, old: Props) -> None:
        if not old.get("adopted"):
            self.store().remove_credential(old["cloud"], old["name"])
        self.intent("credential", f"{old['cloud']}/{old['name']}").forget()

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """What comes from the configuration, or was changed in the store, shows by its fingerprint."""
        found = super().changed(olds, news)
        known = olds.get("fingerprint")
        if known and not is_unknown(news) and not matches(known, self._wanted(self.parse(news))):
            found.add("attributes_from" if news.get("attributes_from") else "attributes")
        return found

    def _wanted(self, inputs: CredentialInputs) -> dict[str, str]:
        attributes = inputs.attributes or {}
        if inputs.attributes_from == "maas":
            key = _settings.section(self.setting, "maas").get("api_key")
            if not key:
                raise ExpectedError(
                    f"the credential {inputs.name!r} takes its key from maas:apiKey, which is not set: "
                    "`pulumi config set --secret maas:apiKey …`"
                )
            attributes = {"maas-oauth": str(key)}
        return {"auth-type": inputs.auth_type, **attributes}


class Credential(Resource, module="juju", name="Credential"):
    """A credential in Juju's client store."""

    provider_class = CredentialProvider

    name: pulumi.Output[str]
    cloud: pulumi.Output[str]
    fingerprint: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        cloud: pulumi.Input[str],
        auth_type: pulumi.Input[str] = "oauth1",
        attributes_from: pulumi.Input[str] | None = None,
        attributes: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "name": name,
            "cloud": cloud,
            "auth_type": auth_type,
            "attributes_from": attributes_from,
            "attributes": attributes,
        }
        super().__init__(resource_name, props, opts)
