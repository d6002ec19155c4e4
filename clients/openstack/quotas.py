"""Quotas of the three services that have them, by project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from .errors import NotFoundError

if TYPE_CHECKING:
    from .cloud import Cloud

Service = Literal["compute", "network", "block_storage"]

_PATHS: Final[Mapping[str, tuple[str, str]]] = {
    "compute": ("/os-quota-sets/{project}", "quota_set"),
    "network": ("/quotas/{project}", "quota"),
    "block_storage": ("/os-quota-sets/{project}", "quota_set"),
}
_DEFAULTS: Final[Mapping[str, str]] = {
    "compute": "/os-quota-sets/{project}/defaults",
    "network": "/quotas/{project}/default",
    "block_storage": "/os-quota-sets/{project}/defaults",
}
_OPTIONS: Final[Mapping[str, dict[str, Any]]] = {"compute": {"microversion": "2.56"}}


class Quotas:
    """What projects may use; -1 is without bound."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def read(self, service: Service, project: str) -> dict[str, int]:
        """A project's quotas, the defaults where nothing was set."""
        return self._numbers(service, _PATHS[service][0], project)

    def defaults(self, service: Service, project: str) -> dict[str, int]:
        """What a project has whose quotas nobody set."""
        return self._numbers(service, _DEFAULTS[service], project)

    def change(self, service: Service, project: str, values: Mapping[str, int]) -> None:
        """Sets some quotas; values below what is used are accepted by the services."""
        path, key = _PATHS[service]
        what = f"change the {service} quotas of the project {project}"
        self._cloud.raw(service, "put", path.format(project=project), what, json={key: dict(values)}, **_OPTIONS.get(service, {}))

    def reset(self, service: Service, project: str) -> None:
        """Puts all of a project's quotas back to the defaults."""
        path = _PATHS[service][0].format(project=project)
        what = f"reset the {service} quotas of the project {project}"
        try:
            self._cloud.raw(service, "delete", path, what, **_OPTIONS.get(service, {}))
        except NotFoundError:
            return

    def _numbers(self, service: Service, path: str, project: str) -> dict[str, int]:
        what = f"read the {service} quotas of the project {project}"
        reply = self._cloud.raw(service, "get", path.format(project=project), what, **_OPTIONS.get(service, {}))
        return {k: int(v) for k, v in reply[_PATHS[service][1]].items() if isinstance(v, int) and not isinstance(v, bool)}
