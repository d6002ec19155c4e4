"""Names for objects that the program doesn't name."""

from __future__ import annotations

import hashlib

import pulumi


def automatic(name: str, kind: str, opts: pulumi.ResourceOptions | None) -> str:
    """`<resource name>-<7 hex digits>`: the same in every run of a stack, so that an interrupted create is found again.

    Args:
        name: the resource's name in the program.
        kind: its type.
        opts: its options; what is above it tells apart resources of the same name in different components.
    """
    above = []
    parent = opts.parent if opts else None
    if parent is not None:
        above = [type(parent).__name__, parent.pulumi_resource_name]
    text = "/".join([pulumi.get_project(), pulumi.get_stack(), kind, *above, name])
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:7]}"
