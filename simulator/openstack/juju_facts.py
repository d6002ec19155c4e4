"""The surroundings of a cloud as the simulated Juju has deployed them, and which unit listens where.

Owns: reading a Juju model's records. Does not own: changing them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..juju.actions import admin_password
from ..juju.parts import Parts
from ..juju.records import Application, Machine, Model, Unit
from ..juju.store import option, relations_of, units_of
from ..vault.state import State
from ..world import Machine as Hardware
from ..world import World
from . import tls
from .areas import LISTENERS, Listener, available
from .facts import Chassis, Compute

TYPES: dict[str, tuple[str, ...]] = {
    "keystone": ("identity",),
    "glance": ("image",),
    "nova-cloud-controller": ("compute",),
    "placement": ("placement",),
    "neutron-api": ("network",),
    "cinder": ("volumev3",),
    "octavia": ("load-balancer",),
    "heat": ("orchestration",),
    "barbican": ("key-manager",),
    "designate": ("dns",),
    "magnum": ("container-infra",),
    "manila": ("share", "sharev2"),
    "aodh": ("alarming",),
    "gnocchi": ("metric",),
    "ceph-radosgw": ("object-store",),
}
"""The service types that a charm registers in keystone's catalog."""

_GIB = 1024**3
_HTTP, _HTTPS = 80, 443
_DEFAULT_MTU = 1500


