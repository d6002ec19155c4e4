"""What the state of a stack keeps of the providers: a type token and the way to a class.

Both are formats: a class that moves or a type that is renamed leaves stacks that can be neither changed nor destroyed. Add to
the table; take nothing away. A class that must move leaves a re-export behind.
"""

from __future__ import annotations

import base64
import inspect
import pickletools
from types import ModuleType

import pulumi_lxd
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from providers import _base, juju, lxd, maas, openstack, vault

PACKAGES: dict[str, ModuleType] = {"juju": juju, "lxd": lxd, "maas": maas, "openstack": openstack, "vault": vault}

REFERENCES = {
    "juju:Action": "providers.juju.action ActionProvider",
    "juju:Application": "providers.juju.application ApplicationProvider",
    "juju:Cloud": "providers.juju.cloud CloudProvider",
    "juju:Consume": "providers.juju.consume ConsumeProvider",
    "juju:Controller": "providers.juju.controller ControllerProvider",
    "juju:Credential": "providers.juju.credential CredentialProvider",
    "juju:Integration": "providers.juju.integration IntegrationProvider",
    "juju:Machine": "providers.juju.machine MachineProvider",
    "juju:Model": "providers.juju.model ModelProvider",
    "juju:Offer": "providers.juju.offer OfferProvider",
    "juju:Secret": "providers.juju.secret SecretProvider",
    "juju:SecretBackend": "providers.juju.secret_backend SecretBackendProvider",
    "juju:Settled": "providers.juju.settled SettledProvider",
    "juju:Space": "providers.juju.space SpaceProvider",
    "juju:SshKey": "providers.juju.ssh_key SshKeyProvider",
    "juju:StoragePool": "providers.juju.storage_pool StoragePoolProvider",
    "juju:Unit": "providers.juju.unit UnitProvider",
    "lxd:ClientCertificate": "providers.lxd.client_certificate ClientCertificateProvider",
    "lxd:Image": "providers.lxd.image ImageProvider",
    "lxd:Instance": "providers.lxd.instance InstanceProvider",
    "lxd:InstanceDevice": "providers.lxd.instance_device InstanceDeviceProvider",
    "lxd:InstanceFile": "providers.lxd.instance_file InstanceFileProvider",
    "lxd:InstancePower": "providers.lxd.instance_power InstancePowerProvider",
    "lxd:InstanceSnapshot": "providers.lxd.instance_snapshot InstanceSnapshotProvider",
    "lxd:Network": "providers.lxd.network NetworkProvider",
    "lxd:NetworkAcl": "providers.lxd.network_acl NetworkAclProvider",
    "lxd:NetworkForward": "providers.lxd.network_forward NetworkForwardProvider",
    "lxd:Profile": "providers.lxd.profile ProfileProvider",
    "lxd:Project": "providers.lxd.project ProjectProvider",
    "lxd:ServerConfig": "providers.lxd.server_config ServerConfigProvider",
    "lxd:StorageBucket": "providers.lxd.storage_bucket StorageBucketProvider",
    "lxd:StorageBucketKey": "providers.lxd.storage_bucket StorageBucketKeyProvider",
    "lxd:StoragePool": "providers.lxd.storage_pool StoragePoolProvider",
    "lxd:StorageVolume": "providers.lxd.storage_volume StorageVolumeProvider",
    "lxd:StorageVolumeCopy": "providers.lxd.storage_volume_copy StorageVolumeCopyProvider",
    "lxd:TrustCertificate": "providers.lxd.trust_certificate TrustCertificateProvider",
    "lxd:TrustToken": "providers.lxd.trust_token TrustTokenProvider",
    "maas:BlockDevice": "providers.maas.block_device BlockDeviceProvider",
    "maas:BootSelection": "providers.maas.boot_selection BootSelectionProvider",
    "maas:BootSource": "providers.maas.boot_source BootSourceProvider",
    "maas:Deployment": "providers.maas.deployment DeploymentProvider",
    "maas:Device": "providers.maas.device DeviceProvider",
    "maas:DnsDomain": "providers.maas.dns_domain DnsDomainProvider",
    "maas:DnsRecord": "providers.maas.dns_record DnsRecordProvider",
    "maas:Fabric": "providers.maas.fabric FabricProvider",
    "maas:IpRange": "providers.maas.ip_range IpRangeProvider",
    "maas:LogicalVolume": "providers.maas.logical_volume LogicalVolumeProvider",
    "maas:MaasSetting": "providers.maas.maas_setting MaasSettingProvider",
    "maas:Machine": "providers.maas.machine MachineProvider",
    "maas:NetworkInterface": "providers.maas.network_interface NetworkInterfaceProvider",
    "maas:NodeScript": "providers.maas.node_script NodeScriptProvider",
    "maas:PackageRepository": "providers.maas.package_repository PackageRepositoryProvider",
    "maas:Partition": "providers.maas.partition PartitionProvider",
    "maas:Raid": "providers.maas.raid RaidProvider",
    "maas:ResourcePool": "providers.maas.resource_pool ResourcePoolProvider",
    "maas:Space": "providers.maas.space SpaceProvider",
    "maas:SshKey": "providers.maas.ssh_key SshKeyProvider",
    "maas:StaticRoute": "providers.maas.static_route StaticRouteProvider",
    "maas:StorageLayout": "providers.maas.storage_layout StorageLayoutProvider",
    "maas:Subnet": "providers.maas.subnet SubnetProvider",
    "maas:Tag": "providers.maas.tag TagProvider",
    "maas:User": "providers.maas.user UserProvider",
    "maas:Vlan": "providers.maas.vlan VlanProvider",
    "maas:VlanDhcp": "providers.maas.vlan_dhcp VlanDhcpProvider",
    "maas:VmHost": "providers.maas.vm_host VmHostProvider",
    "maas:VmHostMachine": "providers.maas.vm_host_machine VmHostMachineProvider",
    "maas:VolumeGroup": "providers.maas.volume_group VolumeGroupProvider",
    "maas:Zone": "providers.maas.zone ZoneProvider",
    "openstack:CephDashboardUser": "providers.openstack.ceph_dashboard_user CephDashboardUserProvider",
    "openstack:CharmImage": "providers.openstack.charm_image CharmImageProvider",
    "openstack:CloudAccess": "providers.openstack.cloud_access CloudAccessProvider",
    "openstack:ComputeHost": "providers.openstack.compute_host ComputeHostProvider",
    "openstack:Domain": "providers.openstack.domain DomainProvider",
    "openstack:Flavor": "providers.openstack.flavor FlavorProvider",
    "openstack:FlavorAccess": "providers.openstack.flavor_access FlavorAccessProvider",
    "openstack:FloatingIp": "providers.openstack.floating_ip FloatingIpProvider",
    "openstack:Group": "providers.openstack.group GroupProvider",
    "openstack:HostAggregate": "providers.openstack.host_aggregate HostAggregateProvider",
    "openstack:Image": "providers.openstack.image ImageProvider",
    "openstack:KeyPair": "providers.openstack.key_pair KeyPairProvider",
    "openstack:Network": "providers.openstack.network NetworkProvider",
    "openstack:OsdHost": "providers.openstack.osd_host OsdHostProvider",
    "openstack:Project": "providers.openstack.project ProjectProvider",
    "openstack:Quota": "providers.openstack.quota QuotaProvider",
    "openstack:Release": "providers.openstack.release ReleaseProvider",
    "openstack:Role": "providers.openstack.role RoleProvider",
    "openstack:RoleAssignment": "providers.openstack.role_assignment RoleAssignmentProvider",
    "openstack:Router": "providers.openstack.router RouterProvider",
    "openstack:RouterInterface": "providers.openstack.router_interface RouterInterfaceProvider",
    "openstack:SecurityGroup": "providers.openstack.security_group SecurityGroupProvider",
    "openstack:SecurityGroupRule": "providers.openstack.security_group_rule SecurityGroupRuleProvider",
    "openstack:ServerGroup": "providers.openstack.server_group ServerGroupProvider",
    "openstack:ServiceCheck": "providers.openstack.service_check ServiceCheckProvider",
    "openstack:ShareType": "providers.openstack.share_type ShareTypeProvider",
    "openstack:SmokeTest": "providers.openstack.smoke_test SmokeTestProvider",
    "openstack:Subnet": "providers.openstack.subnet SubnetProvider",
    "openstack:User": "providers.openstack.user UserProvider",
    "openstack:VolumeType": "providers.openstack.volume_type VolumeTypeProvider",
    "vault:Authorisation": "providers.vault.authorisation AuthorisationProvider",
    "vault:Initialisation": "providers.vault.initialisation InitialisationProvider",
    "vault:RecoveryKey": "providers.vault.recovery_key RecoveryKeyProvider",
    "vault:RootCertificate": "providers.vault.root_certificate RootCertificateProvider",
    "vault:Unsealed": "providers.vault.unsealed UnsealedProvider",
}

