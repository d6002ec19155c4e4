"""OpenStack on bare metal: from racked machines to a usable cloud."""

from __future__ import annotations

import pulumi

import components

site = components.Site("site", components.read())

for name, value in site.outputs.items():
    pulumi.export(name, value)
