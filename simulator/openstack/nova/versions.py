"""The documents that tell clients which versions there are."""

from __future__ import annotations

from typing import Any

from ..call import Reply

_UPDATED = {"v2.0": "2011-01-21T11:33:21Z", "v2.1": "2013-07-23T11:33:21Z"}
_STATUS = {"v2.0": "SUPPORTED", "v2.1": "CURRENT"}
_PATHS = {"v2.0": "v2", "v2.1": "v2.1"}
_MEDIA = {"v2.0": "2", "v2.1": "2.1"}


def every(base: str) -> Reply:
    """What `GET /` answers."""
    return Reply(status=200, body={"versions": [_version(name, base) for name in _UPDATED]})


def one(name: str, base: str) -> Reply:
    """What the root of a version answers."""
    shown = _version(name, base)
    shown["links"].append({"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"})
    return Reply(status=200, body={"version": shown | {"media-types": [_media(name)]}})


def choices(base: str, path: str) -> Reply:
    """What any other root answers."""
    shown = [
        {
            "id": name,
            "status": _STATUS[name],
            "links": [{"rel": "self", "href": f"{base}/{_PATHS[name]}{path}"}],
            "media-types": [_media(name)],
        }
        for name in _UPDATED
    ]
    return Reply(status=300, body={"choices": shown})


def _version(name: str, base: str) -> dict[str, Any]:
    newest = name == "v2.1"
    return {
        "id": name,
        "status": _STATUS[name],
        "version": "2.96" if newest else "",
        "min_version": "2.1" if newest else "",
        "updated": _UPDATED[name],
        "links": [{"rel": "self", "href": f"{base}/{_PATHS[name]}/"}],
    }


def _media(name: str) -> dict[str, str]:
    return {"base": "application/json", "type": f"application/vnd.openstack.compute+json;version={_MEDIA[name]}"}