NOT_IN_STATES = {"lxd:Explicit"}
"""What a room offers and no state keeps."""

TYPED = [token for token in REFERENCES if not token.startswith("lxd:")]
"""Classes with signatures of their own; those of LXD take a map, and the drop-in's signatures are held to its schema."""

UNSAID = {"maas:VlanDhcp": {"dhcp_on"}}
"""Inputs that no program says: whether DHCP is on follows from whether it is relayed, and is read back so that its loss shows."""

REPLACING_OUTPUTS = {"juju:Machine": {"status"}}
"""Outputs whose change replaces: a machine that Juju still has and the cloud no longer is made anew."""


def resource(token: str) -> type[_base.Resource]:
    package, _, name = token.partition(":")
    found: type[_base.Resource] = getattr(PACKAGES[package], name)
    return found


def test_the_table_is_complete() -> None:
    offered = {f"{package}:{name}" for package, module in PACKAGES.items() for name in module.__all__}
    assert offered == REFERENCES.keys() | NOT_IN_STATES


@pytest.mark.parametrize("token", REFERENCES)
def test_type_token(token: str) -> None:
    assert resource(token)._resource_type_name == f"dynamic/{token}"


@pytest.mark.parametrize(("token", "reference"), REFERENCES.items())
def test_the_pickle_is_a_reference_and_nothing_else(token: str, reference: str) -> None:
    pickled = base64.b64decode(serialize_provider(resource(token).provider_class()))
    words = [argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)]
    assert words == reference.split()


