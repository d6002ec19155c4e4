"""LXD's resources; `pulumi_lxd` gives most of them the generated SDK's signatures."""

from __future__ import annotations

from ._explicit import Explicit
from .client_certificate import ClientCertificate
from .image import Image
from .instance import Instance
from .instance_device import InstanceDevice
from .instance_file import InstanceFile
from .instance_power import InstancePower
from .instance_snapshot import InstanceSnapshot
from .network import Network
from .network_acl import NetworkAcl
from .network_forward import NetworkForward
from .profile import Profile
from .project import Project
from .server_config import ServerConfig
from .storage_bucket import StorageBucket, StorageBucketKey
from .storage_pool import StoragePool
from .storage_volume import StorageVolume
from .storage_volume_copy import StorageVolumeCopy
from .trust_certificate import TrustCertificate
from .trust_token import TrustToken

__all__ = [
    "ClientCertificate",
    "Explicit",
    "Image",
    "Instance",
    "InstanceDevice",
    "InstanceFile",
    "InstancePower",
    "InstanceSnapshot",
    "Network",
    "NetworkAcl",
    "NetworkForward",
    "Profile",
    "Project",
    "ServerConfig",
    "StorageBucket",
    "StorageBucketKey",
    "StoragePool",
    "StorageVolume",
    "StorageVolumeCopy",
    "TrustCertificate",
    "TrustToken",
]
