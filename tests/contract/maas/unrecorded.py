"""Requests that a recorder made without recording them: their effect shows in the next recorded answers.

By the exchange before which they were made (its name and label): method, path below the API's root, fields.
"""

from __future__ import annotations

Request = tuple[str, str, dict[str, str]]

_IFB = "nodes/bpsrxm/interfaces/"
_MAC_BACK: Request = ("PUT", _IFB + "43/", {"mac_address": "52:54:00:40:00:09"})

_BLANK: Request = ("POST", "machines/hfsetk/", {"op": "set_storage_layout", "storage_layout": "blank"})

REQUESTS: dict[str, list[Request]] = {
    "interfaces#31 create_bond": [("PUT", "nodes/gfxftq/interfaces/42/", {"vlan": "2"})],
    "interfaces#91 Allocated: tags": [_MAC_BACK],
    "interfaces#98 Deploying: rename": [("DELETE", _IFB + f"{number}/", {}) for number in (54, 53, 52)],
    "interfaces#110 Deployed: tags": [_MAC_BACK],
    "interfaces#120 Broken: tags": [_MAC_BACK],
    "storage#16 read block device": [_BLANK],
    "storage#81 deploy with no root filesystem": [_BLANK],
}
