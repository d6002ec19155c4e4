"""What all components share.

Resources refer to one another by `.id`, which a preview knows when the other is updated in place; of any further output it knows
nothing then, and would plan replacements of all that refer to it.
"""

from __future__ import annotations

from typing import Any

import pulumi


class Component(pulumi.ComponentResource):
    """A component of this program; its type is `site:<module>:<Class>`."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, leaves_with: pulumi.Resource | None = None) -> None:
        """Takes for `leaves_with` what everything inside is gone with; then nothing of it is deleted one by one."""
        module = type(self).__module__.rpartition(".")[2]
        super().__init__(f"site:{module}:{type(self).__name__}", name, None, opts)
        self._leaves_with = leaves_with

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a resource inside this component."""
        return pulumi.ResourceOptions(parent=self, **{"deleted_with": self._leaves_with, **options})
