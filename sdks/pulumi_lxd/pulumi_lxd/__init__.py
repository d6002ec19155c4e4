"""LXD as Pulumi resources: a drop-in for the SDK that Pulumi generates from the Terraform provider.

Names, arguments, defaults and replacement rules are the generated SDK's; what differs is listed in this package's README.
"""

from __future__ import annotations

from ._inputs import (
    ImageSourceImageArgs,
    ImageSourceInstanceArgs,
    InstanceDeviceArgs,
    InstanceExecsArgs,
    InstanceFileArgs,
    InstanceTimeoutsArgs,
    InstanceWaitForArgs,
    NetworkAclEgressArgs,
    NetworkAclIngressArgs,
    NetworkForwardPortArgs,
    NetworkMemberOverridesArgs,
    ProfileDeviceArgs,
    ProviderRemoteArgs,
    StoragePoolMemberOverridesArgs,
)
from .instance import Instance, InstanceArgs
from .network import Network, NetworkArgs
from .profile import Profile, ProfileArgs
from .project import Project, ProjectArgs
from .provider import Provider, ProviderArgs
from .storage_pool import StoragePool, StoragePoolArgs
from .trust_certificate import TrustCertificate, TrustCertificateArgs

__all__ = [
    "ImageSourceImageArgs",
    "ImageSourceInstanceArgs",
    "Instance",
    "InstanceArgs",
    "InstanceDeviceArgs",
    "InstanceExecsArgs",
    "InstanceFileArgs",
    "InstanceTimeoutsArgs",
    "InstanceWaitForArgs",
    "Network",
    "NetworkAclEgressArgs",
    "NetworkAclIngressArgs",
    "NetworkArgs",
    "NetworkForwardPortArgs",
    "NetworkMemberOverridesArgs",
    "Profile",
    "ProfileArgs",
    "ProfileDeviceArgs",
    "Project",
    "ProjectArgs",
    "Provider",
    "ProviderArgs",
    "ProviderRemoteArgs",
    "StoragePool",
    "StoragePoolArgs",
    "StoragePoolMemberOverridesArgs",
    "TrustCertificate",
    "TrustCertificateArgs",
]
