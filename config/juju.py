"""Juju's own names and sizes."""

from __future__ import annotations

from pydantic import Field

from .vocabulary import Name, Spec


class JujuSpec(Spec):
    """The cloud as Juju calls it, the controller on it and the model in that.

    `endpoint` is MAAS as the controller's machines reach it, where that differs from `maas:apiUrl`.
    """

    cloud: Name = "maas-site"
    credential: Name = "maas-site"
    controller: Name = "site"
    model: Name = "openstack"
    endpoint: Name | None = None
    ssh_keys: tuple[Name, ...] = ()
    bootstrap_config: dict[str, str | int | float | bool] = Field(default_factory=dict)
    model_config_: dict[str, str | int | float | bool] = Field(default_factory=dict, alias="model_config")
    constraints: dict[str, str | int | list[str]] = Field(default_factory=dict)
