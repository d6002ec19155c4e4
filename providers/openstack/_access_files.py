"""clouds.yaml and openrc for people and programs: their text, and the files that are written on request."""

from __future__ import annotations

import os
import pathlib
import shlex
import tempfile
from collections.abc import Mapping

import yaml

from clients import openstack

CLOUDS = "clouds.yaml"
OPENRC = "openrc"
CA = "ca.pem"


def texts(name: str, access: openstack.Access, folder: str | None) -> dict[str, str]:
    """The files by their names; `folder` is where they will be, since both name the CA's file."""
    ca = str(pathlib.Path(folder).expanduser().absolute() / CA) if folder and access.ca else None
    found = {CLOUDS: _clouds(name, access, ca), OPENRC: _openrc(access, ca)}
    return {**found, CA: access.ca} if access.ca else found


def write(folder: str, files: Mapping[str, str]) -> None:
    """Writes the files, for their owner's eyes only; a file is there whole or not at all."""
    home = pathlib.Path(folder).expanduser()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in files.items():
        handle, temporary = tempfile.mkstemp(dir=home)  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, home / name)


def differ(folder: str, files: Mapping[str, str]) -> list[str]:
    """The files that are missing, say something else, or that others may read."""
    home = pathlib.Path(folder).expanduser()
    return sorted(name for name, text in files.items() if not _as_written(home / name, text))


def remove(folder: str) -> None:
    """Removes our files; others' beside them stay."""
    for name in (CLOUDS, OPENRC, CA):
        (pathlib.Path(folder).expanduser() / name).unlink(missing_ok=True)


def _as_written(path: pathlib.Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text and path.stat().st_mode & 0o077 == 0
    except OSError:
        return False


def _clouds(name: str, access: openstack.Access, ca: str | None) -> str:
    auth = {
        "auth_url": access.auth_url,
        "username": access.username,
        "password": access.password,
        "project_name": access.project,
        "user_domain_name": access.domain,
        "project_domain_name": access.domain,
    }
    cloud = {"auth": auth, "region_name": access.region, "interface": access.interface, "identity_api_version": 3}
    return yaml.safe_dump({"clouds": {name: {**cloud, **({"cacert": ca} if ca else {})}}}, sort_keys=False)


def _openrc(access: openstack.Access, ca: str | None) -> str:
    values = {
        "OS_AUTH_URL": access.auth_url,
        "OS_USERNAME": access.username,
        "OS_PASSWORD": access.password,
        "OS_PROJECT_NAME": access.project,
        "OS_USER_DOMAIN_NAME": access.domain,
        "OS_PROJECT_DOMAIN_NAME": access.domain,
        "OS_REGION_NAME": access.region or "",
        "OS_INTERFACE": access.interface,
        "OS_IDENTITY_API_VERSION": "3",
        **({"OS_CACERT": ca} if ca else {}),
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
