"""What is done inside an instance: files written, commands run."""

from __future__ import annotations

import pathlib
import posixpath
from collections.abc import Mapping
from typing import Any

from clients import lxd as client

from .._base import ExpectedError
from ._instance_inputs import Exec, File


def push(lxd: client.Lxd, instance: str, project: str, file: File) -> None:
    """Writes a file, and the folders above it where that is asked."""
    if file.create_directories:
        _make_folders(lxd, instance, project, posixpath.dirname(file.target_path), _owner(file))
    headers = {"X-LXD-type": "file", "X-LXD-write": "append" if file.append else "overwrite", **_owner(file)}
    if file.mode is not None:
        headers["X-LXD-mode"] = file.mode if file.mode.startswith("0") else f"0{file.mode}"
    _files(lxd, "post", instance, project, file.target_path, data=_content(file), headers=headers)


def pull(lxd: client.Lxd, instance: str, project: str, path: str) -> tuple[bytes, Mapping[str, str]] | None:
    """A file's content, and what LXD says of it (X-LXD-uid, -gid, -mode); None when there is none."""
    try:
        response = _files(lxd, "get", instance, project, path, is_api=False)
    except client.NotFoundError:
        return None
    return response.content, response.headers


def erase(lxd: client.Lxd, instance: str, project: str, path: str) -> None:
    """Removes a file; absence is fine."""
    try:
        _files(lxd, "delete", instance, project, path)
    except client.NotFoundError:
        return


def run(lxd: client.Lxd, instance: str, project: str, command: Exec, runs: int) -> Exec:
    """Runs a command that has run `runs` times before, and returns it with what became of it.

    Raises:
        ExpectedError: it ended with a status other than 0, and the program wants to hear of that.
    """
    body: dict[str, Any] = {
        "command": command.commands,
        "environment": command.environment,
        "interactive": False,
        "wait-for-websocket": False,
        "record-output": command.record_output,
        "cwd": command.working_dir,
        "user": command.uid or 0,
        "group": command.gid or 0,
    }
    what = f"{command.commands[0]} in instance {instance}"
    done = lxd.wait(lxd.start_operation("instances", instance, "exec", body=body, project=project), what)
    status = int(done.metadata.get("return", -1))
    output = {name: _recorded(lxd, project, done.metadata, fd) for name, fd in (("stdout", "1"), ("stderr", "2"))}
    if status != 0 and command.fail_on_error:
        said = f": {output['stderr'].strip()}" if output["stderr"] else ""
        raise ExpectedError(f"{what} ended with status {status}{said}")
    return command.model_copy(update={**output, "exit_code": status, "run_count": runs + 1})


def _recorded(lxd: client.Lxd, project: str, metadata: Mapping[str, Any], fd: str) -> str:
    path = (metadata.get("output") or {}).get(fd)
    if not path:
        return ""
    place = tuple(str(path).strip("/").split("/")[1:])
    text = lxd.raw("get", *place, project=project, is_api=False).text
    lxd.remove(*place, project=project)
    return str(text)


def _files(lxd: client.Lxd, verb: str, instance: str, project: str, path: str, **options: Any) -> Any:
    return lxd.raw(verb, "instances", instance, "files", project=project, params={"path": path}, **options)


def _make_folders(lxd: client.Lxd, instance: str, project: str, folder: str, owner: Mapping[str, str]) -> None:
    missing: list[str] = []
    while folder not in ("", "/") and pull(lxd, instance, project, folder) is None:
        missing.append(folder)
        folder = posixpath.dirname(folder)
    for path in reversed(missing):
        _files(lxd, "post", instance, project, path, headers={"X-LXD-type": "directory", "X-LXD-mode": "0755", **owner})


def _owner(file: File) -> dict[str, str]:
    return {f"X-LXD-{kind}": str(value) for kind, value in (("uid", file.uid), ("gid", file.gid)) if value is not None}


def _content(file: File) -> bytes:
    if file.content is not None:
        return file.content.encode()
    path = pathlib.Path(str(file.source_path)).expanduser()
    try:
        return path.read_bytes()
    except OSError as error:
        raise ExpectedError(f"source_path {path} can't be read: {error.strerror}") from error
