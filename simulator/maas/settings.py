"""The region's settings: names, defaults, and which values each takes."""

from __future__ import annotations

import re
from typing import Any

from .errors import BARE_JSON, ApiError, FieldErrors
from .forms import valid_ip
from .region import Region

DEFAULTS: dict[str, Any] = {
    "maas_name": "maas",
    "theme": "",
    "kernel_opts": "",
    "enable_http_proxy": True,
    "maas_proxy_port": 8000,
    "use_peer_proxy": False,
    "prefer_v4_proxy": False,
    "http_proxy": None,
    "default_dns_ttl": 30,
    "upstream_dns": None,
    "dnssec_validation": "auto",
    "maas_internal_domain": "maas-internal",
    "dns_trusted_acl": None,
    "ntp_servers": "ntp.ubuntu.com",
    "ntp_external_only": False,
    "remote_syslog": None,
    "maas_syslog_port": 5247,
    "network_discovery": "enabled",
    "active_discovery_interval": 10800,
    "default_osystem": "ubuntu",
    "default_distro_series": "jammy",
    "default_min_hwe_kernel": "",
    "default_storage_layout": "flat",
    "commissioning_distro_series": "jammy",
    "enable_third_party_drivers": True,
    "windows_kms_host": None,
    "enable_disk_erasing_on_release": False,
    "disk_erase_with_secure_erase": True,
    "disk_erase_with_quick_erase": False,
    "boot_images_auto_import": True,
    "boot_images_no_proxy": False,
    "curtin_verbose": True,
    "force_v1_network_yaml": False,
    "enable_analytics": True,
    "completed_intro": True,
    "max_node_commissioning_results": 10,
    "max_node_testing_results": 10,
    "max_node_installation_results": 3,
    "subnet_ip_exhaustion_threshold_count": 16,
    "release_notifications": True,
    "use_rack_proxy": True,
    "node_timeout": 30,
    "prometheus_enabled": False,
    "prometheus_push_gateway": None,
    "prometheus_push_interval": 60,
    "promtail_enabled": False,
    "promtail_port": 5238,
    "enlist_commissioning": True,
    "maas_auto_ipmi_user": "maas",
    "maas_auto_ipmi_user_privilege_level": "ADMIN",
    "maas_auto_ipmi_k_g_bmc_key": "",
    "maas_auto_ipmi_cipher_suite_id": "3",
    "maas_auto_ipmi_workaround_flags": None,
    "vcenter_server": "",
    "vcenter_username": "",
    "vcenter_password": "",
    "vcenter_datacenter": "",
    "hardware_sync_interval": "15m",
    "tls_cert_expiration_notification_enabled": False,
    "tls_cert_expiration_notification_interval": 30,
    "session_length": 1209600,
    "auto_vlan_creation": True,
}
_CHOICES = {
    "default_storage_layout": ("bcache", "blank", "custom", "flat", "lvm", "vmfs6", "vmfs7"),
    "dnssec_validation": ("auto", "yes", "no"),
    "network_discovery": ("enabled", "disabled"),
    "default_osystem": ("ubuntu", "custom", "centos", "rhel", "windows", "esxi", "ol"),
    "maas_auto_ipmi_user_privilege_level": ("USER", "OPERATOR", "ADMIN"),
}
_IP_LISTS = ("upstream_dns",)
_HOST_LISTS = ("ntp_servers",)
_SERIES = ("default_distro_series", "commissioning_distro_series")


def fill(region: Region) -> None:
    """Sets the defaults; the series are the region's oldest image's when jammy's is not there."""
    region.store.settings = dict(DEFAULTS)
    if region.since(3, 6):
        region.store.settings["enable_kernel_crash_dump"] = False
    images = [image.partition("/")[2] for image in region.world.data.rack.images if image.startswith("ubuntu/")]
    if images and "jammy" not in images:
        for name in _SERIES:
            region.store.settings[name] = images[0]


def known(region: Region, name: str) -> None:
    """Refuses a name that is no setting's."""
    names = region.store.settings
    if name not in names:
        text = f"{name} is not a valid config setting (valid settings are: {', '.join(names)})."
        refusal = FieldErrors({name: [text]})
        raise ApiError(400, refusal.body, BARE_JSON)


def change(region: Region, name: str, text: str) -> None:
    """Sets a setting to what a text means for it."""
    known(region, name)
    region.store.settings[name] = _value(region, name, text)


def _value(region: Region, name: str, text: str) -> Any:
    default = DEFAULTS[name]
    if isinstance(default, bool):
        return text.lower() not in ("false", "", "off", "no", "0")
    if isinstance(default, int):
        if not re.fullmatch(r"-?\d+", text):
            raise FieldErrors({name: ["Enter a whole number."]})
        return int(text)
    if name in _CHOICES and text not in _CHOICES[name]:
        raise FieldErrors({name: [f"Select a valid choice. {text} is not one of the available choices."]})
    if name in _SERIES and text not in _usable(region):
        raise FieldErrors({name: [f"Select a valid choice. {text} is not one of the available choices."]})
    if name in (*_IP_LISTS, *_HOST_LISTS):
        return _list(name, text)
    return text


def _usable(region: Region) -> set[str]:
    return {row.name.partition("/")[2] or row.name for row in region.store.bootresources.values()}


def _list(name: str, text: str) -> str:
    parts = [part for part in re.split(r"[,\s]+", text) if part]
    if name in _IP_LISTS:
        for part in parts:
            if not valid_ip(part):
                text = f"Invalid IP address: {part}; provide a list of space-separated IP addresses"
                raise FieldErrors({name: [text]})
    return " ".join(parts)
