"""LXD's resources; `pulumi_lxd` gives most of them the generated SDK's signatures."""

from __future__ import annotations

from ._explicit import Explicit
from .client_certificate import ClientCertificate
from .instance import Instance
from .instance_power import InstancePower
from .network import Network
from .profile import Profile
from .project import Project
from .server_config import ServerConfig
from .storage_pool import StoragePool
from .trust_certificate import TrustCertificate

__all__ = [
    "ClientCertificate",
    "Explicit",
    "Instance",
    "InstancePower",
    "Network",
    "Profile",
    "Project",
    "ServerConfig",
    "StoragePool",
    "TrustCertificate",
]
