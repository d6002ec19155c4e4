"""How a cloud is reached: by credentials that are given, or by a name in the operator's clouds.yaml."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import Any

from . import _transport
from .errors import CloudError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Access:
    """Credentials for one project of one cloud; two equal ones share a connection.

    Attributes:
        auth_url: Keystone's, with /v3.
        project: name of the project; its domain is `domain` too unless `project_id` is given.
        project_id: id of the project, instead of its name.
        domain: name of the domain of the user, and of the project.
        ca: certificates (PEM) of the authority that signed the services' ones.
        gateway: template of the way to the services, see `clients.reach`.
        interface: which of the catalogue's addresses are used.
        cloud: a name in clouds.yaml; when given, only `project_id` and `gateway` of the rest count.
    """

    auth_url: str = ""
    username: str = "admin"
    password: str = dataclasses.field(default="", repr=False)
    project: str = "admin"
    project_id: str | None = None
    domain: str = "admin_domain"
    region: str | None = None
    ca: str = dataclasses.field(default="", repr=False)
    gateway: str | None = None
    interface: str = "public"
    cloud: str | None = None

    @property
    def where(self) -> str:
        """The cloud, for messages."""
        return f"OpenStack ({self.cloud})" if self.cloud else f"OpenStack at {self.auth_url}"

    def in_project(self, project_id: str) -> Access:
        """The same credentials for another project."""
        return dataclasses.replace(self, project_id=project_id)


def region_of(access: Access, transport: Any | None = None) -> Any:
    """The configuration of the cloud as openstacksdk has it; nothing is sent.

    Without a name in clouds.yaml nothing of the environment counts: OS_* variables of another cloud would be merged into what
    is given here.

    Raises:
        CloudError: when clouds.yaml has no such cloud, or can't be read.
    """
    import openstack.config
    import openstack.exceptions
    from keystoneauth1 import session as sessions

    session = transport or _transport.Transport(access.gateway, access.ca, own_settings=bool(access.cloud))

    def connected(**settings: Any) -> Any:
        return sessions.Session(**settings, session=session)

    common: dict[str, Any] = {"load_envvars": False, "session_constructor": connected, "app_name": "openstack-on-metal"}
    try:
        if access.cloud:
            config = openstack.config.OpenStackConfig(**common, **_files())
            return config.get_one(cloud=access.cloud, **_scope(access))
        config = openstack.config.OpenStackConfig(**common, load_yaml_config=False)
        return config.get_one(**_explicit(access))
    except (openstack.exceptions.ConfigException, OSError) as error:
        raise CloudError(f"{access.where}: {error}; openstack:cloud must be a name in clouds.yaml") from error


def _explicit(access: Access) -> dict[str, Any]:
    project = {"project_id": access.project_id} if access.project_id else {"project_name": access.project}
    auth = {
        "auth_url": access.auth_url,
        "username": access.username,
        "password": access.password,
        "user_domain_name": access.domain,
        **project,
        **({} if access.project_id else {"project_domain_name": access.domain}),
    }
    return {"auth": auth, "region_name": access.region, "interface": access.interface, "auth_type": "v3password"}


def _scope(access: Access) -> dict[str, Any]:
    """Another project than clouds.yaml says: Keystone's plug-in prefers an id to a name."""
    return {"auth": {"project_id": access.project_id}} if access.project_id else {}


def _files() -> dict[str, list[str]]:
    """Where clouds.yaml and secure.yaml may be, the files that the operator's environment names first."""
    homes = (pathlib.Path.cwd(), pathlib.Path.home() / ".config" / "openstack", pathlib.Path("/etc/openstack"))
    variables = {"clouds": "OS_CLIENT_CONFIG_FILE", "secure": "OS_CLIENT_SECURE_FILE"}
    found = {}
    for name, variable in variables.items():
        named = [os.environ[variable]] if variable in os.environ else []
        found[name] = named + [str(home / f"{name}.{suffix}") for home in homes for suffix in ("yaml", "yml")]
    return {"config_files": found["clouds"], "secure_files": found["secure"]}
