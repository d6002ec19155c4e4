"""A cloud in Juju's client store: where it is and how to log in to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pydantic

from .. import _settings
from .._base import ExpectedError, Found, Inputs, Made, Props, Resource
from ._common import JujuProvider


class CloudInputs(Inputs):
    """A cloud; without an endpoint it is the MAAS of maas:apiUrl."""

    name: str
    type: str = "maas"
    endpoint: str | None = None
    auth_types: list[str] = pydantic.Field(default=["oauth1"])


class CloudProvider(JujuProvider[CloudInputs]):
    """Clouds by name; controllers that run on one are told of a change."""

    inputs = CloudInputs
    computed = ("address", "adopted", "before")
    replace_on = frozenset({"name", "type"})

    def make(self, inputs: CloudInputs) -> Made:
        store, intent = self.store(), self.intent("cloud", inputs.name)
        there, noted = store.cloud(inputs.name), intent.recall()
        if there is not None and there.get("type") != inputs.type:
            raise ExpectedError(
                f"Juju's client store already has a cloud {inputs.name!r} of type {there.get('type')!r}, not {inputs.type!r}: "
                f"give this one another name, or remove that one with `juju remove-cloud --client {inputs.name}`"
            )
        noted = noted or {"adopted": there is not None, "before": dict(there or {})}
        intent.note(adopted=noted["adopted"], before=noted["before"])
        address = self._write(inputs)
        return Made(id=inputs.name, outputs={"address": address, "adopted": noted["adopted"], "before": noted["before"]})

    def fetch(self, id_: str, old: Props) -> Found | None:
        cloud = self.store().cloud(id_)
        if cloud is None:
            return None
        address = cloud.get("endpoint") or ""
        seen = {"name": id_, "type": cloud.get("type"), "auth_types": list(cloud.get("auth-types") or [])}
        return Found(inputs={**seen, "endpoint": address}, outputs={"address": address})

    def change(self, id_: str, old: Props, inputs: CloudInputs) -> Mapping[str, Any]:
        address = self._write(inputs)
        for name in self.store().controllers_on(inputs.name):
            self.controller(name).update_cloud(inputs.name, _wire(inputs, address))
        return {"address": address}

    def remove(self, id_: str, old: Props) -> None:
        if old.get("adopted"):
            self.store().set_cloud(id_, old.get("before") or {})
        else:
            self.store().remove_cloud(id_)
        self.intent("cloud", id_).forget()

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """An endpoint that the program leaves to maas:apiUrl changes with it."""
        found = super().changed(olds, news)
        if not news.get("endpoint") and olds.get("address") not in (None, self._default()):
            found.add("endpoint")
        return found

    def _write(self, inputs: CloudInputs) -> str:
        address = inputs.endpoint or self._default()
        if not address:
            raise ExpectedError(f"where is the cloud {inputs.name!r}? Give it an endpoint, or set maas:apiUrl")
        self.store().set_cloud(inputs.name, _wire(inputs, address))
        return address

    def _default(self) -> str | None:
        """What juju:cloudEndpoint or maas:apiUrl says."""
        if named := self.settings().get("cloud_endpoint"):
            return str(named)
        url = _settings.section(self.setting, "maas").get("url")
        return str(url) if url else None


class Cloud(Resource, module="juju", name="Cloud"):
    """A cloud in Juju's client store."""

    provider_class = CloudProvider

    name: pulumi.Output[str]
    address: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        type: pulumi.Input[str] = "maas",  # noqa: A002 - Juju's word
        endpoint: pulumi.Input[str] | None = None,
        auth_types: pulumi.Input[list[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"name": name, "type": type, "endpoint": endpoint, "auth_types": auth_types}
        super().__init__(resource_name, props, opts)


def _wire(inputs: CloudInputs, address: str) -> dict[str, Any]:
    return {"type": inputs.type, "auth-types": list(inputs.auth_types), "endpoint": address}
