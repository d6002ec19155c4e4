"""Settings of the region: upstream DNS, NTP, kernel options, time-outs and the like. On destroy the old value comes back."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pulumi

from clients import maas
from clients.maas import errors

from .. import _base
from .._intents import Intent
from ._region import RegionProvider
from ._vocabulary import Name

BOOLEANS: Final = frozenset(
    {
        "boot_images_auto_import",
        "boot_images_no_proxy",
        "completed_intro",
        "curtin_verbose",
        "disk_erase_with_quick_erase",
        "disk_erase_with_secure_erase",
        "enable_analytics",
        "enable_disk_erasing_on_release",
        "enable_http_proxy",
        "enable_kernel_crash_dump",
        "enable_third_party_drivers",
        "enlist_commissioning",
        "force_v1_network_yaml",
        "hardware_sync_enabled",
        "ntp_external_only",
        "prefer_v4_proxy",
        "prometheus_enabled",
        "promtail_enabled",
        "release_notifications",
        "tls_cert_expiration_notification_enabled",
        "use_peer_proxy",
        "use_rack_proxy",
    }
)
NUMBERS: Final = frozenset(
    {
        "active_discovery_interval",
        "default_dns_ttl",
        "maas_proxy_port",
        "maas_syslog_port",
        "max_node_commissioning_results",
        "max_node_deployment_results",
        "max_node_installation_results",
        "max_node_release_results",
        "max_node_testing_results",
        "node_timeout",
        "prometheus_push_interval",
        "promtail_port",
        "session_length",
        "subnet_ip_exhaustion_threshold_count",
    }
)
SECRETS: Final = frozenset({"maas_auto_ipmi_k_g_bmc_key", "vcenter_password"})
TEXTS: Final = frozenset(
    {
        "commissioning_distro_series",
        "default_boot_interface_link_type",
        "default_distro_series",
        "default_min_hwe_kernel",
        "default_osystem",
        "default_storage_layout",
        "dns_trusted_acl",
        "dnssec_validation",
        "hardware_sync_interval",
        "http_proxy",
        "kernel_opts",
        "maas_auto_ipmi_user",
        "maas_auto_ipmi_user_privilege_level",
        "maas_internal_domain",
        "maas_name",
        "network_discovery",
        "ntp_servers",
        "prometheus_push_gateway",
        "remote_syslog",
        "theme",
        "upstream_dns",
        "vcenter_datacenter",
        "vcenter_server",
        "vcenter_username",
        "windows_kms_host",
    }
)


class MaasSettingInputs(_base.Inputs):
    """A setting under MAAS's name; lists are given as one text with blanks between."""

    name: Name
    value: bool | int | str


class MaasSettingProvider(RegionProvider[MaasSettingInputs]):
    """Settings by name. They are always there, so a setting is never made or deleted, only changed and put back."""

    inputs = MaasSettingInputs
    computed = ("before",)
    replace_on = frozenset({"name"})

    def refusals(self, news: _base.Props) -> Iterator[tuple[str, str]]:
        name, value = news.get("name"), news.get("value")
        if _base.is_unknown([name, value]):
            return
        kind = _kind(str(name))
        if kind is not None and not isinstance(_typed(str(name), value), kind):
            shown = "" if name in SECRETS else f" (got {value!r})"
            yield "value", f"{name} is {_SAID[kind]}{shown}"
        known = BOOLEANS | NUMBERS | TEXTS | SECRETS
        near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.85)
        if name not in known and near:
            yield "name", f"MAAS has no setting {name}; did you mean {near[0]}?"

    def same(self, name: str, old: Any, new: Any) -> bool:
        return _flat(old) == _flat(new) if name == "value" else bool(old == new)

    def make(self, inputs: MaasSettingInputs) -> _base.Made:
        region = self.region()
        intent = Intent(region.session.url, "setting", inputs.name)
        found, noted = region.setting(inputs.name), intent.recall()
        before = noted["before"] if noted is not None else _clear(found)
        if inputs.name not in SECRETS:
            intent.note(before=before)
        self._set(region, inputs, found)
        return _base.Made(id=inputs.name, outputs={"before": before})

    def fetch(self, id_: str, old: _base.Props) -> _base.Found | None:
        try:
            found = self.region().setting(id_)
        except errors.Refused as refused:
            if refused.status == 400:  # another release of MAAS, which has no such setting
                return None
            raise
        asked = old.get("value")
        shown = asked if asked is not None and self.same("value", _clear(found), asked) else _clear(found)
        return _base.Found(inputs={"name": id_, "value": shown})

    def change(self, id_: str, old: _base.Props, inputs: MaasSettingInputs) -> Mapping[str, Any]:
        region = self.region()
        self._set(region, inputs, region.setting(inputs.name))
        return {}

    def remove(self, id_: str, old: _base.Props) -> None:
        region = self.region()
        before = old.get("before", "")
        if _clear(region.setting(id_)) != before:
            region.set_setting(id_, before)
        Intent(region.session.url, "setting", id_).forget()

    def _set(self, region: maas.Maas, inputs: MaasSettingInputs, found: Any) -> None:
        wanted = _typed(inputs.name, inputs.value)
        if not self.same("value", _clear(found), wanted):
            region.set_setting(inputs.name, wanted)


class MaasSetting(_base.Resource, module="maas", name="MaasSetting"):
    """A setting of the region."""

    provider_class = MaasSettingProvider
    name: pulumi.Output[str]
    value: pulumi.Output[Any]
    before: pulumi.Output[Any]
    """What it was before this program; comes back on destroy."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        value: pulumi.Input[bool | int | str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if name in SECRETS:
            value = pulumi.Output.secret(value)
            secret = pulumi.ResourceOptions(additional_secret_outputs=["value", "before"])
            opts = pulumi.ResourceOptions.merge(opts, secret)
        super().__init__(resource_name, {"name": name, "value": value}, opts)


_SAID: Final[Mapping[type, str]] = {bool: "true or false", int: "a whole number", str: "a text"}


def _kind(name: str) -> type | None:
    """The type of a setting that we know; MAAS judges the others."""
    if name in BOOLEANS:
        return bool
    return int if name in NUMBERS else str if name in TEXTS | SECRETS else None


def _typed(name: str, value: Any) -> Any:
    """A value as the setting's own type: everything may have come as text, and numbers as floating point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if name in NUMBERS and isinstance(value, str) and value.isdigit():
        return int(value)
    if name in BOOLEANS and isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return str(value) if name in TEXTS | SECRETS and not isinstance(value, bool) else value


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).replace(",", " ").split())


def _clear(value: Any) -> Any:
    return "" if value is None else value
