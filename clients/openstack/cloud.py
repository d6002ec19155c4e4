"""One project of one cloud: a connection, and what is in it by kind.

Owns: the connection, made at the first call and shared by all threads; waits; the translation of errors. Does not own: what an
object should look like; callers say that.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .. import _watch
from . import access as accesses
from . import errors, types
from ._collection import Collection
from .access import Access
from .compute import Compute
from .errors import NotFoundError
from .identity import Identity
from .images import Images
from .networking import Networking
from .quotas import Quotas
from .shares import Shares
from .volumes import Volumes

T = TypeVar("T")


class Cloud:
    """A project of a cloud.

    Args:
        access: where it is, and with which credentials.
        transport: what requests go through; None makes one.
        poll: seconds between two looks while something is waited for.
        patience: factor of the pauses after a lost answer.
    """

    def __init__(self, access: Access, transport: Any | None = None, *, poll: float = 2.0, patience: float = 1.0) -> None:
        self.access = access
        self.where = access.where
        self.poll = poll
        self.patience = patience
        self._transport = transport
        self._connection: Any = None
        self._lock = threading.Lock()
        self.compute = Compute(self)
        self.networking = Networking(self)
        self.identity = Identity(self)
        self.images = Images(self)
        self.volumes = Volumes(self)
        self.quotas = Quotas(self)
        self.shares = Shares(self)

    # Kinds that are no more than their fields.

    @functools.cached_property
    def networks(self) -> Collection[types.Network]:
        """Networks."""
        return Collection(self, "network", ("network", "networks"), "network", types.Network)

    @functools.cached_property
    def subnets(self) -> Collection[types.Subnet]:
        """Subnets."""
        return Collection(self, "network", ("subnet", "subnets"), "subnet", types.Subnet)

    @functools.cached_property
    def routers(self) -> Collection[types.Router]:
        """Routers."""
        return Collection(self, "network", ("router", "routers"), "router", types.Router)

    @functools.cached_property
    def ports(self) -> Collection[types.Port]:
        """Ports."""
        return Collection(self, "network", ("port", "ports"), "port", types.Port)

    @functools.cached_property
    def floating_ips(self) -> Collection[types.FloatingIp]:
        """Floating addresses."""
        return Collection(self, "network", ("ip", "ips"), "floating IP", types.FloatingIp)

    @functools.cached_property
    def security_groups(self) -> Collection[types.SecurityGroup]:
        """Security groups."""
        return Collection(self, "network", ("security_group", "security_groups"), "security group", types.SecurityGroup)

    @functools.cached_property
    def security_group_rules(self) -> Collection[types.SecurityGroupRule]:
        """Rules of security groups."""
        words = ("security_group_rule", "security_group_rules")
        return Collection(self, "network", words, "security group rule", types.SecurityGroupRule)

    @functools.cached_property
    def projects(self) -> Collection[types.Project]:
        """Projects."""
        return Collection(self, "identity", ("project", "projects"), "project", types.Project)

    @functools.cached_property
    def domains(self) -> Collection[types.Domain]:
        """Domains."""
        return Collection(self, "identity", ("domain", "domains"), "domain", types.Domain)

    @functools.cached_property
    def users(self) -> Collection[types.User]:
        """Users."""
        return Collection(self, "identity", ("user", "users"), "user", types.User)

    @functools.cached_property
    def roles(self) -> Collection[types.Role]:
        """Roles."""
        return Collection(self, "identity", ("role", "roles"), "role", types.Role)

    @functools.cached_property
    def groups(self) -> Collection[types.Group]:
        """Groups of users."""
        return Collection(self, "identity", ("group", "groups"), "group", types.Group)

    @functools.cached_property
    def flavors(self) -> Collection[types.Flavor]:
        """Flavors."""
        return Collection(self, "compute", ("flavor", "flavors"), "flavor", types.Flavor)

    @functools.cached_property
    def key_pairs(self) -> Collection[types.KeyPair]:
        """Key pairs, of the user that we are unless `user_id` says another."""
        return Collection(self, "compute", ("keypair", "keypairs"), "key pair", types.KeyPair)

    @functools.cached_property
    def aggregates(self) -> Collection[types.HostAggregate]:
        """Host aggregates."""
        return Collection(self, "compute", ("aggregate", "aggregates"), "host aggregate", types.HostAggregate)

    @functools.cached_property
    def server_groups(self) -> Collection[types.ServerGroup]:
        """Server groups."""
        return Collection(self, "compute", ("server_group", "server_groups"), "server group", types.ServerGroup)

    @functools.cached_property
    def servers(self) -> Collection[types.Server]:
        """Servers of the project."""
        return Collection(self, "compute", ("server", "servers"), "server", types.Server)

    @functools.cached_property
    def volume_types(self) -> Collection[types.VolumeType]:
        """Types of volumes."""
        return Collection(self, "block_storage", ("type", "types"), "volume type", types.VolumeType)

    @functools.cached_property
    def share_types(self) -> Collection[types.ShareType]:
        """Types of shares."""
        return Collection(self, "shared_file_system", ("share_type", "share_types"), "share type", types.ShareType)

    # The cloud itself.

    def project_id(self) -> str:
        """The project that we are in.

        Raises:
            CloudError: when the credentials are for a domain or the whole system.
        """
        found = self.call("log in", lambda c: c.session.get_project_id())
        if not found:
            raise errors.CloudError(f"{self.where}: the credentials are for no project; say project_name in clouds.yaml")
        return str(found)

    def user_id(self) -> str:
        """The user that we are."""
        return self.call("log in", lambda c: str(c.session.get_user_id()))

    def endpoints(self) -> dict[str, str]:
        """The catalogue's addresses by type of service, in our region and for our interface."""
        return self.call("read the catalogue", _endpoints)

    def raw(self, service: str, verb: str, path: str, what: str, **options: Any) -> Any:
        """A request that openstacksdk has no call for; returns the JSON of the answer, None when there is none."""

        def send(connection: Any) -> Any:
            response = getattr(getattr(connection, service), verb)(path, **options)
            if response.status_code >= 400:
                import openstack.exceptions

                openstack.exceptions.raise_from_response(response)
            return response.json() if response.content and "json" in response.headers.get("Content-Type", "") else None

        return self.call(what, send)

    def answers(self, url: str) -> bool:
        """Whether a service answers at an address, whatever it says; what it says when it is broken is no answer."""

        def asked(connection: Any) -> bool:
            found = connection.session.get(url, authenticated=False, raise_exc=False, redirect=False)
            return bool(found.status_code < 500)

        try:
            return self.call(f"ask {url}", asked)
        except errors.UntrustedError:
            raise
        except (errors.UnreachableError, errors.FaultError):
            return False

    def call(self, what: str, function: Callable[[Any], T]) -> T:
        """Calls `function` with openstacksdk's connection, and translates what it raises.

        Args:
            what: the call in the operator's words, e.g. "create the network ext_net".
            function: what to do.
        """
        with errors.translated(what, self.where):
            return function(self._connected())

    def wait(self, what: str, look: Callable[[], T | None], ready: Callable[[T | None], bool], *, seconds: float) -> T | None:
        """Polls `look` until `ready` holds, and returns what it saw then; what `ready` raises ends the wait.

        Raises:
            DeadlineError: when the deadline has passed; says `what` was waited for and what was seen last.
        """

        def looked() -> dict[str, T]:
            found = look()
            return {} if found is None else {what: found}

        watch = _watch.Watch(looked, self.poll, tolerate=(errors.UnreachableError, errors.FaultError))
        return watch.wait(what, ready, deadline=seconds, describe=lambda seen: f"{what}; {_state(seen)}")

    def until_gone(self, what: str, look: Callable[[], T | None], *, seconds: float) -> None:
        """Waits until `look` finds nothing any more."""

        def gone() -> T | None:
            try:
                return look()
            except NotFoundError:
                return None

        self.wait(f"{what} to go", gone, lambda seen: seen is None, seconds=seconds)

    def close(self) -> None:
        """Closes the connections; the next call logs in anew."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.session.session.close()

    def _connected(self) -> Any:
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection

    def _connect(self) -> Any:
        import openstack.connection

        return openstack.connection.Connection(config=accesses.region_of(self.access, self._transport))


def _endpoints(connection: Any) -> dict[str, str]:
    """What we use of the catalogue; clouds.yaml may say a region and an interface, for single services too."""
    catalogue = connection.session.auth.get_access(connection.session).service_catalog.catalog
    found = {str(s["type"]): str(e["url"]) for s in catalogue for e in s["endpoints"] if _used(connection.config, s["type"], e)}
    return dict(sorted(found.items()))


def _used(config: Any, kind: str, endpoint: Mapping[str, Any]) -> bool:
    region, interface = config.get_region_name(kind), str(config.get_interface(kind) or "public").removesuffix("URL")
    return endpoint["interface"] == interface and (not region or endpoint.get("region_id") == region)


def _state(seen: Any) -> str:
    status = getattr(seen, "status", None)
    return "nothing is there" if seen is None else f"it is {status}" if status else "it is there"
