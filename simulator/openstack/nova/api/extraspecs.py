"""Extra specs of a flavor."""

from __future__ import annotations

from ...call import Reply
from ...faults import bad_request, not_found
from ...routes import Request
from .. import extraspecs
from ..compute import Compute
from ..table import ROUTES

_PATH = "/flavors/{flavor_id}/os-extra_specs"
_POLICY = "os_compute_api:os-flavor-extra-specs"
_SPECS = {"type": "object", "additionalProperties": {"type": ["string", "number"], "maxLength": 255}}
VALIDATED_SINCE = 86


@ROUTES.on("GET", _PATH)
def index(compute: Compute, request: Request) -> Reply:
    """Answers all of them."""
    return Reply(status=200, body={"extra_specs": dict(compute.flavor(request.params["flavor_id"], request).extra_specs)})


@ROUTES.on(
    "POST",
    _PATH,
    policy=f"{_POLICY}:create",
    admin=True,
    schema={"type": "object", "properties": {"extra_specs": _SPECS}, "required": ["extra_specs"], "additionalProperties": False},
)
def create(compute: Compute, request: Request) -> Reply:
    """Adds to them."""
    flavor = compute.flavor(request.params["flavor_id"], request)
    given = {name: str(value) for name, value in request.body["extra_specs"].items()}
    if request.version >= VALIDATED_SINCE:
        extraspecs.check(given)
    flavor.extra_specs |= given
    return Reply(status=200, body={"extra_specs": given})


@ROUTES.on("GET", _PATH + "/{name}")
def show(compute: Compute, request: Request) -> Reply:
    """Answers one."""
    name = request.params["name"]
    return Reply(status=200, body={name: _value(compute, request, name)})


@ROUTES.on("PUT", _PATH + "/{name}", policy=f"{_POLICY}:update", admin=True, schema=_SPECS)
def update(compute: Compute, request: Request) -> Reply:
    """Sets one."""
    name, given = request.params["name"], {key: str(value) for key, value in request.body.items()}
    if list(given) != [name]:
        raise bad_request("Request body and URI mismatch")
    if request.version >= VALIDATED_SINCE:
        extraspecs.check(given)
    compute.flavor(request.params["flavor_id"], request).extra_specs |= given
    return Reply(status=200, body=given)


@ROUTES.on("DELETE", _PATH + "/{name}", policy=f"{_POLICY}:delete", admin=True)
def delete(compute: Compute, request: Request) -> Reply:
    """Takes one away."""
    name = request.params["name"]
    _value(compute, request, name)
    del compute.flavor(request.params["flavor_id"], request).extra_specs[name]
    return Reply(status=200)


def _value(compute: Compute, request: Request, name: str) -> str:
    flavor = compute.flavor(request.params["flavor_id"], request)
    if name not in flavor.extra_specs:
        raise not_found(f"Flavor {flavor.id} has no extra specs with key {name}.")
    return flavor.extra_specs[name]
