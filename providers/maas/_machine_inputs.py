"""What a program says of a machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import pydantic

from .. import _base
from ._vocabulary import Hostname, Mac, Name, NameList, PowerValue, Text

FIELDS: Final[Mapping[str, Any]] = {
    "hostname": "",
    "architecture": "amd64/generic",
    "min_hwe_kernel": "",
    "domain": None,
    "zone": "default",
    "pool": "default",
    "description": "",
}
"""Inputs that are fields of MAAS's machine, and what MAAS has when nobody says anything; None: its own business."""

SCRIPTS: Final = ("commissioning_scripts", "testing_scripts", "script_parameters")
COMMISSIONING: Final = (
    "commissioning_scripts",
    "testing_scripts",
    "skip_bmc_config",
    "skip_networking",
    "skip_storage",
    "enable_ssh",
)
"""Inputs that are fields of MAAS's commission call."""


def _architecture(value: Any) -> str:
    text = str(value)
    return text if "/" in text else f"{text}/generic"


class MachineInputs(_base.Inputs):
    """A machine.

    Attributes:
        mac_address: of the NIC that it boots from; what tells it from others.
        take_over: system id of a machine that MAAS has already.
        power_parameters: of the power type, under MAAS's names; secret.
        tags: that this program owns on the machine; others stay.
        commission: whether it is brought to Ready; read back as false when it isn't, so that the next up mends it.
        retries: how often a failed commissioning is tried again.
        timeout_seconds: for one try; the stack's maas:timeoutSeconds when not given.
        keep_on_destroy: leave it in MAAS; when not given, what MAAS knew before is left and what we enlisted is deleted.
    """

    power_type: Name
    power_parameters: dict[str, PowerValue] | None = None
    mac_address: Mac | None = None
    hostname: Hostname | None = None
    take_over: Name | None = None
    architecture: Annotated[Name, pydantic.BeforeValidator(_architecture)] = "amd64/generic"
    min_hwe_kernel: str | None = None
    domain: Name | None = None
    zone: Name | None = None
    pool: Name | None = None
    description: str | None = None
    tags: NameList | None = None
    commission: bool = True
    commissioning_scripts: list[Name] | None = None
    testing_scripts: list[Name] | None = None
    script_parameters: dict[str, Text] | None = None
    skip_bmc_config: bool | None = None
    skip_networking: bool | None = None
    skip_storage: bool | None = None
    enable_ssh: bool | None = None
    retries: Annotated[int, pydantic.Field(ge=0, le=10)] = 0
    timeout_seconds: Annotated[float, pydantic.Field(gt=0)] | None = None
    keep_on_destroy: bool | None = None
