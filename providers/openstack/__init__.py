"""OpenStack: the way into the cloud that a Juju model runs, what is in it on its first day, and a test that it works."""

from __future__ import annotations

from .ceph_dashboard_user import CephDashboardUser
from .charm_image import CharmImage
from .cloud_access import CloudAccess
from .compute_host import ComputeHost
from .domain import Domain
from .flavor import Flavor
from .flavor_access import FlavorAccess
from .floating_ip import FloatingIp
from .group import Group
from .host_aggregate import HostAggregate
from .image import Image
from .key_pair import KeyPair
from .network import Network
from .osd_host import OsdHost
from .project import Project
from .quota import Quota
from .release import Release
from .role import Role
from .role_assignment import RoleAssignment
from .router import Router
from .router_interface import RouterInterface
from .security_group import SecurityGroup
from .security_group_rule import SecurityGroupRule
from .server_group import ServerGroup
from .service_check import ServiceCheck
from .share_type import ShareType
from .smoke_test import SmokeTest
from .subnet import Subnet
from .user import User
from .volume_type import VolumeType

__all__ = [
    "CephDashboardUser",
    "CharmImage",
    "CloudAccess",
    "ComputeHost",
    "Domain",
    "Flavor",
    "FlavorAccess",
    "FloatingIp",
    "Group",
    "HostAggregate",
    "Image",
    "KeyPair",
    "Network",
    "OsdHost",
    "Project",
    "Quota",
    "Release",
    "Role",
    "RoleAssignment",
    "Router",
    "RouterInterface",
    "SecurityGroup",
    "SecurityGroupRule",
    "ServerGroup",
    "ServiceCheck",
    "ShareType",
    "SmokeTest",
    "Subnet",
    "User",
    "VolumeType",
]