class JujuFacts:
    """Reads one model.

    Args:
        world: the machines.
        model: the model's records; asked anew each time, KeyError when it is gone.
        url: base URL of an address and port, and whether TLS is spoken there, as clients see it.
        juju: the running parts of Juju, for Vault, whose charm reacts to what is done to it.
    """

    def __init__(
        self, world: World, model: Callable[[], Model], url: Callable[[str, int, bool], str], juju: Parts | None = None
    ) -> None:
        self.juju = juju
        self._world = world
        self._model = model
        self._url = url

    @property
    def model(self) -> Model:
        """The model's records, for the areas that live in Juju's own state (Vault)."""
        return self._model()

    def region(self) -> str:
        """Keystone's option."""
        return next((str(self._option(app, "region")).split()[0] for app in self._apps("keystone")), "RegionOne")

    def endpoints(self) -> dict[str, str]:
        """Services that are related to keystone, at their vip or their leading unit."""
        found = {}
        for app in self.model.applications.values():
            address = self._address(app) if app.charm in TYPES and self._registered(app) else ""
            for kind in TYPES[app.charm] if address else ():
                secured = self.secured(app.name)
                found[kind] = self._url(address, _port(LISTENERS[app.charm], secured), secured)
        return found

    def admin_password(self) -> str:
        """What keystone's action get-admin-password gives."""
        return next((admin_password(self.model, app.name) for app in self._apps("keystone")), "")

    def computes(self) -> list[Compute]:
        """Units of nova-compute that got through their hooks."""
        return [self._compute(unit) for unit in self._units("nova-compute") if _runs(unit) or unit.paused]

    def chassis(self) -> list[Chassis]:
        """Units of ovn-chassis and ovn-dedicated-chassis."""
        found = []
        for charm in ("ovn-chassis", "ovn-dedicated-chassis"):
            for unit in [u for u in self._units(charm) if _runs(u)]:
                app, host = self.model.applications[unit.application], self.model.machines[unit.machine].hostname
                mappings = str(self._option(app, "ovn-bridge-mappings") or "").split()
                gateway = charm != "ovn-chassis" or bool(self._option(app, "prefer-chassis-as-gw"))
                names = tuple(mapping.split(":")[0] for mapping in mappings)
                found.append(Chassis(hostname=host, name=host, gateway=gateway, mappings=names, up=self._powered(unit)))
        return found

    def hosts(self, charm: str) -> list[str]:
        """Host names of a charm's units that are up."""
        return [self.model.machines[unit.machine].hostname for unit in self._units(charm) if self._active(unit)]

    def physical_networks(self) -> set[str]:
        """neutron-api's flat-network-providers."""
        return {
            name for app in self._apps("neutron-api") for name in str(self._option(app, "flat-network-providers") or "").split()
        }

    def vlan_ranges(self) -> list[tuple[str, int, int]]:
        """neutron-api's vlan-ranges."""
        found = []
        for app in self._apps("neutron-api"):
            for text in str(self._option(app, "vlan-ranges") or "").split():
                name, first, last = text.split(":")
                found.append((name, int(first), int(last)))
        return found

    def external_mtu(self) -> int:
        """neutron-api's global-physnet-mtu."""
        return next(
            (int(self._option(app, "global-physnet-mtu") or _DEFAULT_MTU) for app in self._apps("neutron-api")), _DEFAULT_MTU
        )

    def volume_backends(self) -> list[str]:
        """Ceph's pool for each cinder-ceph, else the units' own volume groups."""
        ceph = [f"cinder@{app.name}#{app.name}" for app in self._apps("cinder-ceph")]
        return ceph or [f"{host}@LVM#LVM" for host in self.hosts("cinder")]

    def default_volume_type(self) -> str:
        """Cinder's default-volume-type."""
        return next((str(self._option(app, "default-volume-type") or "") for app in self._apps("cinder")), "")

    def listening(self, host: str, port: int) -> tuple[Unit, str] | None:
        """The unit that answers at an address and port, with its area; None when nothing does."""
        for unit in self.model.units.values():
            app = self.model.applications[unit.application]
            listener = LISTENERS.get(app.charm)
            if not listener or listener.area not in available() or port != _port(listener, self.secured(app.name)):
                continue
            if host in self._own_addresses(app, unit) and self._active(unit, listener.states):
                return unit, listener.area
        return None

    def secured(self, application: str) -> bool:
        """Whether an application's services speak TLS: once a unit has got its certificate."""
        app = self.model.applications[application]
        if self.juju is None or app.charm not in LISTENERS or LISTENERS[app.charm].area == "vault":
            return False
        assessor = self.juju.settle.assessor
        return any(assessor.has_certificate(self.model, unit) for unit in units_of(self.model, application))

    def authority(self) -> tls.Authority | None:
        """Who signs the certificates, None while nobody does."""
        for app in self._apps("vault"):
            state = State.model_validate(app.state.get("vault") or {})
            pki = next((pki for pki in state.pki.values() if pki.certificate and pki.key), None)
            if pki:
                return tls.Authority(certificate=pki.certificate, key=pki.key, renewals=int(app.state.get("renewals", 0)))
        return None

    def _own_addresses(self, app: Application, unit: Unit) -> set[str]:
        vips = str(self._option(app, "vip") or "").split()
        return {*vips, *(address["value"] for address in self.model.machines[unit.machine].addresses)}

    def _address(self, app: Application) -> str:
        units = sorted(units_of(self.model, app.name), key=lambda unit: unit.name != app.leader)
        vips = str(self._option(app, "vip") or "").split()
        addresses = [self.model.machines[unit.machine].address for unit in units if unit.started]
        return next(filter(None, [*vips, *addresses]), "")

    def _registered(self, app: Application) -> bool:
        """Whether a unit has asked keystone for its endpoints and got an answer."""
        if app.charm == "keystone":
            return True
        keystones = {keystone.name for keystone in self._apps("keystone")}
        for relation in relations_of(self.model, app.name):
            end = relation.end_of(app.name)
            if end and end.name == "identity-service" and relation.other_end(app.name).application in keystones:
                return any(relation.id in unit.joined for unit in units_of(self.model, app.name))
        return False

    def _compute(self, unit: Unit) -> Compute:
        machine = self.model.machines[unit.machine]
        hardware = self._hardware(machine) or Hardware(key=machine.hostname)
        disks = hardware.disks[1:] or hardware.disks
        return Compute(
            hostname=machine.hostname,
            vcpus=hardware.cpus,
            memory_mib=hardware.memory,
            disk_gib=sum(disk.size for disk in disks) // _GIB,
            up=self._powered(unit) and _runs(unit),
            unit=unit.name,
            boots=hardware.boots,
            resumes_guests=bool(self._option(self.model.applications[unit.application], "resume-guests-state-on-host-boot")),
            address=machine.address,
        )

    def _active(self, unit: Unit, states: tuple[str, ...] = ("active",)) -> bool:
        through = _runs(unit) or unit.workload.status in states
        return unit.started and not unit.stopping and not unit.paused and through and self._powered(unit)

    def _powered(self, unit: Unit) -> bool:
        machine = self.model.machines[unit.machine]
        host = self.model.machines.get(machine.parent, machine)
        hardware = self._hardware(host)
        return hardware.boot == "disk" if hardware else host.present

    def _hardware(self, machine: Machine) -> Hardware | None:
        macs = [nic["mac-address"] for nic in machine.interfaces.values() if "mac-address" in nic]
        return next((found for mac in macs if (found := self._world.by_mac(mac))), None)

    def _apps(self, charm: str) -> Iterator[Application]:
        return (app for app in self.model.applications.values() if app.charm == charm)

    def _units(self, charm: str) -> Iterator[Unit]:
        return (
            unit for app in self._apps(charm) for unit in units_of(self.model, app.name) if unit.started and not unit.stopping
        )

    def _option(self, app: Application, name: str) -> Any:
        return option(self.model, app, name)


def _port(listener: Listener, secured: bool) -> int:
    """Web servers have a port of their own for TLS; APIs don't."""
    return _HTTPS if secured and listener.port == _HTTP else listener.port


def _runs(unit: Unit) -> bool:
    """Whether a unit's service runs: its charm was through once, and does not say that the service was taken away.

    A charm that waits again for something does not stop what it has started.
    """
    was = any(kind == "workload" and status.status == "active" for kind, status in unit.history)
    return unit.workload.status == "active" or (was and unit.workload.status != "blocked")
