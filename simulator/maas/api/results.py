"""What scripts said: nodes/{system_id}/results/ and installation-results/."""

from __future__ import annotations

import base64
import time
from typing import Any

from .. import lookups, scriptsets
from ..call import Answer, Call, deleted
from ..errors import NotFound
from ..forms import Form
from ..records.images import ScriptResult, ScriptSet
from ..records.node import Node
from ..region import Region
from ..routing import Resource
from . import scripts

results = Resource("NodeScriptResultsHandler", "nodes/{system_id}/results/", "Reads what scripts said on a node.")
result = Resource("NodeScriptResultHandler", "nodes/{system_id}/results/{id}/", "Reads what one run of scripts said.")
installation = Resource("NodeResultsHandler", "installation-results/", "Reads what installations said.")
RESOURCES = (results, result, installation)


def show_set(region: Region, row: ScriptSet, *, whole: bool, output: bool = False) -> dict[str, Any]:
    """A run of scripts in JSON; `whole` with each script's result."""
    status = scriptsets.summary(row.results)
    started = min((each.started for each in row.results if each.started), default=None)
    ended = max((each.ended for each in row.results if each.ended), default=None)
    shown: dict[str, Any] = {
        "ended": region.mail_date(ended) if status not in (0, 1) else None,
        "runtime": _runtime(started, ended),
        "status_name": scriptsets.title(status),
        "type_name": scriptsets.TYPES[row.type],
        "id": row.id,
        "type": row.type,
        "status": status,
        "started": region.mail_date(started),
        "last_ping": region.mail_date(row.last_ping or ended),
        "system_id": row.node,
        "resource_uri": f"/MAAS/api/2.0/nodes/{row.node}/results/{row.id}/",
    }
    if whole:
        shown["results"] = [_show_result(region, each, output=output) for each in row.results]
    return shown


def _show_result(region: Region, row: ScriptResult, *, output: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row.id,
        "created": region.mail_date(row.created),
        "updated": region.mail_date(row.updated),
        "name": row.name,
        "status": row.status,
        "status_name": scriptsets.title(row.status),
        "exit_status": row.exit_status,
        "started": region.mail_date(row.started),
        "ended": region.mail_date(row.ended),
        "runtime": _runtime(row.started, row.ended),
        "starttime": row.started or "",
        "endtime": row.ended or "",
        "estimated_runtime": "0:00:00",
        "parameters": {},
        "script_id": row.script_id,
        "script_revision_id": None,
        "suppressed": row.suppressed,
    }
    if output:
        encoded = base64.b64encode(row.output.encode()).decode()
        shown |= {"output": encoded, "stdout": encoded, "stderr": "", "result": ""}
    return shown


def _runtime(started: float | None, ended: float | None) -> str:
    return scripts.length(int(ended - started)) if started is not None and ended is not None else ""


def _sets(region: Region, node: Node) -> list[ScriptSet]:
    return [row for row in region.store.scriptsets.values() if row.node == node.system_id]


@results.rest("GET")
def read_results(region: Region, call: Call) -> Any:
    """Lists runs of scripts. Fields: type, hardware_type, filters, include_output."""
    node, form = lookups.node(region, call.params["system_id"]), Form(call.query)
    kinds = {"commissioning": 0, "installation": 1, "testing": 2}
    kinds_wanted = scripts.wanted(call, "type", kinds)
    rows = [row for row in _sets(region, node) if row.type in kinds_wanted]
    return [show_set(region, row, whole=True, output=form.strict_boolean("include_output")) for row in rows]


def _set(region: Region, call: Call) -> ScriptSet:
    node, spec = lookups.node(region, call.params["system_id"]), call.params["id"]
    current = {
        "current-commissioning": node.commissioning_set,
        "current-testing": node.testing_set,
        "current-installation": node.installation_set,
    }
    number = current[spec] if spec in current else int(spec) if spec.isdigit() else None
    found = next((row for row in _sets(region, node) if row.id == number), None)
    if not found:
        raise NotFound("ScriptSet")
    return found


@result.rest("GET")
def read_result(region: Region, call: Call) -> Any:
    """Reads a run of scripts, by number or as current-commissioning, current-testing, current-installation."""
    output = Form(call.query).strict_boolean("include_output")
    return show_set(region, _set(region, call), whole=True, output=output)


@result.rest("PUT", admin=True)
def update_result(region: Region, call: Call) -> Any:
    """Leaves results out of account, or not. Field: suppressed."""
    found = _set(region, call)
    for each in found.results:
        each.suppressed = Form(call.body).boolean("suppressed", each.suppressed)
    return show_set(region, found, whole=True)


@result.rest("DELETE", admin=True)
def delete_result(region: Region, call: Call) -> Answer:
    """Deletes a run of scripts that is not the current one."""
    found = _set(region, call)
    del region.store.scriptsets[found.id]
    return deleted()


@result.op("GET", "download")
def download_result(region: Region, call: Call) -> Any:
    """What scripts said, as text. Fields: filters, output, filetype."""
    names = Form(call.query).many("filters")
    rows = [each for each in _set(region, call).results if not names or each.name in names]
    return Answer(body="\n".join(each.output for each in rows).encode(), content_type="text/plain; charset=utf-8")


@installation.rest("GET")
def read_installation(region: Region, call: Call) -> Any:
    """Lists what installations said. Fields: system_id, name."""
    wanted, names = Form(call.query).many("system_id"), Form(call.query).many("name")
    shown = []
    for found in region.store.scriptsets.values():
        node = region.store.node(found.node)
        if found.type != scriptsets.INSTALLATION or not node or (wanted and found.node not in wanted):
            continue
        stamp = time.strftime("%a, %d %b. %Y %H:%M:%S", time.gmtime(found.created))
        shown += [
            {
                "created": stamp,
                "updated": stamp,
                "id": each.id,
                "name": each.name,
                "node": {"system_id": found.node},
                "result_type": 1,
                "script_result": each.exit_status or 0,
                "data": each.output,
                "resource_uri": "/MAAS/api/2.0/commissioning-results/",
            }
            for each in found.results
            if not names or each.name in names
        ]
    return shown
