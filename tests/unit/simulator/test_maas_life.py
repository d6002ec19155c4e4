"""A machine's life in the simulated region, through python-libmaas: from cable to cloud and back, and what goes wrong."""

from __future__ import annotations

import base64
import hashlib
import pathlib
from collections.abc import Iterator

import pytest
from maas.client import bones

from simulator.testing import Rack, running_rack
from simulator.world import Bmc, Disk, HostInterface, Machine, Nic, WorldData
from simulator.world import Rack as RackHost

from tests.unit.simulator.maas_helpers import Region  # isort: skip


@pytest.fixture
def rack(tmp_path: pathlib.Path) -> Iterator[Rack]:
    with running_rack(factor=0, directory=tmp_path, services=("maas",)) as running:
        yield running


@pytest.fixture
def region(rack: Rack) -> Iterator[Region]:
    found = Region(rack)
    yield found
    found.close()


def refused(call: pytest.ExceptionInfo[bones.CallError]) -> tuple[int, str]:
    return call.value.status, call.value.content.decode()


def test_what_the_rack_sees_is_there_from_the_start(region: Region) -> None:
    subnets = region("Subnets", "read")
    assert [each["cidr"] for each in subnets] == ["10.10.0.0/24", "10.20.0.0/24", "203.0.113.0/24"]
    assert [each["vlan"]["fabric"] for each in subnets] == ["fabric-0", "fabric-1", "fabric-2"]
    assert {each["vlan"]["vid"] for each in subnets} == {0}
    assert len(region("RackControllers", "read")) == 1


def test_a_machine_is_commissioned_from_its_bmc_and_its_network(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    made = region.enlist()
    assert (made["status_name"], made["power_state"]) == ("Commissioning", "unknown")
    rack.advance(2)
    assert rack.world.machine("worker-1").power == "on"
    assert region.machine(made["system_id"])["power_state"] == "on"
    before = rack.clock.now()
    ready = region.until(made["system_id"], "Ready")
    assert 360 <= rack.clock.now() - before <= 480
    assert (ready["power_state"], ready["cpu_count"], ready["memory"], ready["owner"]) == ("off", 32, 131072, None)
    assert [each["name"] for each in ready["physicalblockdevice_set"]] == ["sda", "sdb", "sdc"]
    assert ready["physicalblockdevice_set"][0]["partitions"][0]["filesystem"]["mount_point"] == "/"
    modes = {each["name"]: [link["mode"] for link in each["links"]] for each in ready["interface_set"]}
    assert modes == {"eno1": ["auto"], "eno2": ["link_up"]}
    assert ready["commissioning_status_name"] == ready["testing_status_name"] == "Passed"


def test_deployment_gives_addresses_and_a_system_and_release_takes_them_back(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    system_id = region.enlist()["system_id"]
    region.until(system_id, "Ready")
    data = base64.b64encode(b"#cloud-config\n").decode()
    region("Machines", "allocate", system_id=system_id)
    region("Machine", "deploy", system_id=system_id, distro_series="noble", user_data=data)
    deployed = region.until(system_id, "Deployed")
    assert deployed["ip_addresses"] == ["10.20.0.1"]
    assert (deployed["osystem"], deployed["distro_series"]) == ("ubuntu", "noble")
    installed = rack.world.machine("worker-1").os
    assert installed == {
        "release": "ubuntu/noble",
        "system_id": system_id,
        "hostname": "worker-1",
        "user_data": data,
        "addresses": {"eno1": "10.20.0.1/24"},
    }
    assert rack.world.machine("worker-1").boot == "disk"
    region("Machine", "release", system_id=system_id)
    released = region.until(system_id, "Ready")
    assert (released["power_state"], released["owner"], released["osystem"]) == ("off", None, "")
    assert rack.world.machine("worker-1").power == "off"


def test_addresses_given_out_avoid_ranges_gateways_and_one_another(region: Region) -> None:
    region.serve_dhcp()
    subnet = next(each for each in region("Subnets", "read") if each["cidr"] == "10.20.0.0/24")
    region("Subnet", "update", id=subnet["id"], gateway_ip="10.20.0.1")
    region("IPRanges", "create", type="reserved", start_ip="10.20.0.3", end_ip="10.20.0.9")
    ids = [region.enlist(number)["system_id"] for number in (1, 2)]
    for system_id in ids:
        region.until(system_id, "Ready")
        region("Machine", "deploy", system_id=system_id)
    addresses = [region.until(system_id, "Deployed")["ip_addresses"] for system_id in ids]
    assert addresses == [["10.20.0.10"], ["10.20.0.11"]]


def test_without_dhcp_nobody_answers_and_commissioning_times_out(region: Region) -> None:
    system_id = region.enlist()["system_id"]
    failed = region.until(system_id, "Failed commissioning")
    assert "timed out after 30 minutes" in failed["status_message"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"power_parameters_power_pass": "wrong"}, "Incorrect password"),
        ({"power_parameters_power_user": "wrong"}, "Incorrect username"),
        ({"power_parameters_power_address": "10.10.0.99"}, "no BMC answers at 10.10.0.99"),
    ],
)
def test_a_bmc_wants_the_right_address_user_and_password(region: Region, fields: dict[str, str], text: str) -> None:
    region.serve_dhcp()
    system_id = region.enlist(**fields)["system_id"]
    failed = region.until(system_id, "Failed commissioning")
    assert text in failed["status_message"]
    assert failed["power_state"] == "error"
    assert any(kind == "Failed to power on node" and text in description for kind, description in region.events(system_id))


