"""The admin API on loopback: what `python -m simulator` and test harnesses drive a running simulator with.

GET /status · POST /stop · POST /reset · GET, POST, DELETE /faults · GET, POST /clock · GET /world · POST /world/machines ·
DELETE /world/machines/KEY · POST /world/machines/KEY/power. A service's own admin routes are under /<service>.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pydantic
from aiohttp import web

from . import web as serving
from .world import Fault, Machine, WorldError

if TYPE_CHECKING:
    from .daemon import Daemon


class Admin:
    """Serves the admin API of one daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._port = daemon.ports.get("admin")
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self._port}/"

    async def start(self) -> None:
        """Serves."""
        app = web.Application(middlewares=[_refusals])
        app.add_routes(
            [
                web.get("/status", self._status),
                web.post("/stop", self._stop),
                web.post("/reset", self._reset),
                web.get("/faults", self._faults),
                web.post("/faults", self._add_fault),
                web.delete("/faults", self._clear_faults),
                web.get("/clock", self._clock),
                web.post("/clock", self._set_clock),
                web.get("/world", self._world),
                web.post("/world/machines", self._add_machine),
                web.delete("/world/machines/{key:.+}", self._remove_machine),
                web.post("/world/machines/{key:.+}/power", self._power),
            ]
        )
        for name, service in self._daemon.services.items():
            if routes := getattr(service, "admin_routes", None):
                scope = web.Application()
                scope.add_routes(list(routes()))
                app.add_subapp(f"/{name}", scope)
        self._runner = await serving.serve(app, self._port)

    async def stop(self) -> None:
        """Stops serving."""
        if self._runner:
            await self._runner.cleanup()

    async def _status(self, request: web.Request) -> web.Response:
        daemon = self._daemon
        machines = {m.key: {"power": m.power, "boot": m.boot} for m in daemon.world.machines.values()}
        return web.json_response(
            {
                "endpoints": _without_keys(daemon.endpoints()),
                "clock": self._time(),
                "machines": machines,
                "faults": [fault.model_dump() for fault in daemon.world.data.faults],
                "errors": [repr(error) for error in daemon.clockwork.errors],
            }
        )

    async def _stop(self, request: web.Request) -> web.Response:
        self._daemon.stopping.set()
        return web.json_response({})

    async def _reset(self, request: web.Request) -> web.Response:
        self._daemon.reset()
        return web.json_response({})

    async def _faults(self, request: web.Request) -> web.Response:
        active = [fault.model_dump() for fault in self._daemon.world.data.faults]
        return web.json_response({"active": active, "known": self._daemon.known_faults()})

    async def _add_fault(self, request: web.Request) -> web.Response:
        fault = fault_from(await request.json(), self._daemon.known_faults())
        self._daemon.world.data.faults.append(fault)
        self._daemon.world.changed()
        return web.json_response(fault.model_dump())

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._daemon.world.data.faults.clear()
        self._daemon.world.changed()
        return web.json_response({})

    async def _clock(self, request: web.Request) -> web.Response:
        return web.json_response(self._time())

    async def _set_clock(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if "factor" in asked:
            self._daemon.clock.set_factor(float(asked["factor"]))
        if "advance" in asked:
            self._daemon.clock.advance(float(asked["advance"]))
        self._daemon.world.changed()
        return web.json_response(self._time())

    def _time(self) -> dict[str, Any]:
        clock = self._daemon.clock
        return {"now": clock.now(), "factor": clock.factor, "timers": len(clock.dump()["timers"])}

    async def _world(self, request: web.Request) -> web.Response:
        return web.json_response(self._daemon.world.data.model_dump(mode="json"))

    async def _add_machine(self, request: web.Request) -> web.Response:
        machine = self._daemon.world.add(Machine.model_validate(await request.json()))
        self._daemon.world.changed()
        return web.json_response(machine.model_dump(mode="json"))

    async def _remove_machine(self, request: web.Request) -> web.Response:
        self._daemon.world.remove(request.match_info["key"])
        self._daemon.world.changed()
        return web.json_response({})

    async def _power(self, request: web.Request) -> web.Response:
        world, key = self._daemon.world, request.match_info["key"]
        actions = {"on": world.power_on, "off": world.power_off, "cycle": world.power_cycle}
        actions[(await request.json())["action"]](key)
        world.changed()
        return web.json_response(world.machine(key).model_dump(mode="json"))


def fault_from(asked: dict[str, Any], known: dict[str, str]) -> Fault:
    """Makes a fault of a request {"name", "target", "times", "options"}.

    Raises:
        ValueError: no service knows a fault of this name.
    """
    name = asked["name"]
    if name not in known:
        raise ValueError(f"no fault is called {name!r}; there are {', '.join(sorted(known))}")
    options = dict(asked.get("options") or {})
    wire = name in serving.FAULTS and name != "slow"
    until = time.time() + float(options["seconds"]) if wire and "seconds" in options else None
    return Fault(name=name, target=asked.get("target") or "*", times=asked.get("times"), until=until, options=options)


@web.middleware
async def _refusals(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    try:
        return await handler(request)
    except (WorldError, pydantic.ValidationError, KeyError, ValueError, json.JSONDecodeError) as exc:
        return web.json_response({"error": str(exc)}, status=400)


def _without_keys(endpoints: dict[str, Any]) -> dict[str, Any]:
    """Where things are, without what opens them: that stands in endpoints.json, which only its owner reads."""
    return {
        name: {key: value for key, value in place.items() if key != "api_key"} if isinstance(place, dict) else place
        for name, place in endpoints.items()
    }
