"""A pool that a model's storage comes from: one of the cloud's storage providers, with settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju

from .._base import ExpectedError, Found, Made, Props, Resource
from ._common import InModel, InModelProvider


class StoragePoolInputs(InModel):
    """A pool.

    Attributes:
        provider: maas, loop, tmpfs or rootfs on MAAS.
        attributes: the provider's settings, such as `{"tags": "ssd"}` of maas.
    """

    name: str
    provider: str
    attributes: dict[str, str] = pydantic.Field(default_factory=dict)


class StoragePoolProvider(InModelProvider[StoragePoolInputs]):
    """Pools by model and name."""

    inputs = StoragePoolInputs
    computed = ("adopted", "before")
    replace_on = frozenset({"model", "name", "provider"})

    def make(self, inputs: StoragePoolInputs) -> Made:
        model, intent = self.model(inputs), self._intent(inputs.model_dump())
        there, noted = _find(model, inputs.name), intent.recall()
        before = dict((noted or {}).get("before") or {})
        adopted = there is not None and (noted is None or "before" in noted)
        if there is None:
            intent.note()
            model.storage.create_pool(_pool(inputs))
        elif there.provider != inputs.provider:
            raise ExpectedError(
                f"there is a storage pool {inputs.name!r} already, of the provider {there.provider!r}, not {inputs.provider!r}: "
                "give this one another name"
            )
        else:
            if adopted and noted is None:
                before = dict(there.attributes)
                intent.note(before=before)
            _bring(model, there, inputs.attributes)
        return Made(id=f"{inputs.model}/{inputs.name}", outputs={"adopted": adopted, "before": before if adopted else {}})

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        there = _find(model, old["name"])
        if there is None:
            return None
        attributes = {name: str(value) for name, value in there.attributes.items()}
        return Found(inputs={"name": there.name, "provider": there.provider, "attributes": attributes})

    def change(self, id_: str, old: Props, inputs: StoragePoolInputs) -> Mapping[str, Any]:
        self.model(inputs).storage.update_pool(_pool(inputs))
        return {}

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        there = _find(model, old["name"])
        if there is not None and old.get("adopted"):
            _bring(model, there, old.get("before") or {})
        elif there is not None:
            model.storage.remove_pool(old["name"])
        self._intent(old).forget()

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("storage-pool", inputs, inputs["name"])


class StoragePool(Resource, module="juju", name="StoragePool"):
    """A pool that a model's storage comes from."""

    provider_class = StoragePoolProvider

    name: pulumi.Output[str]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        name: pulumi.Input[str],
        provider: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        attributes: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"controller": controller, "model": model, "name": name, "provider": provider, "attributes": attributes}
        super().__init__(resource_name, props, opts)


def _find(model: juju.Model, name: str) -> juju.StoragePool | None:
    return next((pool for pool in model.storage.pools() if pool.name == name), None)


def _pool(inputs: StoragePoolInputs) -> juju.StoragePool:
    return juju.StoragePool(name=inputs.name, provider=inputs.provider, attributes=inputs.attributes)


def _bring(model: juju.Model, there: juju.StoragePool, attributes: Mapping[str, Any]) -> None:
    if dict(there.attributes) != dict(attributes):
        model.storage.update_pool(juju.StoragePool(name=there.name, provider=there.provider, attributes=attributes))
