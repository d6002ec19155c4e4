"""Operations: listed, waited on, cancelled."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .. import answers
from ..call import Call
from ..errors import bad_request, internal


def listing(call: Call) -> web.Response:
    """GET /1.0/operations: by status."""
    found: dict[str, list[Any]] = {}
    operations = call.daemon.operations.all(None if call.all_projects else call.project)
    for operation in sorted(operations, key=lambda op: op.status):
        if operation.project and not call.caller.may_use(operation.project):
            continue
        shown = operation.render() if call.recursion else f"/1.0/operations/{operation.id}"
        found.setdefault(operation.status.lower(), []).append(shown)
    return answers.sync(found)


def show(call: Call) -> web.Response:
    """GET /1.0/operations/ID."""
    return answers.sync(call.daemon.operations.get(call.param("id")).render())


async def wait(call: Call) -> web.Response:
    """GET /1.0/operations/ID/wait: until its end, or for `timeout` seconds."""
    text = call.request.query.get("timeout", "-1")
    try:
        seconds = int(text)
    except ValueError:
        raise internal(f'strconv.Atoi: parsing "{text}": invalid syntax') from None
    operation = call.daemon.operations.get(call.param("id"))
    await call.daemon.operations.wait(operation, None if seconds < 0 else seconds)
    return answers.sync(operation.render())


def cancel(call: Call) -> web.Response:
    """DELETE /1.0/operations/ID."""
    operation = call.daemon.operations.get(call.param("id"))
    if not operation.may_cancel:
        raise bad_request("This operation can't be cancelled")
    call.daemon.operations.end(operation, "Cancelled")
    return answers.done()
