"""The way into the cloud that a Juju model runs: credentials, addresses, and files for the `openstack` command.

Owns: the files that it was asked to write. Does not own: the password, which Keystone's charm makes and rotates; a rotated one
shows as drift, and `up` writes it down again. Every other resource finds its own way in by this one's id, so that nothing secret
is among their inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pulumi

from clients import juju, openstack, reach

from .. import _settings
from .._base import Found, Made, Props, Resource, is_unknown
from ..juju._common import InModel, InModelProvider
from . import _access_files, _login, _outage
from ._cloud import CloudProvider
from ._vocabulary import Name

_SECRETS = ("password", "clouds_yaml", "openrc")
_PATIENCE = 900.0
"""Seconds that Keystone may take to come back with its certificate."""


class CloudAccessInputs(InModel):
    """A way in.

    Attributes:
        region: of the catalogue.
        keystone: name of Keystone's application.
        horizon: name of the dashboard's application.
        scheme: of Keystone; found out when not given.
        ca: the CA (PEM); asked of Vault when not given.
        files: folder for clouds.yaml and openrc (and ca.pem), mode 0600; nothing is written when not given.
        name: the cloud's name in clouds.yaml.
        triggers: anything; a change looks again.
    """

    region: Name = _login.REGION
    keystone: Name = "keystone"
    horizon: Name = "openstack-dashboard"
    scheme: Literal["http", "https"] | None = None
    ca: str | None = None
    files: Name | None = None
    name: Name = "openstack"
    triggers: Any = None


class CloudAccessProvider(InModelProvider[CloudAccessInputs]):
    """One for each model and region."""

    inputs = CloudAccessInputs
    computed = ("auth_url", "endpoints", "horizon_url", "ca_certificate", "folder", *_SECRETS)
    secret = frozenset(_SECRETS)
    replace_on = frozenset({"controller", "model", "keystone", "region"})
    delete_first = False
    libraries = CloudProvider.libraries

    def make(self, inputs: CloudAccessInputs) -> Made:
        return Made(id=str(self._place(inputs)), outputs=self._written(inputs))

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        """What is true now; files that don't say it are shown as an input that is gone."""
        inputs = self.parse({**old, **({"files": old["folder"]} if old.get("folder") else {})})
        try:
            with _outage.kept(_login.key(self.folder(), id_, self._gateway())) as told:
                told.found = self._seen(inputs, model)
            return told.found
        except _login.Gone:
            return None

    def change(self, id_: str, old: Props, inputs: CloudAccessInputs) -> Mapping[str, Any]:
        if old.get("folder") and old["folder"] != inputs.files:
            _access_files.remove(old["folder"])
        return {"folder": "", **self._written(inputs)}

    def remove(self, id_: str, old: Props) -> None:
        """Removes the files; the cloud stays as it is."""
        if old.get("folder"):
            _access_files.remove(old["folder"])

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """Files that somebody touched show without a refresh too: they are here."""
        found = super().changed(olds, news)
        if olds.get("files") and not is_unknown(dict(news)):
            texts = {_access_files.CLOUDS: olds.get("clouds_yaml"), _access_files.OPENRC: olds.get("openrc")}
            if _access_files.differ(olds["files"], {name: str(text) for name, text in texts.items() if text}):
                found.add("files")
        return found

    def _seen(self, inputs: CloudAccessInputs, model: juju.Model) -> Found:
        access = self._entry(inputs, model)
        stale = inputs.files and _access_files.differ(inputs.files, _files(inputs, access))
        outputs = self._outputs(inputs, access, model)
        return Found(inputs={"files": None if stale else inputs.files}, outputs=outputs)

    def _written(self, inputs: CloudAccessInputs) -> dict[str, Any]:
        """Waits until Keystone answers, and writes the files."""
        model = self.model(inputs)
        access = self._entry(inputs, model)
        cloud = openstack.connect(access, _settings.number(self._settings(), "poll_seconds", 2))
        cloud.wait("Keystone to answer", cloud.endpoints, bool, seconds=min(self.timeout(), _PATIENCE))
        if inputs.files:
            _access_files.write(inputs.files, _files(inputs, access))
        return self._outputs(inputs, access, model)

    def _outputs(self, inputs: CloudAccessInputs, access: openstack.Access, model: juju.Model) -> dict[str, Any]:
        texts = _files(inputs, access)
        return {
            "auth_url": access.auth_url,
            "endpoints": openstack.connect(access, _settings.number(self._settings(), "poll_seconds", 2)).endpoints(),
            "horizon_url": self._horizon(inputs, model),
            "ca_certificate": access.ca,
            "folder": inputs.files or "",
            "password": access.password,
            "clouds_yaml": texts[_access_files.CLOUDS],
            "openrc": texts[_access_files.OPENRC],
        }

    def _entry(self, inputs: CloudAccessInputs, model: juju.Model) -> openstack.Access:
        """The way in as it is now, for all resources of this process."""
        place, gateway = self._place(inputs), self._gateway()
        access = _login.find(model, place, gateway, scheme=inputs.scheme, ca=inputs.ca)
        _login.remember(_login.key(self.folder(), str(place), gateway), access)
        return access

    def _horizon(self, inputs: CloudAccessInputs, model: juju.Model) -> str:
        status = model.glance()
        if inputs.horizon not in status.applications:
            return ""
        host = _login.address(status, inputs.horizon, model.applications.get(inputs.horizon).options)
        gateway = self._gateway()
        scheme = "https" if _login.authority_of(status, inputs.horizon) else "http"
        return (
            reach.url(gateway, scheme, host, 443 if scheme == "https" else 80) if gateway else f"{scheme}://{host}"
        ) + "/horizon"

    def _place(self, inputs: CloudAccessInputs) -> _login.Place:
        controller = inputs.controller or str(self.settings().get("controller") or "")
        return _login.Place(controller=controller, model=inputs.model, keystone=inputs.keystone, region=inputs.region)

    def _gateway(self) -> str | None:
        return _settings.gateway(self._settings())

    def _settings(self) -> dict[str, Any]:
        return _settings.section(self.setting, "openstack")


class CloudAccess(Resource, module="openstack", name="CloudAccess"):
    """The way into a cloud; its id is what all other resources take as `cloud`."""

    provider_class = CloudAccessProvider
    auth_url: pulumi.Output[str]
    endpoints: pulumi.Output[dict[str, str]]
    """Addresses by type of service, as the catalogue tells them."""
    horizon_url: pulumi.Output[str]
    """The dashboard's address; empty when there is none."""
    ca_certificate: pulumi.Output[str]
    """The CA (PEM) that vouches for the services; empty when they speak plain HTTP."""
    password: pulumi.Output[str]
    clouds_yaml: pulumi.Output[str]
    openrc: pulumi.Output[str]
    folder: pulumi.Output[str]
    """Where the files are; empty when none were asked for."""

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] = _login.REGION,
        keystone: pulumi.Input[str] = "keystone",
        horizon: pulumi.Input[str] = "openstack-dashboard",
        scheme: pulumi.Input[str] | None = None,
        ca: pulumi.Input[str] | None = None,
        files: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] = "openstack",
        triggers: pulumi.Input[Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key in CloudAccessInputs.model_fields}
        super().__init__(resource_name, given, opts)


def _files(inputs: CloudAccessInputs, access: openstack.Access) -> dict[str, str]:
    return _access_files.texts(inputs.name, access, inputs.files)
