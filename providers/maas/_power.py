"""Power types and their parameters, checked before a machine is enlisted with a BMC that can't work.

MAAS knows more types than these; theirs are passed on as they are, for MAAS to judge.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    "ipmi": frozenset({"power_address"}),
    "redfish": frozenset({"power_address", "power_user", "power_pass"}),
    "lxd": frozenset({"power_address", "instance_name"}),
    "virsh": frozenset({"power_address", "power_id"}),
    "manual": frozenset(),
    "webhook": frozenset({"power_on_uri", "power_off_uri", "power_query_uri"}),
}

OPTIONAL: Final[Mapping[str, frozenset[str]]] = {
    "ipmi": frozenset(
        {
            "power_driver",
            "power_boot_type",
            "power_user",
            "power_pass",
            "k_g",
            "cipher_suite_id",
            "privilege_level",
            "workaround_flags",
            "mac_address",
            "power_off_mode",
        }
    ),
    "redfish": frozenset({"node_id"}),
    "lxd": frozenset({"project", "password", "certificate", "key"}),
    "virsh": frozenset({"power_pass"}),
    "manual": frozenset(),
    "webhook": frozenset({"power_on_regex", "power_off_regex", "power_user", "power_pass", "power_token", "power_verify_ssl"}),
}


def refusals(power_type: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields (input, reason) for parameters that are missing or that the type doesn't have; names no value."""
    if power_type not in REQUIRED:
        return
    known = REQUIRED[power_type] | OPTIONAL[power_type]
    for name in sorted(REQUIRED[power_type] - parameters.keys()):
        yield "power_parameters", f"power type {power_type} needs {name}"
    for name in sorted(parameters.keys() - known):
        near = difflib.get_close_matches(name, known, n=1)
        yield "power_parameters", f"power type {power_type} has no {name}" + (f"; did you mean {near[0]}?" if near else "")


def managed(found: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What MAAS has for the parameters that the program sets; MAAS fills in many others by itself."""
    return {name: _shown(found.get(name), value) for name, value in asked.items()}


def _shown(found: Any, asked: Any) -> Any:
    if isinstance(found, list):
        return [str(item) for item in found]
    text = "" if found is None else str(found)
    # MAAS trims certificates and keys; that is no difference
    return asked if isinstance(asked, str) and text.strip() == asked.strip() else text
