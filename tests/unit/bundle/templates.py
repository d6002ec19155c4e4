"""Upstream's optional-service templates: what fills their placeholders, which need others first, which can't apply."""

from __future__ import annotations

import re
from pathlib import Path

FILL = {
    "CHARM_STORE": "ch:",
    "CHARM_CS_NS": "",
    "CHARM_CH_PREFIX": "",
    "OS_ORIGIN": "caracal",
    "SOURCE": "caracal",
    "SERIES": "noble",
    "MYSQL_INTERFACE": "mysql-innodb-cluster:shared-db",
    "CEPH_INTERFACE": "ceph-mon:client",
    "SSL_CA": "''",
    "SSL_CERT": "''",
    "SSL_KEY": "''",
    "DESIGNATE_NAMESERVERS": "ns1.example.org.",
    "BIND_DNS_FORWARDER": "192.0.2.1",
    "DNS_DOMAIN": "example.org.",
    "CONSOLE_TYPE": "novnc",
    "OCTAVIA_RETROFIT_UCA": "caracal",
    "AMPHORA_SSH_PUB_KEY": "ssh-rsa AAAA",
    "LOADBALANCER_TOPOLOGY": "SINGLE",
    "GSSS_SWIFT_ENABLED": "false",
    "VIP": "10.20.0.50",
}

PREREQUISITES = {
    "barbican-vault": ["barbican"],
    "designate": ["memcached"],
    "gnocchi": ["memcached", "telemetry"],
    "manila-ganesha": ["manila"],
    "nova-console": ["memcached"],
    "octavia-diskimage-retrofit-glance-simplestreams": ["glance-simplestreams-sync", "octavia-diskimage-retrofit"],
    "octavia-diskimage-retrofit": ["glance-simplestreams-sync"],
    "octavia-ipv4": ["octavia"],
    "octavia-ovn-provider": ["octavia"],
    "octavia-ovn": ["octavia"],
    "vault-manila-ganesha": ["manila", "manila-ganesha"],
    "vault-manila": ["manila"],
    "vault-openstack-certificates-aodh": ["telemetry"],
    "vault-openstack-certificates-barbican": ["barbican"],
    "vault-openstack-certificates-ceilometer": ["telemetry"],
    "vault-openstack-certificates-designate": ["memcached", "designate"],
    "vault-openstack-certificates-gnocchi": ["memcached", "telemetry", "gnocchi"],
    "vault-openstack-certificates-heat": ["heat"],
    "vault-openstack-certificates-masakari": ["masakari"],
    "vault-openstack-certificates-octavia": ["octavia"],
    "vault-swift": ["swift"],
}

REFUSED = {
    # these replace all machines, which only fits a bundle of the same three
    "charmed-ceph": "machines of an overlay replace all machines",
    "cos-proxy": "machines of an overlay replace all machines",
    # these change or relate to applications that no template here defines
    "cos-lite-offers": 'application "grafana" has no charm',
    "openstack-service-checks": 'refers to application "nrpe"',
    "prometheus-openstack": 'refers to application "telegraf"',
    "vault-openstack-certificates-cinder-volume": 'refers to application "cinder-volume"',
    "vault-openstack-certificates-ironic": 'refers to application "ironic-api"',
    "vault-openstack-certificates-watcher": 'refers to application "watcher"',
}


def fill(text: str) -> str:
    """A template with its placeholders filled."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return "3" if name.startswith("NUM_CEPH") else "1" if name.startswith("NUM_") else FILL.get(name, "mem=4G")

    return re.sub(r"__([A-Z0-9_]+?)__", value, text)


def overlays(folder: Path, names: list[str], into: Path) -> list[Path]:
    """Writes filled templates of a folder into another; returns their paths, in order."""
    paths = []
    for name in names:
        path = into / f"{name}.yaml"
        path.write_text(fill((folder / f"{name}.yaml").read_text()))
        paths.append(path)
    return paths


def with_prerequisites(name: str) -> list[str]:
    """A template's name behind those of the templates that it needs."""
    return [*PREREQUISITES.get(name, ()), name]


def mymaas(text: str) -> str:
    """Upstream's overlay for a MAAS, with its placeholders filled."""
    for name, value in {"$CONSTRAINTS": "cores=4 mem=16G", "$OVN_DATA_PORT": "eth1", "$OSD_DEVICES": "/dev/sdb"}.items():
        text = text.replace(name, value)
    return text


def applicable(folder: Path) -> list[str]:
    """Names of the templates that apply to our bundle."""
    return sorted(path.stem for path in folder.iterdir() if path.stem not in REFUSED)
