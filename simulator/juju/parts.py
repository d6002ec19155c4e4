"""The running parts of the simulated controllers, as each other's neighbours."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..clock import Clock
from ..requestlog import RequestLog
from ..world import World
from .faults import Faults
from .records import Controller, Model
from .store import Store

if TYPE_CHECKING:
    from .actions import Actions
    from .computeactions import Nova
    from .controllers import Controllers
    from .hooks import Hooks
    from .lifecycle import Lifecycle
    from .machines import Machines
    from .provisioner import Provisioner
    from .relations import Relations
    from .rpc import Connection
    from .serviceactions import Glance
    from .settle import Settle
    from .units import Units


@dataclasses.dataclass(kw_only=True)
class Parts:
    """Who does what: each part is made with this and finds the others here.

    `address` says where a controller is reached (HOST:PORT), `ca_cert` whose certificates to trust (PEM), `nova` and
    `glance` what a model's Nova and Glance are asked directly (None without one).
    """

    world: World
    store: Store
    faults: Faults
    requests: RequestLog
    address: Callable[[Controller], str]
    ca_cert: Callable[[], str]
    nova: Callable[[Model], Nova | None] = lambda _: None
    glance: Callable[[Model], Glance | None] = lambda _: None
    connections: set[Connection] = dataclasses.field(default_factory=set)
    hooks: Hooks = dataclasses.field(init=False)
    settle: Settle = dataclasses.field(init=False)
    units: Units = dataclasses.field(init=False)
    relations: Relations = dataclasses.field(init=False)
    machines: Machines = dataclasses.field(init=False)
    provisioner: Provisioner = dataclasses.field(init=False)
    lifecycle: Lifecycle = dataclasses.field(init=False)
    actions: Actions = dataclasses.field(init=False)
    controllers: Controllers = dataclasses.field(init=False)

    @property
    def clock(self) -> Clock:
        """The rack's time."""
        return self.world.clock

    def changed(self) -> None:
        """Tells watchers and saves."""
        self.store.changed()
        self.world.changed()
