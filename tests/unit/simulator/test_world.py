from __future__ import annotations

import pathlib

import pytest
import yaml

from simulator.clock import Clock
from simulator.world import Bmc, Fault, Machine, Nic, World, WorldData, WorldError

GUIDE = pathlib.Path(__file__).parents[3] / "simulator" / "worlds" / "guide.yaml"


def world_with(*machines: Machine) -> World:
    world = World(Clock(now=0, factor=0))
    for machine in machines:
        world.add(machine)
    return world


def machine(key: str = "m", mac: str = "52:54:00:00:00:01", **fields: object) -> Machine:
    return Machine(key=key, nics=[Nic(name="eno1", mac=mac, network="n")], boot_seconds=10, **fields)


def test_power_on_leads_to_a_netboot_request_after_the_boot_time() -> None:
    world = world_with(machine())
    asked: list[tuple[str, float]] = []
    world.on_netboot(lambda found, nic: bool(asked.append((nic.name, world.clock.now()))) or True)
    world.power_on("m")
    world.clock.advance(9)
    assert asked == []
    world.clock.advance(1)
    assert asked == [("eno1", 10.0)]
    assert world.machine("m").boot == "netboot"


def test_without_a_boot_server_the_disk_is_booted_if_there_is_a_system() -> None:
    world = world_with(machine("a", "52:54:00:00:00:01"), machine("b", "52:54:00:00:00:02", os={"release": "ubuntu/noble"}))
    booted: list[str] = []
    world.on_disk_boot(lambda found: booted.append(found.key))
    for key in ("a", "b"):
        world.power_on(key)
    world.clock.advance(10)
    assert booted == ["b"]
    assert (world.machine("a").boot, world.machine("b").boot) == ("idle", "disk")


def test_an_unplugged_nic_asks_nobody() -> None:
    world = world_with(Machine(key="m", nics=[Nic(name="eno1", mac="52:54:00:00:00:01")], boot_seconds=1))
    world.on_netboot(lambda found, nic: pytest.fail("asked"))
    world.power_on("m")
    world.clock.advance(1)
    assert world.machine("m").boot == "idle"


def test_a_power_cycle_during_boot_starts_the_boot_over() -> None:
    world = world_with(machine())
    asked: list[float] = []
    world.on_netboot(lambda found, nic: bool(asked.append(world.clock.now())) or True)
    world.power_on("m")
    world.clock.advance(5)
    world.power_cycle("m")
    world.clock.advance(5)
    assert asked == []
    world.clock.advance(5)
    assert asked == [15.0]


def test_a_reboot_keeps_the_power_on() -> None:
    world = world_with(machine(os={"release": "r"}))
    changes: list[str] = []
    world.on_power(lambda found: changes.append(found.power))
    world.power_on("m")
    world.clock.advance(10)
    world.reboot("m")
    world.clock.advance(10)
    assert changes == ["on"]
    assert world.machine("m").boot == "disk"


def test_power_calls_that_change_nothing_tell_nobody() -> None:
    world = world_with(machine())
    world.on_power(lambda found: pytest.fail("told"))
    world.power_off("m")
    assert world.machine("m").power == "off"


def test_a_mac_address_is_taken_once() -> None:
    world = world_with(machine())
    with pytest.raises(WorldError, match="52:54:00:00:00:01 is in use"):
        world.add(machine("other"))
    assert world.by_mac("52:54:00:00:00:01".upper()) is world.machine("m")


def test_what_is_gone_is_told_once() -> None:
    world = world_with(machine())
    gone: list[str] = []
    world.on_gone(lambda found: gone.append(found.key))
    world.remove("m")
    world.remove("m")
    assert gone == ["m"]
    with pytest.raises(WorldError, match="no machine m"):
        world.machine("m")


@pytest.mark.parametrize(("networks", "reachable"), [({"other"}, True), ({"bmc"}, False), (set(), True)])
def test_a_bmc_out_of_reach_does_not_answer(networks: set[str], reachable: bool) -> None:
    world = world_with(machine(bmc=Bmc(power_type="ipmi", address="10.0.0.1", network="bmc", reachable=reachable)))
    with pytest.raises(WorldError, match=r"no BMC answers at 10\.0\.0\.1"):
        world.by_bmc("ipmi", "10.0.0.1", networks)


def test_one_address_may_serve_several_machines_by_power_id() -> None:
    def domain(number: int) -> Machine:
        bmc = Bmc(power_type="virsh", address="h", network="n", parameters={"power_id": f"vm{number}"})
        return machine(f"m{number}", f"52:54:00:00:00:0{number}", bmc=bmc)

    world = world_with(domain(1), domain(2))
    assert world.by_bmc("virsh", "h", {"n"}, "vm2").key == "m2"


def test_a_fault_strikes_its_target_as_often_as_it_says() -> None:
    world = world_with()
    world.data.faults = [Fault(name="x", target="worker-*", times=2)]
    assert world.fault("x", "control-1") is None
    assert world.fault("y", "worker-1") is None
    assert world.fault("x", "a", "worker-1") is not None
    assert world.fault("x", "worker-2") is not None
    assert world.fault("x", "worker-1") is None
    assert world.data.faults == []


def test_a_fault_ends_with_its_time() -> None:
    world = world_with()
    world.data.faults = [Fault(name="x", until=0.0)]
    assert world.fault("x", "anything") is None


def test_the_guides_rack_is_whole_and_unpowered() -> None:
    data = WorldData.model_validate(yaml.safe_load(GUIDE.read_text()))
    assert set(data.networks) == {"bmc", "management", "external"}
    assert all(nic.network in data.networks for found in data.machines.values() for nic in found.nics)
    assert {found.power for found in data.machines.values()} == {"off"}
    macs = [nic.mac for found in data.machines.values() for nic in found.nics]
    assert len(macs) == len(set(macs))


def test_a_misspelt_field_of_a_world_is_refused() -> None:
    with pytest.raises(ValueError, match="boot_second"):
        Machine.model_validate({"key": "m", "boot_second": 3})
