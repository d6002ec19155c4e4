"""Power types: their parameters, with defaults and what is required."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from .errors import Refused
from .forms import REQUIRED, Form


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A power parameter: its label in errors, default, whether it must be given, and its values where only some hold."""

    label: str
    default: Any = ""
    required: bool = False
    choices: tuple[str, ...] = ()


P = Parameter
_USER, _PASSWORD = P("Power user"), P("Power password")
_FLAGS = ("opensesspriv", "authcap", "idzero", "unexpectedauth", "forcepermsg", "endianseq", "intel20", "supermicro20")

TYPES: dict[str, dict[str, Parameter]] = {
    "manual": {},
    "ipmi": {
        "power_driver": P("Power driver", "LAN_2_0", choices=("LAN", "LAN_2_0")),
        "power_boot_type": P("Power boot type", "auto", choices=("auto", "legacy", "efi")),
        "power_address": P("IP address", required=True),
        "power_user": _USER,
        "power_pass": _PASSWORD,
        "k_g": P("K_g BMC key"),
        "cipher_suite_id": P("Cipher Suite ID", "3", choices=("17", "3", "", "8", "12")),
        "privilege_level": P("Privilege Level", "OPERATOR", choices=("USER", "OPERATOR", "ADMIN")),
        "workaround_flags": P("Workaround Flags", ["opensesspriv"]),
        "mac_address": P("Power MAC"),
    },
    "redfish": {
        "power_address": P("Redfish address", required=True),
        "power_user": P("Redfish user", required=True),
        "power_pass": P("Redfish password", required=True),
        "node_id": P("Node ID"),
    },
    "virsh": {
        "power_address": P("Address", required=True),
        "power_pass": P("Password (optional)"),
        "power_id": P("Virsh VM ID", required=True),
    },
    "lxd": {
        "power_address": P("LXD address", required=True),
        "instance_name": P("Instance name", required=True),
        "project": P("LXD project", "default", required=True),
        "password": P("LXD password (optional)"),
        "certificate": P("LXD certificate (optional)"),
        "key": P("LXD private key (optional)"),
    },
    "webhook": {
        "power_on_uri": P("URI to power on the node", required=True),
        "power_off_uri": P("URI to power off the node", required=True),
        "power_query_uri": P("URI to query the nodes power status", required=True),
        "power_on_regex": P("Regex to confirm the node is on", r"status.*\:.*running", required=True),
        "power_off_regex": P("Regex to confirm the node is off", r"status.*\:.*stopped", required=True),
        "power_user": _USER,
        "power_pass": _PASSWORD,
        "power_token": P("Power token, will be used in place of power_user and power_pass"),
        "power_verify_ssl": P("Verify SSL connections with system CA certificates", "n", choices=("y", "n")),
    },
    "amt": {"power_address": P("Power address", required=True), "power_pass": P("Power password")},
    "openbmc": {
        "power_address": P("OpenBMC address", required=True),
        "power_user": P("OpenBMC user", required=True),
        "power_pass": P("OpenBMC password", required=True),
    },
    "proxmox": {
        "power_address": P("Proxmox host name or IP", required=True),
        "power_user": P("Proxmox username, including realm", required=True),
        "power_pass": P("Proxmox password, required if a token name and secret aren't given"),
        "power_token_name": P("Proxmox API token name"),
        "power_token_secret": P("Proxmox API token secret"),
        "power_vm_name": P("Node ID", required=True),
        "power_verify_ssl": P("Verify SSL connections with system CA certificates", "n", choices=("y", "n")),
    },
}


def read(form: Form, power_type: str, current: dict[str, Any], *, changed: bool) -> dict[str, Any]:
    """The power parameters after a request.

    Args:
        form: the request; `power_parameters_X` fields, or one `power_parameters` in JSON.
        power_type: the type that it will be.
        current: the parameters that there are; single ones of a request are merged into them.
        changed: whether the type changes: then all of the new type's must be given.
    """
    known = TYPES.get(power_type, {})
    skip = form.boolean("power_parameters_skip_check")
    given = _given(form)
    found = given if changed else {**current, **given}
    if skip:
        return found
    if unknown := sorted(set(given) - set(known)):
        form.error("power_parameters", f"Unknown parameter(s): {', '.join(unknown)}.")
        return found
    if changed and not given and any(each.required and not each.default for each in known.values()):
        form.error("power_parameters", REQUIRED)
        return found
    for name, each in known.items():
        if each.required and not (found.get(name) or (name not in found and each.default)):
            form.error("power_parameters", f"{each.label}: {REQUIRED}")
        if each.choices and name in found and found[name] not in each.choices:
            names = ", ".join(f"'{choice}'" for choice in each.choices)
            text = f"'{found[name]}' is not a valid {name}.  It should be one of: {names}."
            form.error("power_parameters", f"{each.label}: {text}")
    return {name: found.get(name, each.default) for name, each in known.items()} | {
        name: value for name, value in found.items() if name not in known
    }


def _given(form: Form) -> dict[str, Any]:
    text = form.raw("power_parameters")
    found: dict[str, Any] = {}
    if text:
        try:
            found = json.loads(text)
        except ValueError:
            raise Refused(400, "Failed to parse JSON power_parameters") from None
    prefix = "power_parameters_"
    for field, values in form.data.items():
        name = field.removeprefix(prefix)
        if field.startswith(prefix) and name != "skip_check":
            found[name] = list(values) if name == "workaround_flags" else values[-1]
    return found