def test_a_machine_nobody_knows_is_enlisted_when_it_boots(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    rack.call(rack.world.power_on, "worker-3")
    rack.advance(600)
    (found,) = region("Machines", "read")
    assert (found["status_name"], found["power_type"]) == ("New", "ipmi")
    assert found["interface_set"][0]["mac_address"] == "52:54:00:01:03:01"
    assert rack.world.machine("worker-3").power == "off"
    region("Machine", "commission", system_id=found["system_id"])
    assert region.until(found["system_id"], "Ready")["cpu_count"] == 32


def test_an_ipmi_machine_needs_no_mac_address(region: Region) -> None:
    region.serve_dhcp()
    made = region("Machines", "create", hostname="worker-2", power_type="ipmi", power_parameters_power_address="10.10.0.12",
                  power_parameters_power_user="maas", power_parameters_power_pass="bmc-secret-2")  # fmt: skip
    ready = region.until(made["system_id"], "Ready")
    assert [each["mac_address"] for each in ready["interface_set"]] == ["52:54:00:01:02:01", "52:54:00:01:02:02"]


def test_a_manual_machine_waits_for_somebody_to_press_its_button(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    made = region("Machines", "create", architecture="amd64/generic", mac_addresses="52:54:00:01:04:01", power_type="manual")
    rack.advance(600)
    assert region.machine(made["system_id"])["status_name"] == "Commissioning"
    rack.call(rack.world.power_on, "worker-4")
    ready = region.until(made["system_id"], "Ready")
    assert ready["power_state"] == "unknown"
    assert region("Machine", "power_off", system_id=made["system_id"]) is None


class Lxd:
    """Stands in for the LXD service: it trusts one certificate in one project."""

    def trusts(self, host: str, fingerprint: str, project: str) -> bool:
        return (host, fingerprint, project) == ("controller", hashlib.sha256(b"trusted").hexdigest(), "openstack")


def pem(content: bytes) -> str:
    body = base64.b64encode(content).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("changed", "status", "text"),
    [
        ({}, "Ready", "Ready"),
        ({"certificate": pem(b"another")}, "Failed commissioning", "Certificate is not trusted"),
        ({"project": "default"}, "Failed commissioning", "Certificate is not trusted"),
        ({"instance_name": "nosuch"}, "Failed commissioning", "nosuch not found"),
        ({"power_address": "https://10.20.0.77:8443"}, "Failed commissioning", "no LXD answers at"),
    ],
)
def test_a_virtual_machine_is_switched_through_its_lxd_host(
    region: Region, rack: Rack, changed: dict[str, str], status: str, text: str
) -> None:
    nic = Nic(name="enp5s0", mac="00:16:3e:00:00:01", network="management")
    key = "controller/openstack/control-1"
    rack.call(rack.world.add, Machine(key=key, kind="vm", nics=[nic], disks=[Disk(name="sda", size=10**11)], boot_seconds=10))
    rack.services["maas"].region.peers = {"lxd": Lxd()}
    region.serve_dhcp()
    power = {"power_address": "10.20.0.2", "project": "openstack", "instance_name": "control-1", "certificate": pem(b"trusted")}
    fields = {f"power_parameters_{name}": value for name, value in (power | changed).items()}
    made = region("Machines", "create", architecture="amd64/generic", mac_addresses=nic.mac, power_type="lxd", **fields)
    found = region.until(made["system_id"], "Ready", "Failed commissioning")
    assert found["status_name"] == status
    assert text in found["status_message"]
    assert found["tag_names"] == (["virtual"] if status == "Ready" else [])


def test_fault_commission_fails_leaves_the_scripts_words(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    rack.fault("commission-fails", "worker-1", times=1)
    system_id = region.enlist()["system_id"]
    region.until(system_id, "Failed commissioning")
    found = region("NodeScriptResult", "read", system_id=system_id, id="current-commissioning", include_output="true")
    failed = [each for each in found["results"] if each["status_name"] == "Failed"]
    assert [each["name"] for each in failed] == ["50-maas-01-commissioning"]
    assert b"cannot read" in base64.b64decode(failed[0]["output"])
    region("Machine", "commission", system_id=system_id)
    assert region.until(system_id, "Ready", "Failed commissioning")["status_name"] == "Ready"


def test_fault_deploy_fails_leaves_the_installers_words(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    system_id = region.enlist()["system_id"]
    region.until(system_id, "Ready")
    rack.fault("deploy-fails", "worker-1", times=1)
    region("Machine", "deploy", system_id=system_id)
    failed = region.until(system_id, "Failed deployment")
    assert "Installation failed" in failed["status_message"]
    assert ("Node installation failure", "'curtin' cmd-install") in region.events(system_id)
    region("Machine", "release", system_id=system_id)
    region.until(system_id, "Ready")


def test_fault_deploy_hangs_ends_in_the_time_out(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    system_id = region.enlist()["system_id"]
    region.until(system_id, "Ready")
    rack.fault("deploy-hangs", "worker-1")
    region("Machine", "deploy", system_id=system_id)
    assert "timed out" in region.until(system_id, "Failed deployment")["status_message"]


def test_fault_bmc_unreachable_and_back(region: Region, rack: Rack) -> None:
    region.serve_dhcp()
    rack.fault("bmc-unreachable", "worker-1")
    system_id = region.enlist()["system_id"]
    assert region.until(system_id, "Failed commissioning")["power_state"] == "error"
    assert region("Machine", "query_power_state", system_id=system_id) == {"state": "error"}
    rack.clear_faults()
    assert region("Machine", "query_power_state", system_id=system_id) == {"state": "off"}


def test_fault_image_missing_refuses_to_commission(region: Region, rack: Rack) -> None:
    rack.fault("image-missing", "ubuntu/jammy")
    with pytest.raises(bones.CallError) as call:
        region.enlist()
    assert refused(call) == (400, "Ephemeral operating system ubuntu jammy is unavailable.")
    assert region("Machines", "read") == []


def test_one_machine_is_allocated_once(region: Region) -> None:
    region.serve_dhcp()
    system_id = region.enlist()["system_id"]
    region.until(system_id, "Ready")
    region("Machines", "allocate", system_id=system_id)
    with pytest.raises(bones.CallError) as call:
        region("Machines", "allocate", system_id=system_id)
    assert refused(call) == (409, f"No machine with system ID {system_id} available.")


def test_constraints_choose_by_tag_space_and_size(region: Region) -> None:
    region.serve_dhcp()
    region("Spaces", "create", name="management")
    vlan = next(each for each in region("Subnets", "read") if each["cidr"] == "10.20.0.0/24")["vlan"]
    region("Vlan", "update", fabric_id=vlan["fabric_id"], vid="0", space="management")
    region("Tags", "create", name="openstack-worker")
    ids = [region.enlist(number)["system_id"] for number in (1, 2)]
    for system_id in ids:
        region.until(system_id, "Ready")
    region("Tag", "update_nodes", name="openstack-worker", add=[ids[1]])
    space = next(each["id"] for each in region("Spaces", "read") if each["name"] == "management")
    asked = {"tags": "openstack-worker", "mem": "65536", "interfaces": f"0:space={space}"}
    assert region("Machines", "allocate", **asked)["system_id"] == ids[1]
    with pytest.raises(bones.CallError) as call:
        region("Machines", "allocate", **asked)
    assert call.value.status == 409


def test_state_survives_a_restart_in_the_middle_of_a_deployment(rack: Rack, region: Region) -> None:
    region.serve_dhcp()
    system_id = region.enlist()["system_id"]
    region.until(system_id, "Ready")
    region("Machine", "deploy", system_id=system_id)
    rack.advance(100)
    rack.stop()
    rack.start()
    assert region.machine(system_id)["status_name"] == "Deploying"
    assert region.until(system_id, "Deployed")["ip_addresses"] == ["10.20.0.1"]


def test_a_lost_key_is_refused_and_a_second_user_may_not_change_networks(rack: Rack) -> None:
    consumer, token, _ = rack.endpoints["maas"]["api_key"].split(":")
    wrong = Region(rack, f"{consumer}:{token}:wrong")
    with pytest.raises(bones.CallError) as call:
        wrong("Fabrics", "read")
    assert call.value.status == 401
    wrong.close()
    bob = Region(rack, rack.call(rack.services["maas"].add_user, "bob"))
    assert len(bob("Fabrics", "read")) == 3
    with pytest.raises(bones.CallError) as call:
        bob("Fabrics", "create", name="x")
    assert refused(call) == (403, "This method is reserved for admin users.")
    bob.close()


def test_images_wanted_are_there_after_a_while(region: Region, rack: Rack) -> None:
    source = region("BootSources", "read")[0]["id"]
    wanted = {"os": "ubuntu", "release": "focal", "arches": ["amd64"], "subarches": ["*"], "labels": ["*"]}
    region("BootSourceSelections", "create", boot_source_id=source, **wanted)
    assert region("BootResources", "is_importing") is True
    assert "ubuntu/focal" not in {each["name"] for each in region("BootResources", "read")}
    rack.advance(600)
    assert region("BootResources", "is_importing") is False
    assert "ubuntu/focal" in {each["name"] for each in region("BootResources", "read")}


def test_two_hundred_machines_at_once(tmp_path: pathlib.Path) -> None:
    def machine(number: int) -> Machine:
        address = f"10.10.{number // 200}.{number % 200 + 10}"
        bmc = Bmc(power_type="ipmi", address=address, network="n", parameters={"power_user": "u", "power_pass": "p"})
        nic = Nic(name="eno1", mac=f"52:54:00:02:{number // 256:02x}:{number % 256:02x}", network="n")
        return Machine(key=f"m{number}", nics=[nic], disks=[Disk(name="sda", size=10**11)], bmc=bmc)

    machines = {f"m{number}": machine(number) for number in range(200)}
    port = HostInterface(name="eth0", network="n", mac="52:54:00:00:00:01", address="10.20.0.2/22")
    world = WorldData(networks=["n"], machines=machines, rack=RackHost(hostname="r", images=["ubuntu/jammy"], interfaces=[port]))
    with running_rack(world, factor=0, directory=tmp_path, services=("maas",)) as rack:
        region = Region(rack)
        region("IPRanges", "create", type="dynamic", start_ip="10.20.2.1", end_ip="10.20.3.200")
        system = region("RackControllers", "read")[0]["system_id"]
        region("Vlan", "update", fabric_id=0, vid="0", dhcp_on="true", primary_rack=system)
        for found in machines.values():
            assert found.bmc is not None
            region(
                "Machines", "create", architecture="amd64/generic", mac_addresses=found.nics[0].mac, hostname=found.key,
                power_type="ipmi", power_parameters_power_address=found.bmc.address, power_parameters_power_user="u",
                power_parameters_power_pass="p",
            )  # fmt: skip
        rack.advance(1000)
        listed = region("Machines", "read")
        region.close()
    assert {each["status_name"] for each in listed} == {"Ready"}
    assert len(listed) == 200
