"""Eleven LXD resources; the same program runs with the generated SDK."""

from __future__ import annotations

import pathlib

import pulumi
import pulumi_lxd as lxd

config = pulumi.Config()
suffix = config.get("suffix") or ""
description = config.get("description") or "first"

project = lxd.Project(
    "project",
    name=f"eleven{suffix}",
    description=description,
    config={"features.images": "false", "features.networks": "false"},
)
network = lxd.Network("network", name=f"eb{suffix}", config={"ipv4.address": "10.144.0.1/24", "ipv6.address": "none"})
pool = lxd.StoragePool("pool", name=f"pool{suffix}", driver="dir")
volume = lxd.StorageVolume("volume", name="data", pool=pool.name, project=project.name, config={"size": "8MiB"})
profile = lxd.Profile(
    "profile",
    name="rooted",
    project=project.name,
    devices=[lxd.ProfileDeviceArgs(name="root", type="disk", properties={"path": "/", "pool": pool.name})],
)
instance = lxd.Instance(
    "instance",
    lxd.InstanceArgs(
        name="c1",
        project=project.name,
        profiles=[profile.name],
        running=False,
        config={"limits.memory": config.get("memory") or "64MiB", "user.user-data": "#cloud-config of a secret"},
        devices=[
            lxd.InstanceDeviceArgs(
                name="data", type="disk", properties={"path": "/data", "pool": pool.name, "source": volume.name}
            )
        ],
    ),
)
snapshot = lxd.InstanceSnapshot("snapshot", name="first", instance=instance.name, project=project.name)
acl = lxd.NetworkAcl(
    "acl",
    name=f"acl{suffix}",
    ingresses=[lxd.NetworkAclIngressArgs(action="allow", state="enabled", protocol="tcp", destination_port="22")],
)
forward = lxd.NetworkForward(
    "forward",
    network=network.name,
    listen_address="127.0.0.99",
    ports=[lxd.NetworkForwardPortArgs(listen_port="8080", protocol="tcp", target_address="10.144.0.5")],
)
certificate = lxd.TrustCertificate("certificate", name=f"cert{suffix}", content=pathlib.Path("client.crt").read_text())
token = lxd.TrustToken("token", name=f"token{suffix}")

pulumi.export("instance", instance.id)
pulumi.export("token", token.token)
pulumi.export("described", lxd.get_project_output(name=project.id).apply(lambda found: found.description))
