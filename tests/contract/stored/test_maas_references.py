"""What the state of a stack keeps of the MAAS providers: a type token and the way to a class.

Both are formats: a class that moves or a type that is renamed leaves stacks that can be neither changed nor destroyed. Add to
the table; take nothing away. A class that must move leaves a re-export behind.
"""

from __future__ import annotations

import base64
import inspect
import pickletools

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from providers import _base, maas

REFERENCES = {
    "BlockDevice": "providers.maas.block_device BlockDeviceProvider",
    "BootSelection": "providers.maas.boot_selection BootSelectionProvider",
    "BootSource": "providers.maas.boot_source BootSourceProvider",
    "Deployment": "providers.maas.deployment DeploymentProvider",
    "Device": "providers.maas.device DeviceProvider",
    "DnsDomain": "providers.maas.dns_domain DnsDomainProvider",
    "DnsRecord": "providers.maas.dns_record DnsRecordProvider",
    "Fabric": "providers.maas.fabric FabricProvider",
    "IpRange": "providers.maas.ip_range IpRangeProvider",
    "LogicalVolume": "providers.maas.logical_volume LogicalVolumeProvider",
    "MaasSetting": "providers.maas.maas_setting MaasSettingProvider",
    "Machine": "providers.maas.machine MachineProvider",
    "NetworkInterface": "providers.maas.network_interface NetworkInterfaceProvider",
    "NodeScript": "providers.maas.node_script NodeScriptProvider",
    "PackageRepository": "providers.maas.package_repository PackageRepositoryProvider",
    "Partition": "providers.maas.partition PartitionProvider",
    "Raid": "providers.maas.raid RaidProvider",
    "ResourcePool": "providers.maas.resource_pool ResourcePoolProvider",
    "Space": "providers.maas.space SpaceProvider",
    "SshKey": "providers.maas.ssh_key SshKeyProvider",
    "StaticRoute": "providers.maas.static_route StaticRouteProvider",
    "StorageLayout": "providers.maas.storage_layout StorageLayoutProvider",
    "Subnet": "providers.maas.subnet SubnetProvider",
    "Tag": "providers.maas.tag TagProvider",
    "User": "providers.maas.user UserProvider",
    "Vlan": "providers.maas.vlan VlanProvider",
    "VlanDhcp": "providers.maas.vlan_dhcp VlanDhcpProvider",
    "VmHost": "providers.maas.vm_host VmHostProvider",
    "VmHostMachine": "providers.maas.vm_host_machine VmHostMachineProvider",
    "VolumeGroup": "providers.maas.volume_group VolumeGroupProvider",
    "Zone": "providers.maas.zone ZoneProvider",
}


def resource(name: str) -> type[_base.Resource]:
    found: type[_base.Resource] = getattr(maas, name)
    return found


def test_the_table_is_complete() -> None:
    assert set(maas.__all__) == set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
def test_type_token(name: str) -> None:
    assert resource(name)._resource_type_name == f"dynamic/maas:{name}"


@pytest.mark.parametrize(("name", "reference"), REFERENCES.items())
def test_the_pickle_is_a_reference_and_nothing_else(name: str, reference: str) -> None:
    pickled = base64.b64decode(serialize_provider(resource(name).provider_class()))
    words = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)]
    assert words == reference.split()


@pytest.mark.parametrize("name", REFERENCES)
def test_constructors_take_the_inputs_by_keyword_and_nothing_else(name: str) -> None:
    parameters = dict(inspect.signature(resource(name).__init__).parameters)
    for own in ("self", "resource_name", "opts"):
        parameters.pop(own)
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())
    inputs = resource(name).provider_class.inputs.model_fields.keys()
    # whether DHCP is on is said by whether it is relayed, and read back so that its loss shows
    assert parameters.keys() == inputs - {"dhcp_on"}


@pytest.mark.parametrize("name", REFERENCES)
def test_what_the_class_declares_is_an_input_or_an_output(name: str) -> None:
    provider = resource(name).provider_class
    declared = {key for key in resource(name).__annotations__ if not key.startswith("_")}
    assert declared <= provider.inputs.model_fields.keys() | set(provider.computed)
    assert provider.secret <= provider.inputs.model_fields.keys() | set(provider.computed)
    assert provider.replace_on <= provider.inputs.model_fields.keys()
