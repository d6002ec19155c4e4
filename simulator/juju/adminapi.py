"""The service's part of the admin API: what the `juju` stand-in and tests ask of the simulator rather than of a controller.

POST /controllers · GET /controllers/UUID · POST /controllers/UUID/claim · POST /controllers/UUID/destroy ·
POST /hosts/look {"model", "address"} · POST /hosts/provision {"model", "machine", "address"} ·
GET /vault/MODEL/APPLICATION · POST …/init {"shares", "threshold"} · POST …/unseal {"unit", "key"} · POST …/token.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web

from . import vault
from .errors import ApiError, not_found
from .manual import Manual
from .parts import Parts
from .records import Application, Controller, Model
from .store import application, machine, unit

Handler = Callable[[web.Request], Awaitable[web.Response]]
Work = Callable[[web.Request, dict[str, Any]], dict[str, Any] | Awaitable[dict[str, Any]]]


class AdminApi:
    """Serves the routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._charm = vault.Charm(parts)
        self._manual = Manual(parts)

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes, relative to the service's place."""
        return [
            web.post("/controllers", self._plain(self._bootstrap)),
            web.get("/controllers/{uuid}", self._plain(self._show)),
            web.post("/controllers/{uuid}/claim", self._plain(self._claim)),
            web.post("/controllers/{uuid}/destroy", self._plain(self._destroy)),
            web.post("/hosts/look", self._plain(self._look)),
            web.post("/hosts/provision", self._plain(self._provision)),
            web.get("/vault/{model}/{application}", self._plain(self._vault)),
            web.post("/vault/{model}/{application}/init", self._plain(self._initialise)),
            web.post("/vault/{model}/{application}/unseal", self._plain(self._unseal)),
            web.post("/vault/{model}/{application}/token", self._plain(self._token)),
        ]

    def _plain(self, work: Work) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            asked = await request.json() if request.can_read_body else {}
            try:
                answered = work(request, asked)
                result = answered if isinstance(answered, dict) else await answered
            except ApiError as exc:
                status = 404 if exc.code == "not found" else 409 if exc.code == "already exists" else 400
                return web.json_response({"error": exc.message, "code": exc.code}, status=status)
            if request.method != "GET":
                self._parts.changed()
            return web.json_response(result)

        return answer

    def _bootstrap(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        return self._wire(self._parts.controllers.bootstrap(asked))

    def _show(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        return self._wire(self._controller(request))

    def _claim(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._controller(request)
        found.claimed = True
        return self._wire(found)

    def _destroy(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._controller(request)
        self._parts.controllers.destroy(found, models=bool(asked.get("models")), force=bool(asked.get("force")))
        return self._wire(found)

    async def _look(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        return await self._manual.look(self._model(asked["model"]), asked["address"])

    async def _provision(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        model = self._model(asked["model"])
        await self._manual.provision(model, machine(model, asked["machine"]), asked["address"])
        return {}

    def _vault(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        return vault.describe(*self._application(request))

    def _initialise(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        model, app = self._application(request)
        result = self._charm.initialise(model, app, int(asked.get("shares", 5)), int(asked.get("threshold", 3)))
        self._parts.settle.refresh(model, app.name)
        return result

    def _unseal(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        model, app = self._application(request)
        result = self._charm.unseal(model, unit(model, asked["unit"]), asked["key"])
        self._parts.settle.refresh(model, app.name)
        return result

    def _token(self, request: web.Request, asked: dict[str, Any]) -> dict[str, Any]:
        return {"token": self._charm.new_token(*self._application(request))}

    def _application(self, request: web.Request) -> tuple[Model, Application]:
        model = self._model(request.match_info["model"])
        return model, application(model, request.match_info["application"])

    def _model(self, wanted: str) -> Model:
        model = next((m for m in self._parts.store.models() if wanted in (m.uuid, m.name)), None)
        if model is None:
            raise not_found("model", wanted)
        return model

    def _controller(self, request: web.Request) -> Controller:
        uuid = request.match_info["uuid"]
        if uuid not in self._parts.store.controllers:
            raise not_found("controller", uuid)
        return self._parts.store.controllers[uuid]

    def _wire(self, controller: Controller) -> dict[str, Any]:
        home = next(model for model in controller.models.values() if model.is_controller)
        first = next(iter(home.machines.values()), None)
        hardware = first.hardware if first else {}
        return {
            "uuid": controller.uuid,
            "name": controller.name,
            "ready": controller.ready,
            "life": controller.life,
            "address": self._parts.address(controller),
            "ca-cert": self._parts.ca_cert(),
            "clouds": sorted(controller.clouds),
            "models": [
                {"name": m.name, "owner": m.owner, "uuid": m.uuid, "life": m.life, "machines": len(m.machines),
                 "applications": len(m.applications), "controller": m.is_controller}
                for m in controller.models.values()
            ],
            "machine": {
                "instance-id": first.instance_id if first else "",
                "hardware": hardware,
                "status": first.instance.status if first else "",
                "message": first.instance.info if first else "",
                "addresses": [address["value"] for address in first.addresses] if first else [],
            },
        }  # fmt: skip
