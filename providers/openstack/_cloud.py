"""Which cloud a provider speaks to, how long it may wait there, and what to do when a log-in has grown old."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pulumi import dynamic

from clients import juju, openstack

from .. import _intents, _settings
from .._base import ExpectedError, Found, Inputs, InputsT, Props
from ..juju._common import JujuProvider
from . import _login, _outage

T = TypeVar("T")

_STALE = (openstack.UnauthorisedError, openstack.UntrustedError, openstack.AbsentServiceError)
"""What a rotated password, a new CA or a service that came later looks like."""


class OnCloud(Inputs):
    """Lives in a cloud: the id of its CloudAccess, or "" for the one that openstack:cloud names."""

    cloud: str = ""


class CloudProvider(JujuProvider[InputsT]):
    """A provider of something in an OpenStack cloud; gone when the cloud itself is gone."""

    libraries = (
        "clients.juju._libjuju",
        "openstack.connection",
        "openstack.block_storage.v3._proxy",
        "openstack.compute.v2._proxy",
        "openstack.identity.v3._proxy",
        "openstack.image.v2._proxy",
        "openstack.network.v2._proxy",
    )

    def look(self, id_: str, old: Props, cloud: openstack.Cloud) -> Found | None:
        """Says what the cloud has now, None when it is gone."""
        raise TypeError(f"{type(self).__name__} must implement look")

    def end(self, id_: str, old: Props, cloud: openstack.Cloud) -> None:
        """Deletes the object, or puts an adopted one back; absence is success."""
        raise TypeError(f"{type(self).__name__} must implement end")

    # For subclasses.

    def cloud(self, named: str, project_id: str | None = None) -> openstack.Cloud:
        """The client of a cloud, one a process and project.

        Args:
            named: the input `cloud`.
            project_id: the project; None is the administrator's own.

        Raises:
            ExpectedError: when the model's Keystone is gone, or can't be asked.
        """
        try:
            return self._cloud(named, project_id)
        except _login.Gone:
            raise ExpectedError(f"the Juju model of {named} has no Keystone: deploy it first") from None

    def timeout(self) -> float:
        """Seconds that a wait may take at most."""
        return _settings.number(self._openstack_settings(), "timeout_seconds", 1800)

    def gone(self, what: str) -> ExpectedError:
        """The error of a change to something that somebody deleted since the last refresh."""
        return ExpectedError(f"the {what} is gone from OpenStack: run `pulumi refresh`, then `pulumi up`")

    def intent_in(self, cloud: openstack.Cloud, kind: str, key: str) -> _intents.Intent:
        """What this checkout was about to make, by its natural key; tells our own half-made things from found ones."""
        access = cloud.access
        return _intents.Intent(f"openstack:{access.cloud or access.auth_url}", kind, key)

    # What the base calls.

    def fetch(self, id_: str, old: Props) -> Found | None:
        """A service that is down tells nothing: what is known stays, so that a refresh goes on and `up` can mend what is down."""
        named = str(old.get("cloud") or "")
        try:
            with _outage.kept(self._key(named)) as told:
                cloud = self._cloud(named)
                _outage.reach(self._key(named), cloud)
                told.found = self.look(id_, old, cloud)
            return told.found
        except (_login.Gone, juju.NotFound, juju.NoController):
            return None

    def remove(self, id_: str, old: Props) -> None:
        try:
            self.end(id_, old, self._cloud(old.get("cloud", "")))
        except (_login.Gone, juju.NotFound, juju.NoController):
            return

    # What the engine calls.

    def create(self, props: Props) -> dynamic.CreateResult:
        return self._anew(props, lambda: super(CloudProvider, self).create(props))

    def read(self, id_: str, props: Props) -> dynamic.ReadResult:
        return self._anew(props, lambda: super(CloudProvider, self).read(id_, props))

    def update(self, id_: str, olds: Props, news: Props) -> dynamic.UpdateResult:
        return self._anew(news, lambda: super(CloudProvider, self).update(id_, olds, news))

    def delete(self, id_: str, props: Props) -> None:
        self._anew(props, lambda: super(CloudProvider, self).delete(id_, props))

    # How.

    def _anew(self, props: Mapping[str, Any], work: Callable[[], T]) -> T:
        """Does it, once more with a fresh log-in when the one at hand isn't taken any more; all work looks first at what is."""
        try:
            return work()
        except _STALE:
            if access := _login.forget(self._key(str(props.get("cloud") or ""))):
                openstack.connect(access, self._poll()).close()
        return work()

    def _cloud(self, named: str, project_id: str | None = None) -> openstack.Cloud:
        settings = self._openstack_settings()
        access = _login.remembered(self._key(named), lambda: self._entry(named, settings))
        return openstack.connect(access.in_project(project_id) if project_id else access, self._poll())

    def _poll(self) -> float:
        return _settings.number(self._openstack_settings(), "poll_seconds", 2)

    def _entry(self, named: str, settings: Mapping[str, Any]) -> openstack.Access:
        if settings.get("cloud"):
            return openstack.Access(cloud=settings["cloud"], gateway=_settings.gateway(settings))
        place = _login.Place.parse(named)
        return _login.find(self.controller(place.controller or None).model(place.model), place, _settings.gateway(settings))

    def _key(self, named: str) -> tuple[Any, ...]:
        settings = self._openstack_settings()
        if settings.get("cloud"):
            return "clouds.yaml", settings["cloud"], _settings.gateway(settings)
        return _login.key(self.folder(), named, _settings.gateway(settings))

    def _openstack_settings(self) -> dict[str, Any]:
        return _settings.section(self.setting, "openstack")
