"""What Nova's handlers work on: its database, the cloud around it, and the look-ups that all of them need."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..faults import Fault, not_found
from ..routes import Request
from . import flavors, identifiers
from .records import Flavor, Server
from .store import Store

if TYPE_CHECKING:
    from ..cloud import Cloud


class Compute:
    """One cloud's Nova.

    Args:
        cloud: the other services, the facts and the clock.

    Attributes:
        heard: the services that reported themselves when they were last asked to.
        new_flavor_id: makes up the id of a flavor that is given none; lists are in the order of these ids.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.store = Store()
        self.heard: set[str] = set()
        self.new_flavor_id: Callable[[], str] = identifiers.new_id

    def now(self) -> float:
        """The rack's time in POSIX seconds."""
        return self.cloud.now()

    def flavor(self, flavor_id: str, request: Request) -> Flavor:
        """The flavor that a caller names.

        Raises:
            Fault: 404, there is none that the caller may see.
        """
        found = self.store.flavors.get(flavor_id)
        if found is None or not flavors.visible(found, request):
            raise not_found(f"Flavor {flavor_id} could not be found.")
        return found

    def server(self, server_id: str, request: Request) -> Server:
        """The server that a caller names.

        Raises:
            Fault: 404, there is none that the caller may see.
        """
        found = self.store.servers.get(server_id)
        if found is None or not (request.admin or found.project_id == request.project):
            raise not_found(f"Instance {server_id} could not be found.")
        return found

    def require_project(self, project_id: str) -> None:
        """Refuses a project that Keystone doesn't know.

        Raises:
            Fault: 400.
        """
        if self.cloud.identity.project(project_id) is None:
            raise Fault(400, f"Project ID {project_id} is not a valid project.")
