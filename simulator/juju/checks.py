"""The conditions of rules.json that need code: Ceph's disks and OSD counts, Vault's seal, quorum, actions that are awaited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..world import World
from . import osds
from .records import Application, Model, Unit
from .rules import Peers, rules
from .store import option, relations_of, units_of

Verdict = tuple[str, str]
DEFAULT_OSDS = 3


class Checks:
    """Named conditions over a model and the machines' disks."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._checks: dict[str, Callable[[Model, Unit], Verdict | None]] = {
            "expected-osds": self._expected_osds,
            "block-devices": self._block_devices,
            "vault": self._vault,
            "octavia-resources": self._octavia_resources,
            "ceilometer-upgraded": self._ceilometer_upgraded,
        }
        self._conditions: dict[str, Callable[[Model, Unit], bool]] = {
            "quorum": self._quorum,
            "pki": self._pki,
            "authorised": self._authorised,
        }

    def run(self, name: str, model: Model, unit: Unit) -> Verdict | None:
        """What stands between a unit and active, None when nothing does."""
        return self._checks[name](model, unit)

    def holds(self, name: str, model: Model, unit: Unit) -> bool:
        """Whether a condition for handing out data holds."""
        return self._conditions[name](model, unit)

    def ready_text(self, name: str, model: Model, unit: Unit) -> str | None:
        """What a ready unit says, where that depends on what it has."""
        if name == "vault":
            return f"Unit is ready (active: {str(_works(model, unit)).lower()}, mlock: disabled)"
        return f"Unit is ready ({self.osds(model, unit)} OSD)" if name == "block-devices" else None

    def least(self, model: Model, app: Application, peers: Peers) -> int:
        """How many units a cluster needs."""
        return int(option(model, app, peers.option) or peers.least) if peers.option else peers.least

    def osds(self, model: Model, unit: Unit) -> int:
        """How many of a ceph-osd unit's devices its machine has."""
        return len(osds.devices(self._world, model, unit))

    def _block_devices(self, model: Model, unit: Unit) -> Verdict | None:
        if self.osds(model, unit):
            return None
        return "blocked", "No block devices detected using current configuration"

    def _expected_osds(self, model: Model, unit: Unit) -> Verdict | None:
        app = model.applications[unit.application]
        related = [r for r in relations_of(model, app.name) if (end := r.end_of(app.name)) and end.name == "osd"]
        if not related:
            return "blocked", "Missing relation: OSD"
        expected = int(option(model, app, "expected-osd-count") or DEFAULT_OSDS)
        there = 0
        for relation in related:
            for osd in units_of(model, relation.other_end(app.name).application):
                there += self.osds(model, osd) if osd.workload.status == "active" else 0
        if there >= expected:
            return None
        return "waiting", f"Monitor bootstrapped but waiting for number of OSDs to reach expected-osd-count ({expected})"

    def _quorum(self, model: Model, unit: Unit) -> bool:
        app = model.applications[unit.application]
        peers = rules().of(app.charm).peers
        there = [u for u in units_of(model, app.name) if u.started and not u.stopping]
        return peers is None or bool(app.state.get("clustered")) or len(there) >= self.least(model, app, peers)

    def _vault(self, model: Model, unit: Unit) -> Verdict | None:
        state = vault_state(model, model.applications[unit.application])
        if not state["initialised"]:
            return "blocked", "Vault needs to be initialized"
        if unit.name not in state["unsealed"]:
            return "blocked", "Unit is sealed"
        if not state["authorised"]:
            return "blocked", "Vault charm not yet authorized: run authorize-charm action."
        if not state["ca"] and self._issues(model, unit) and unit.name == model.applications[unit.application].leader:
            return "blocked", "Missing CA cert"
        return None

    def _octavia_resources(self, model: Model, unit: Unit) -> Verdict | None:
        app = model.applications[unit.application]
        if app.state.get("resources") or not option(model, app, "enable-amphora"):
            return None
        who = "end-user execution of `configure-resources` action" if app.leader == unit.name else "leader"
        return "blocked", f"Awaiting {who} to create required resources"

    def _ceilometer_upgraded(self, model: Model, unit: Unit) -> Verdict | None:
        app = model.applications[unit.application]
        ends = [relation.end_of(app.name) for relation in relations_of(model, app.name)]
        if app.state.get("upgraded") or not any(end and end.name == "metric-service" for end in ends):
            return None
        return "blocked", "Run the ceilometer-upgrade action on the leader to initialize ceilometer and gnocchi"

    def _issues(self, model: Model, unit: Unit) -> bool:
        ends = [relation.end_of(unit.application) for relation in relations_of(model, unit.application)]
        return any(end and end.name == "certificates" for end in ends)

    def _pki(self, model: Model, unit: Unit) -> bool:
        state = vault_state(model, model.applications[unit.application])
        return bool(state["ca"]) and self._authorised(model, unit)

    def _authorised(self, model: Model, unit: Unit) -> bool:
        state = vault_state(model, model.applications[unit.application])
        return bool(state["authorised"]) and unit.name in state["unsealed"]


def vault_state(model: Model, app: Application) -> dict[str, Any]:
    """What a Vault application keeps: initialised, unsealed (unit names), authorised, ca (PEM), root_token, keys.

    With the options for test clouds it opens itself.
    """
    state = app.state.setdefault("vault", {"initialised": False, "unsealed": [], "authorised": False, "ca": ""})
    if option(model, app, "totally-unsecure-auto-unlock"):
        names = [unit.name for unit in units_of(model, app.name)]
        state.update(initialised=True, authorised=True, unsealed=names)
    if option(model, app, "auto-generate-root-ca-cert") and state["authorised"] and not state["ca"]:
        state["ca"] = "automatic"
    return dict(state)


def _works(model: Model, unit: Unit) -> bool:
    """Whether a Vault unit is the active one; with a database of their own kind each of them is."""
    ends = {end.name for relation in relations_of(model, unit.application) if (end := relation.end_of(unit.application))}
    unsealed = vault_state(model, model.applications[unit.application])["unsealed"]
    clustered = "etcd" in ends or not ends & {"shared-db", "db"}
    open_ones = [member.name for member in units_of(model, unit.application) if member.name in unsealed]
    return not clustered or open_ones[:1] == [unit.name]
