"""Files of an instance: read, written and removed from outside."""

from __future__ import annotations

import base64
import datetime
import posixpath
from typing import Literal, cast

from aiohttp import web

from .. import answers, filesystem, views
from ..call import Call
from ..errors import bad_request
from ..records import File, Instance
from . import instances

_MODES = {"file": 0o644, "directory": 0o755, "symlink": 0o777}


def read(call: Call) -> web.Response:
    """GET and HEAD /1.0/instances/NAME/files: the content, or a folder's names."""
    record, path = _target(call)
    file = filesystem.read(record, path)
    headers = {
        "X-LXD-gid": str(file.gid),
        "X-LXD-mode": f"{file.mode:04o}",
        "X-LXD-type": file.type,
        "X-LXD-uid": str(file.uid),
    }
    if file.type == "directory":
        answer = answers.sync(filesystem.names(record, path))
        answer.headers.update(headers)
        return answer
    moment = datetime.datetime.fromtimestamp(int(file.modified), datetime.UTC)
    headers |= {
        "X-LXD-modified": f"{moment:%Y-%m-%d %H:%M:%S} +0000 UTC",
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f"inline;filename={posixpath.basename(path)}",
        "Accept-Ranges": "bytes",
        "Last-Modified": f"{moment:%a, %d %b %Y %H:%M:%S} GMT",
    }
    body = base64.b64decode(file.content)  # of a link: where it points
    return web.Response(body=body, headers=headers)


def write(call: Call) -> web.Response:
    """POST /1.0/instances/NAME/files: a file, folder or link as the X-LXD-* headers say."""
    record, path = _target(call)
    headers = call.request.headers
    kind = headers.get("X-LXD-type", "file") or "file"
    if kind not in ("file", "directory", "symlink"):
        raise bad_request(f"Bad file type: {kind}")
    how = headers.get("X-LXD-write", "overwrite") or "overwrite"
    if how not in ("overwrite", "append"):
        raise bad_request(f"Bad file write mode: {how}")
    if kind == "directory" and filesystem.exists(record, path):
        return answers.done()
    file = File(
        type=cast(Literal["file", "directory", "symlink"], kind),
        content="" if kind == "directory" else filesystem.encode(call.content),
        uid=_number(headers.get("X-LXD-uid"), 0),
        gid=_number(headers.get("X-LXD-gid"), 0),
        mode=_mode(headers.get("X-LXD-mode"), _MODES[kind]),
        modified=call.daemon.world.clock.now(),
    )
    filesystem.write(record, path, file, append=how == "append")
    return answers.done()


def remove(call: Call) -> web.Response:
    """DELETE /1.0/instances/NAME/files."""
    record, path = _target(call)
    filesystem.remove(record, path)
    return answers.done()


def _target(call: Call) -> tuple[Instance, str]:
    record = instances.find(call)
    path = call.request.query.get("path", "")
    if not path:
        raise bad_request("Missing path argument")
    if record.is_vm and not views.has_agent(call.daemon, record):
        raise bad_request("LXD VM agent isn't currently running")
    return record, path


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def _mode(text: str | None, default: int) -> int:
    """As 5.0.2 reads it: octal with a 0 in front, decimal without, none at all where it is no number."""
    try:
        return int(text, 8 if text.startswith("0") else 10) & 0o777 if text else default
    except ValueError:
        return 0
