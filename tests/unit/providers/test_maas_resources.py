"""The resources as a program meets them: what it hands over is registered, secrets as secrets."""

from __future__ import annotations

import pulumi
import pytest

from providers.maas import Deployment, MaasSetting, Machine, Subnet, VmHost
from tests.mocks import is_secret, mocks, value

__all__ = ["mocks"]

pytestmark = pytest.mark.usefixtures("mocks")


@pulumi.runtime.test
async def test_power_parameters_are_secret_and_the_rest_is_not() -> None:
    machine = Machine("m", power_type="ipmi", power_parameters={"power_pass": "x"}, mac_address="52:54:00:00:00:01", tags=["a"])
    assert await is_secret(machine.power_parameters)  # type: ignore[attr-defined]
    assert not await is_secret(machine.tags)


@pulumi.runtime.test
async def test_user_data_and_credentials_of_hosts_are_secret() -> None:
    deployment = Deployment("d", machine="abc", user_data="#cloud-config")
    host = VmHost("h", name="h", type="lxd", power_address="a", certificate="C", key="K")
    assert await is_secret(deployment.user_data)  # type: ignore[attr-defined]
    assert await is_secret(host.key)  # type: ignore[attr-defined]


@pulumi.runtime.test
async def test_settings_that_hold_passwords_are_secret() -> None:
    assert await is_secret(MaasSetting("p", name="vcenter_password", value="x").value)
    assert not await is_secret(MaasSetting("n", name="node_timeout", value=30).value)


@pulumi.runtime.test
async def test_inputs_are_attributes_under_their_own_names() -> None:
    subnet = Subnet("management", cidr="10.20.0.0/24", vlan=2, name="management", dns_servers=["10.20.0.2"])
    assert await value(subnet.name) == "management"
    assert await value(subnet.dns_servers) == ["10.20.0.2"]
    assert await value(subnet.id) == "management-id"
