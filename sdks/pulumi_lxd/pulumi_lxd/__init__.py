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
from .functions import (
    AwaitableGetImageResult,
    AwaitableGetInfoResult,
    AwaitableGetInstanceResult,
    AwaitableGetNetworkResult,
    AwaitableGetProfileResult,
    AwaitableGetProjectResult,
    AwaitableGetStoragePoolResult,
    GetImageResult,
    GetInfoResult,
    GetInstanceResult,
    GetNetworkResult,
    GetProfileResult,
    GetProjectResult,
    GetStoragePoolResult,
    get_image,
    get_image_output,
    get_info,
    get_info_output,
    get_instance,
    get_instance_output,
    get_network,
    get_network_output,
    get_profile,
    get_profile_output,
    get_project,
    get_project_output,
    get_storage_pool,
    get_storage_pool_output,
)
from .image import Image, ImageArgs
from .instance import Instance, InstanceArgs
from .instance_device import InstanceDevice, InstanceDeviceInitArgs
from .instance_file import InstanceFile, InstanceFileInitArgs
from .instance_snapshot import InstanceSnapshot, InstanceSnapshotArgs
from .network import Network, NetworkArgs
from .network_acl import NetworkAcl, NetworkAclArgs
from .network_forward import NetworkForward, NetworkForwardArgs
from .profile import Profile, ProfileArgs
from .project import Project, ProjectArgs
from .provider import Provider, ProviderArgs
from .storage_bucket import StorageBucket, StorageBucketArgs
from .storage_bucket_key import StorageBucketKey, StorageBucketKeyArgs
from .storage_pool import StoragePool, StoragePoolArgs
from .storage_volume import StorageVolume, StorageVolumeArgs
from .storage_volume_copy import StorageVolumeCopy, StorageVolumeCopyArgs
from .trust_certificate import TrustCertificate, TrustCertificateArgs
from .trust_token import TrustToken, TrustTokenArgs

__all__ = [
    "AwaitableGetImageResult",
    "AwaitableGetInfoResult",
    "AwaitableGetInstanceResult",
    "AwaitableGetNetworkResult",
    "AwaitableGetProfileResult",
    "AwaitableGetProjectResult",
    "AwaitableGetStoragePoolResult",
    "GetImageResult",
    "GetInfoResult",
    "GetInstanceResult",
    "GetNetworkResult",
    "GetProfileResult",
    "GetProjectResult",
    "GetStoragePoolResult",
    "Image",
    "ImageArgs",
    "ImageSourceImageArgs",
    "ImageSourceInstanceArgs",
    "Instance",
    "InstanceArgs",
    "InstanceDevice",
    "InstanceDeviceArgs",
    "InstanceDeviceInitArgs",
    "InstanceExecsArgs",
    "InstanceFile",
    "InstanceFileArgs",
    "InstanceFileInitArgs",
    "InstanceSnapshot",
    "InstanceSnapshotArgs",
    "InstanceTimeoutsArgs",
    "InstanceWaitForArgs",
    "Network",
    "NetworkAcl",
    "NetworkAclArgs",
    "NetworkAclEgressArgs",
    "NetworkAclIngressArgs",
    "NetworkArgs",
    "NetworkForward",
    "NetworkForwardArgs",
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
    "StorageBucket",
    "StorageBucketArgs",
    "StorageBucketKey",
    "StorageBucketKeyArgs",
    "StoragePool",
    "StoragePoolArgs",
    "StoragePoolMemberOverridesArgs",
    "StorageVolume",
    "StorageVolumeArgs",
    "StorageVolumeCopy",
    "StorageVolumeCopyArgs",
    "TrustCertificate",
    "TrustCertificateArgs",
    "TrustToken",
    "TrustTokenArgs",
    "get_image",
    "get_image_output",
    "get_info",
    "get_info_output",
    "get_instance",
    "get_instance_output",
    "get_network",
    "get_network_output",
    "get_profile",
    "get_profile_output",
    "get_project",
    "get_project_output",
    "get_storage_pool",
    "get_storage_pool_output",
]
