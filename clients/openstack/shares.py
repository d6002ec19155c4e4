"""What Manila does beyond keeping fields: the keys of its types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cloud import Cloud


class Shares:
    """Manila's operations."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def set_extra_specs(self, type_id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        """Brings a share type's extra specs from `old` to `new`."""
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        what = f"change the extra specs of the share type {type_id}"
        if changed:
            self._cloud.call(what, lambda c: c.shared_file_system.update_share_type_extra_specs(type_id, **changed))
        for key in sorted(old.keys() - new.keys()):
            self._cloud.raw("shared_file_system", "delete", f"/types/{type_id}/extra_specs/{key}", what)
