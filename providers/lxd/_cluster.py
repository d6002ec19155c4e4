"""What only makes sense in a cluster of LXD servers, which these resources don't manage."""

from __future__ import annotations

NO_CLUSTER = "this SDK doesn't manage clusters: set the members' own settings with `lxc`, or use the generated SDK"
