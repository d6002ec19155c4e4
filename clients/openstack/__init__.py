"""OpenStack, typed: one connection a cloud and project, objects by kind, errors as one tree.

    cloud = connect(Access(auth_url="https://10.20.0.33:5000/v3", password=…, region="RegionOne", ca=pem))
    cloud.networks.list(name="ext_net")
    cloud.compute.servers_on("worker-1")

Calls block and are safe from any thread. openstacksdk is loaded when the first call is made.
"""

from __future__ import annotations

import functools

from ._collection import Collection, only
from .access import Access
from .cloud import Cloud
from .compute import fault
from .errors import (
    AbsentServiceError,
    AmbiguousError,
    CloudError,
    ConflictError,
    FailedError,
    FaultError,
    ForbiddenError,
    NotFoundError,
    QuotaError,
    RefusedError,
    UnauthorisedError,
    UnknownOutcomeError,
    UnreachableError,
    UntrustedError,
)
from .identity import Grant
from .images import Upload
from .types import (
    ComputeService,
    Domain,
    Flavor,
    FloatingIp,
    Group,
    HostAggregate,
    Hypervisor,
    Image,
    KeyPair,
    Network,
    NetworkAgent,
    Port,
    Project,
    Record,
    Role,
    Router,
    SecurityGroup,
    SecurityGroupRule,
    Server,
    ServerGroup,
    ShareType,
    Subnet,
    User,
    Volume,
    VolumeType,
)

__all__ = [
    "AbsentServiceError",
    "Access",
    "AmbiguousError",
    "Cloud",
    "CloudError",
    "Collection",
    "ComputeService",
    "ConflictError",
    "Domain",
    "FailedError",
    "FaultError",
    "Flavor",
    "FloatingIp",
    "ForbiddenError",
    "Grant",
    "Group",
    "HostAggregate",
    "Hypervisor",
    "Image",
    "KeyPair",
    "Network",
    "NetworkAgent",
    "NotFoundError",
    "Port",
    "Project",
    "QuotaError",
    "Record",
    "RefusedError",
    "Role",
    "Router",
    "SecurityGroup",
    "SecurityGroupRule",
    "Server",
    "ServerGroup",
    "ShareType",
    "Subnet",
    "UnauthorisedError",
    "UnknownOutcomeError",
    "UnreachableError",
    "UntrustedError",
    "Upload",
    "User",
    "Volume",
    "VolumeType",
    "connect",
    "fault",
    "only",
]


@functools.lru_cache(maxsize=64)
def connect(access: Access, poll: float = 2.0) -> Cloud:
    """The client of a project of a cloud, one for each access in this process; nothing is sent before the first call."""
    return Cloud(access, poll=poll)
