"""How the servers are reached, as the stack's configuration says it or the file that `<namespace>:endpointsFile` names."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Mapping
from typing import Any

from clients import juju, lxd
from clients.juju import store

from .checks import SourceError
from .stack import Stack

_SIMULATOR = "start it with `make simulator`, or set the values of a real server with `pulumi config set`"
_IN_FILE = {"apiUrl": "url"}
"""What the file calls otherwise than the stack's configuration does, beyond the case of its letters."""


def section(stack: Stack, namespace: str) -> dict[str, Any]:
    """The settings of a namespace in snake case; the stack's own values come before the file's.

    Raises:
        SourceError: when the file is named and can't be read.
    """
    named = stack.get(f"{namespace}:endpointsFile")
    found = dict(_from_file(pathlib.Path(named), namespace)) if named else {}
    own = {key.partition(":")[2]: value for key, value in stack.values.items() if key.startswith(f"{namespace}:")}
    own.pop("endpointsFile", None)
    return {**found, **{_IN_FILE.get(key) or _snake(key): value for key, value in own.items()}}


def _from_file(path: pathlib.Path, namespace: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError(
            f"{namespace}:endpointsFile names {path}, which does not exist: the simulator is down", _SIMULATOR
        ) from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{namespace}:endpointsFile names {path}, which can't be read: {error}", _SIMULATOR) from None
    content = document.get(namespace) if isinstance(document, dict) else None
    if not isinstance(content, dict):
        raise SourceError(f"{path} says nothing about {namespace}", _SIMULATOR)
    return content


def maas_access(stack: Stack) -> tuple[str, str, str | None]:
    """URL, key and CA file of MAAS.

    Raises:
        SourceError: when URL or key is missing.
    """
    settings = section(stack, "maas")
    url, key = settings.get("url"), settings.get("api_key")
    missing = [name for name, value in (("maas:apiUrl", url), ("maas:apiKey", key)) if not value or value == "to-be-set"]
    if missing:
        mend = "`pulumi config set maas:apiUrl http://…:5240/MAAS`, `pulumi config set --secret maas:apiKey …`"
        raise SourceError(f"{' and '.join(missing)} not set", mend)
    return str(url), str(key), settings.get("ca_file")


def lxd_remote(stack: Stack, name: str | None) -> lxd.Remote:
    """The LXD server that the site names, or the only one.

    Raises:
        SourceError: when there is none, or several and none is named.
    """
    settings = section(stack, "lxd")
    rows = settings.get("remotes")
    rows = json.loads(rows) if isinstance(rows, str) else rows
    if not rows and (address := settings.get("url") or settings.get("socket")):
        files = {"client_certificate_file": "cert", "client_key_file": "key", "server_certificate_file": "server_cert"}
        rows = [{"name": "local", "address": address, **{field: settings.get(key) for field, key in files.items()}}]
    remotes = [remote for remote in map(lxd.Remote._from_dict, rows or []) if remote.protocol == "lxd"]
    wanted = name or settings.get("default_remote")
    found = [remote for remote in remotes if wanted in (None, remote.name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(remote.name for remote in remotes) or "none"
    said = f"LXD remote {wanted!r} is not among lxd:remotes ({known})" if wanted else f"lxd:remotes has {known}: which one?"
    raise SourceError(said, "set lxd:remotes to a list with name and address, and controller.lxd.remote to one of the names")


def juju_folder(settings: Mapping[str, Any]) -> pathlib.Path:
    """The folder of Juju's client store."""
    named = settings.get("data_dir")
    return pathlib.Path(named).expanduser() if named else store.default_folder()


def juju_access(settings: Mapping[str, Any], controller: str) -> juju.Access:
    """How the controller is reached: by addresses that the stack gives, or by the client store."""
    given = settings.get("addresses") or ()
    words = re.split(r"[,\s]+", given) if isinstance(given, str) else given
    return juju.Access(
        controller=controller,
        folder=juju_folder(settings),
        addresses=tuple(word for word in words if word),
        user=settings.get("user", "admin"),
        password=settings.get("password", ""),
        ca_cert=settings.get("ca_cert", ""),
    )


def _snake(key: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()
