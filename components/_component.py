"""What all components share."""

from __future__ import annotations

from typing import Any

import pulumi


class Component(pulumi.ComponentResource):
    """A component of this program; its type is `site:<module>:<Class>`."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        module = type(self).__module__.rpartition(".")[2]
        super().__init__(f"site:{module}:{type(self).__name__}", name, None, opts)

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a resource inside this component."""
        return pulumi.ResourceOptions(parent=self, **options)
