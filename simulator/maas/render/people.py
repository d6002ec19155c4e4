"""Users and their keys in JSON."""

from __future__ import annotations

from typing import Any

from ..records.people import SshKey, SslKey, User
from ..region import Region

Json = dict[str, Any]


def user(row: User) -> Json:
    """A user."""
    return {
        "is_superuser": row.is_superuser,
        "username": row.username,
        "email": row.email,
        "is_local": True,
        "resource_uri": f"/MAAS/api/2.0/users/{row.username}/",
    }


def by_name(region: Region, name: str | None) -> Json | None:
    """The user of this name, None when there is none."""
    return next((user(row) for row in region.store.users.values() if row.username == name), None)


def sshkey(row: SshKey) -> Json:
    """A public SSH key."""
    return {"id": row.id, "key": row.key, "keysource": None, "resource_uri": f"/MAAS/api/2.0/account/prefs/sshkeys/{row.id}/"}


def sslkey(row: SslKey) -> Json:
    """A certificate."""
    return {"id": row.id, "key": row.key, "resource_uri": f"/MAAS/api/2.0/account/prefs/sslkeys/{row.id}/"}
