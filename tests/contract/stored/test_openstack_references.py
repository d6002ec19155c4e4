"""What the state of a stack keeps of the OpenStack providers: a type token and the way to a class.

Both are formats: a class that moves or a type that is renamed leaves stacks that can be neither changed nor destroyed. Add to
the table; take nothing away. A class that must move leaves a re-export behind.
"""

from __future__ import annotations

import base64
import inspect
import pickletools

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from providers import _base, openstack

REFERENCES = {
    "CloudAccess": "providers.openstack.cloud_access CloudAccessProvider",
    "ComputeHost": "providers.openstack.compute_host ComputeHostProvider",
    "Domain": "providers.openstack.domain DomainProvider",
    "Flavor": "providers.openstack.flavor FlavorProvider",
    "FlavorAccess": "providers.openstack.flavor_access FlavorAccessProvider",
    "FloatingIp": "providers.openstack.floating_ip FloatingIpProvider",
    "Group": "providers.openstack.group GroupProvider",
    "HostAggregate": "providers.openstack.host_aggregate HostAggregateProvider",
    "Image": "providers.openstack.image ImageProvider",
    "KeyPair": "providers.openstack.key_pair KeyPairProvider",
    "Network": "providers.openstack.network NetworkProvider",
    "OsdHost": "providers.openstack.osd_host OsdHostProvider",
    "Project": "providers.openstack.project ProjectProvider",
    "Quota": "providers.openstack.quota QuotaProvider",
    "Release": "providers.openstack.release ReleaseProvider",
    "Role": "providers.openstack.role RoleProvider",
    "RoleAssignment": "providers.openstack.role_assignment RoleAssignmentProvider",
    "Router": "providers.openstack.router RouterProvider",
    "RouterInterface": "providers.openstack.router_interface RouterInterfaceProvider",
    "SecurityGroup": "providers.openstack.security_group SecurityGroupProvider",
    "SecurityGroupRule": "providers.openstack.security_group_rule SecurityGroupRuleProvider",
    "ServerGroup": "providers.openstack.server_group ServerGroupProvider",
    "ServiceCheck": "providers.openstack.service_check ServiceCheckProvider",
    "SmokeTest": "providers.openstack.smoke_test SmokeTestProvider",
    "Subnet": "providers.openstack.subnet SubnetProvider",
    "User": "providers.openstack.user UserProvider",
    "VolumeType": "providers.openstack.volume_type VolumeTypeProvider",
}


def resource(name: str) -> type[_base.Resource]:
    found: type[_base.Resource] = getattr(openstack, name)
    return found


def test_the_table_is_complete() -> None:
    assert set(openstack.__all__) == set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
def test_type_token(name: str) -> None:
    assert resource(name)._resource_type_name == f"dynamic/openstack:{name}"


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
    assert parameters.keys() == resource(name).provider_class.inputs.model_fields.keys()


@pytest.mark.parametrize("name", REFERENCES)
def test_what_the_class_declares_is_an_input_or_an_output(name: str) -> None:
    provider = resource(name).provider_class
    known = provider.inputs.model_fields.keys() | set(provider.computed)
    assert {key for key in resource(name).__annotations__ if not key.startswith("_")} <= known
    assert provider.secret <= known
    assert provider.replace_on <= known