@pytest.mark.parametrize("token", TYPED)
def test_constructors_take_the_inputs_by_keyword_and_nothing_else(token: str) -> None:
    parameters = dict(inspect.signature(resource(token).__init__).parameters)
    for own in ("self", "resource_name"):
        parameters.pop(own)
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())
    inputs = resource(token).provider_class.inputs.model_fields.keys()
    assert parameters.keys() == (inputs - UNSAID.get(token, set())) | {"opts"}


@pytest.mark.parametrize("token", REFERENCES)
def test_what_the_class_declares_is_an_input_or_an_output(token: str) -> None:
    provider = resource(token).provider_class
    known = provider.inputs.model_fields.keys() | set(provider.computed)
    assert {key for key in resource(token).__annotations__ if not key.startswith("_")} <= known
    assert provider.secret <= known
    assert provider.replace_on - provider.inputs.model_fields.keys() == REPLACING_OUTPUTS.get(token, set())


@pytest.mark.parametrize("name", sorted(set(lxd.__all__) & set(pulumi_lxd.__all__)))
def test_the_drop_in_writes_the_same_token_and_reference(name: str) -> None:
    ours, drop_in = getattr(lxd, name), getattr(pulumi_lxd, name)
    assert drop_in._resource_type_name == ours._resource_type_name
    assert drop_in.provider_class is ours.provider_class
