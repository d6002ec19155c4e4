"""The API extensions that Neutron has loaded here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EXTENSIONS: Mapping[str, str] = {
    "address-group": "Address group",
    "address-scope": "Address scope",
    "agent": "agent",
    "allowed-address-pairs": "Allowed Address Pairs",
    "auto-allocated-topology": "Auto Allocated Topology Services",
    "availability_zone": "Availability Zone",
    "default-subnetpools": "Default Subnetpools",
    "dhcp_agent_scheduler": "DHCP Agent Scheduler",
    "dns-integration": "DNS Integration",
    "dns-domain-ports": "dns_domain for ports",
    "dns-integration-domain-keywords": "DNS domain names with keywords allowed",
    "external-net": "Neutron external network",
    "extra_dhcp_opt": "Neutron Extra DHCP options",
    "extraroute": "Neutron Extra Route",
    "filter-validation": "Filter parameters validation",
    "floating-ip-port-forwarding-detail": "Floating IP port forwarding detail",
    "fip-port-details": "Floating IP Port Details Extension",
    "flavors": "Neutron Service Flavors",
    "floatingip-pools": "Floating IP Pools Extension",
    "ip_allocation": "IP Allocation",
    "l2_adjacency": "L2 Adjacency",
    "router": "Neutron L3 Router",
    "enable-default-route-bfd": "Enable Default Route BFD",
    "enable-default-route-ecmp": "Enable Default Route ECMP",
    "ext-gw-mode": "Neutron L3 Configurable external gateway mode",
    "l3-ha": "HA Router extension",
    "external-gateway-multihoming": "Neutron L3 External Gateway Multihoming",
    "l3-flavors": "Router Flavor Extension",
    "metering": "Neutron Metering",
    "metering_source_and_destination_fields": "Neutron Metering with source and destination filtering",
    "multi-provider": "Multi Provider Network",
    "net-mtu": "Network MTU",
    "net-mtu-writable": "Network MTU (writable)",
    "network_availability_zone": "Network Availability Zone",
    "network-ip-availability": "Network IP Availability",
    "pagination": "Pagination support",
    "port-device-profile": "Port device profile",
    "port-hardware-offload-type": "Port hardware offload",
    "port-mac-address-regenerate": "Neutron Port MAC address regenerate",
    "port-numa-affinity-policy": "Port NUMA affinity policy",
    "binding": "Port Binding",
    "binding-extended": "Port Bindings Extended",
    "port-security": "Port Security",
    "project-id": "project_id field enabled",
    "provider": "Provider Network",
    "quota-check-limit": "Quota engine limit check",
    "quotas": "Quota management support",
    "quota_details": "Quota details management support",
    "rbac-policies": "RBAC Policies",
    "rbac-address-scope": "Add address_scope type to RBAC",
    "rbac-security-groups": "Add security_group type to network RBAC",
    "revision-if-match": "If-Match constraints based on revision_number",
    "standard-attr-revisions": "Resource revision numbers",
    "router_availability_zone": "Router Availability Zone",
    "security-groups-default-rules": "Default rules for security groups",
    "security-groups-normalized-cidr": "Normalized CIDR field for security group rules",
    "security-groups-remote-address-group": "Remote address group id field for security group rules",
    "security-groups-rules-belongs-to-default-sg": "Security group rule belongs to the project's default security group",
    "security-groups-shared-filtering": "Security group filtering on the shared field",
    "security-group": "security-group",
    "segment": "Segment",
    "segments-peer-subnet-host-routes": "Segments peer-subnet host routes",
    "service-type": "Neutron Service Type Management",
    "sorting": "Sorting support",
    "standard-attr-segment": "Standard Attribute Segment Extension",
    "standard-attr-description": "standard-attr-description",
    "stateful-security-group": "Stateful security group",
    "subnet-dns-publish-fixed-ip": "Subnet DNS publish fixed IP",
    "subnet-segmentid-writable": "Subnet SegmentID (writable)",
    "subnet-service-types": "Subnet service types",
    "subnet_allocation": "Subnet Allocation",
    "subnetpool-prefix-ops": "Subnet Pool Prefix Operations",
    "standard-attr-tag": "Tag support for resources with standard attribute: port, subnet, subnetpool, network, security_group, "
    "router, floatingip, policy, trunk, network_segment_range",
    "standard-attr-timestamp": "Resource timestamps",
}
"""Name by alias."""
DESCRIBED: Mapping[str, tuple[str, str]] = {
    "external-net": ("Adds external network attribute to network resource.", "2013-01-14T10:00:00-00:00"),
}
"""Description and date by alias, where they were seen; elsewhere the name stands for both."""


def index() -> dict[str, Any]:
    """The list, as short as its readers use it."""
    return {"extensions": [{"alias": alias, "name": name} for alias, name in EXTENSIONS.items()]}


def show(alias: str) -> dict[str, Any]:
    """One extension."""
    if alias not in EXTENSIONS:
        raise Missing(alias)
    description, updated = DESCRIBED.get(alias, (EXTENSIONS[alias], "2014-01-01T10:00:00-00:00"))
    shown = {"name": EXTENSIONS[alias], "alias": alias, "description": description, "updated": updated, "links": []}
    return {"extension": shown}


class Missing(Exception):  # noqa: N818 - an answer, not a failure
    """No extension of that alias; this one 404 has a form of its own."""

    def body(self) -> dict[str, str]:
        """The body of the answer."""
        said = f"The resource could not be found.<br /><br />\nExtension with alias {self} does not exist\n\n"
        return {"message": said, "code": "404 Not Found", "title": "Not Found"}
