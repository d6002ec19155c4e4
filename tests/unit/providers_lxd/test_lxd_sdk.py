"""The drop-in's classes inside a program, with Pulumi's mocks in the engine's place."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import textwrap
from typing import Any

import pulumi_lxd
import pytest

from providers import lxd

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]


def run(program: str) -> dict[str, Any]:
    """What a program registers, by name, and what its `after()` returns."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "sdks" / "pulumi_lxd")])
    text = "import pulumi\nimport pulumi_lxd\n" + textwrap.dedent(program)
    command = [sys.executable, str(HERE / "lxd_recording.py")]
    environment = {**os.environ, "PYTHONPATH": path, "PULUMI_ERROR_OUTPUT_STRING": "1"}
    done = subprocess.run(command, input=text, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_both_forms_make_the_same_resource() -> None:
    found = run("""
        device = pulumi_lxd.ProfileDeviceArgs(name="root", type="disk", properties={"path": "/"})
        plain = {"name": "root", "type": "disk", "properties": {"path": "/"}}
        pulumi_lxd.Profile("one", name="x", project="p", devices=[device], config={"limits.cpu": "2"})
        pulumi_lxd.Profile("two", pulumi_lxd.ProfileArgs(name="x", project="p", devices=[plain], config={"limits.cpu": "2"}))
    """)["resources"]
    devices = [{"name": "root", "type": "disk", "properties": {"path": "/"}}]
    assert found["one"]["inputs"] == {"name": "x", "project": "p", "devices": devices, "config": {"limits.cpu": "2"}}
    assert found["two"]["inputs"] == found["one"]["inputs"]
    assert found["one"]["type"] == "pulumi-python:dynamic/lxd:Profile"


def test_an_object_without_a_name_has_the_same_one_every_time() -> None:
    program = """
        class Site(pulumi.ComponentResource):
            def __init__(self, name):
                super().__init__("test:index:Site", name)
                pulumi_lxd.Project(f"of-{name}", opts=pulumi.ResourceOptions(parent=self))
        pulumi_lxd.Project("outer")
        Site("a")
        Site("b")
    """
    first, second = run(program)["resources"], run(program)["resources"]
    names = [resources[name]["inputs"]["name"] for resources in (first, second) for name in ("outer", "of-a", "of-b")]
    assert names[:3] == names[3:]
    assert len({name[-7:] for name in names}) == 3
    assert names[0].startswith("outer-")


def test_a_provider_of_the_program_goes_with_its_resources_and_nowhere_else() -> None:
    found = run("""
        key = pulumi.Output.secret("hidden")
        remote = pulumi_lxd.ProviderRemoteArgs(name="far", address="h", client_key=key, client_certificate="c")
        provider = pulumi_lxd.Provider("far", remotes=[remote], default_remote="far")

        class Site(pulumi.ComponentResource):
            def __init__(self):
                super().__init__("test:index:Site", "site", None, pulumi.ResourceOptions(providers=[provider]))
                pulumi_lxd.Project("inherits", name="b", opts=pulumi.ResourceOptions(parent=self))

        pulumi_lxd.Project("given", name="a", opts=pulumi.ResourceOptions(provider=provider))
        pulumi_lxd.Project("without", name="c")
        Site()
    """)["resources"]
    remote = {"name": "far", "address": "h", "client_key": "hidden", "client_certificate": "c"}
    for name in ("given", "inherits"):
        assert found[name]["explicit"] == {"remotes": [remote], "default_remote": "far"}
        assert found[name]["sealed"], "settings are encrypted in the state"
    assert found["without"]["explicit"] is None
    assert not [one for one in found.values() if one["type"].startswith("pulumi:providers")]


def test_cloud_init_data_is_secret() -> None:
    secret = run("""
        config = pulumi.Output.from_input({"user.user-data": "x", "limits.cpu": "1"})
        made = [
            pulumi_lxd.Instance("one", name="one", config={"cloud-init.user-data": "x"}),
            pulumi_lxd.Instance("two", name="two", config=config),
            pulumi_lxd.Instance("three", name="three", config={"limits.cpu": "1"}),
        ]

        async def after():
            return [await one.config.is_secret() for one in made]
    """)["after"]
    assert secret == [True, True, False]


def test_arguments_that_are_wrong_are_named() -> None:
    with pytest.raises(TypeError, match="Missing required property 'driver'"):
        pulumi_lxd.StoragePoolArgs()  # type: ignore[typeddict-item]
    with pytest.raises(TypeError, match="unexpected keyword argument 'drivre'"):
        pulumi_lxd.StoragePoolArgs(driver="dir", drivre="dir")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="not both"):
        pulumi_lxd.Project("p", pulumi_lxd.ProjectArgs(name="a"), name="b")
    with pytest.raises(AttributeError, match="has no argument 'nmae'; it has config"):
        _ = pulumi_lxd.ProjectArgs(name="a").nmae
    args = pulumi_lxd.ProjectArgs(name="a")
    args.description = "later"
    assert (args.name, args.description, args.config) == ("a", "later", None)


STORED = {
    "ClientCertificate": "client_certificate",
    "Image": "image",
    "Instance": "instance",
    "InstanceDevice": "instance_device",
    "InstanceFile": "instance_file",
    "InstancePower": "instance_power",
    "InstanceSnapshot": "instance_snapshot",
    "Network": "network",
    "NetworkAcl": "network_acl",
    "NetworkForward": "network_forward",
    "Profile": "profile",
    "Project": "project",
    "ServerConfig": "server_config",
    "StorageBucket": "storage_bucket",
    "StorageBucketKey": "storage_bucket",
    "StoragePool": "storage_pool",
    "StorageVolume": "storage_volume",
    "StorageVolumeCopy": "storage_volume_copy",
    "TrustCertificate": "trust_certificate",
    "TrustToken": "trust_token",
}


def test_where_providers_are_is_a_stored_format() -> None:
    """A resource's state names its provider by module and class: whoever moves one leaves the old name behind."""
    resources = {name: getattr(lxd, name) for name in lxd.__all__ if hasattr(getattr(lxd, name), "provider_class")}
    found = {name: f"{kind.provider_class.__module__}.{kind.provider_class.__name__}" for name, kind in resources.items()}
    assert found == {name: f"providers.lxd.{module}.{name}Provider" for name, module in STORED.items()}
    for name, kind in resources.items():
        assert kind._resource_type_name == f"dynamic/lxd:{name}"
        public = getattr(pulumi_lxd, name, kind)
        assert public._resource_type_name == kind._resource_type_name
