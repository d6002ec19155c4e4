"""Arguments inside arguments, under the generated SDK's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from ._sdk import nested

Text = pulumi.Input[str]
Texts = pulumi.Input[Sequence[pulumi.Input[str]]]
Map = pulumi.Input[Mapping[str, pulumi.Input[str]]]
Flag = pulumi.Input[bool]
Number = pulumi.Input[int]


@nested
class ImageSourceImageArgs:
    """An image on another server."""

    image: Text
    architecture: Text | None = None
    copy_aliases: Flag | None = None
    type: Text | None = None


@nested
class ImageSourceInstanceArgs:
    """An instance, or a snapshot of it, that becomes an image."""

    name: Text
    snapshot: Text | None = None


@nested
class InstanceDeviceArgs:
    """A device of an instance."""

    name: Text
    properties: Map
    type: Text


@nested
class InstanceExecsArgs:
    """A command run inside an instance."""

    commands: Texts
    enabled: Flag | None = None
    environment: Map | None = None
    exit_code: Number | None = None
    fail_on_error: Flag | None = None
    gid: Number | None = None
    record_output: Flag | None = None
    run_count: Number | None = None
    stderr: Text | None = None
    stdout: Text | None = None
    trigger: Text | None = None
    uid: Number | None = None
    working_dir: Text | None = None


@nested
class InstanceFileArgs:
    """A file of an instance."""

    target_path: Text
    append: Flag | None = None
    content: Text | None = None
    create_directories: Flag | None = None
    gid: Number | None = None
    mode: Text | None = None
    source_path: Text | None = None
    uid: Number | None = None


@nested
class InstanceTimeoutsArgs:
    """How long an instance's create, read, update and delete may take, like "5m"."""

    create: Text | None = None
    delete: Text | None = None
    read: Text | None = None
    update: Text | None = None


@nested
class InstanceWaitForArgs:
    """What an instance's start waits for."""

    type: Text
    delay: Text | None = None
    nic: Text | None = None


@nested
class NetworkAclEgressArgs:
    """A rule for what leaves."""

    action: Text
    state: Text
    description: Text | None = None
    destination: Text | None = None
    destination_port: Text | None = None
    icmp_code: Text | None = None
    icmp_type: Text | None = None
    protocol: Text | None = None
    source: Text | None = None


@nested
class NetworkAclIngressArgs:
    """A rule for what comes in."""

    action: Text
    state: Text
    description: Text | None = None
    destination: Text | None = None
    destination_port: Text | None = None
    icmp_code: Text | None = None
    icmp_type: Text | None = None
    protocol: Text | None = None
    source: Text | None = None


@nested
class NetworkForwardPortArgs:
    """Ports that are forwarded."""

    listen_port: Text
    protocol: Text
    target_address: Text
    description: Text | None = None
    target_port: Text | None = None


@nested
class NetworkMemberOverridesArgs:
    """What a cluster member has of its own in a network."""

    config: Map | None = None


@nested
class ProfileDeviceArgs:
    """A device of a profile."""

    name: Text
    properties: Map
    type: Text


@nested
class ProviderRemoteArgs:
    """An LXD server, or a server of images."""

    address: Text
    name: Text
    bearer_token: Text | None = None
    bearer_token_file: Text | None = None
    client_certificate: Text | None = None
    client_certificate_file: Text | None = None
    client_key: Text | None = None
    client_key_file: Text | None = None
    protocol: Text | None = None
    server_certificate_fingerprint: Text | None = None
    trust_token: Text | None = None


@nested
class StoragePoolMemberOverridesArgs:
    """What a cluster member has of its own in a storage pool."""

    config: Map | None = None
