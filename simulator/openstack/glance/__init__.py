"""Glance: images with their data, checked as a client checks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..call import Call, NotModelled, Refusal, Reply
from ..cloud import Cloud
from ..keystone.token import Token
from ..routing import Router
from . import schema
from .data import measure
from .errors import Problem, answer, not_found
from .images import Images
from .imports import KNOWN, Imports
from .records import Image, State
from .shelf import Shelf

__all__ = ["FAULTS", "Area"]

FAULTS = {
    "image-upload-fails": "Glance answers 503 to an upload and keeps nothing (target: image name or id)",
    "image-import-fails": "an image import fails after it was accepted (target: image name or id)",
}
_VERSIONS = ("v2.15", *(f"v2.{minor}" for minor in range(13, -1, -1)))
_NOT_MODELLED = ("/v2/metadefs", "/v2/tasks", "/v2/cache", "/v2/cached_images", "/v2/queued_images")
Handler = Callable[..., Reply]


class Area:
    """The image service of a cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._shelf = Shelf(cloud)
        self._router = Router(self._unknown, self._wrong_method, heads=False)
        self._routes()

    @property
    def state(self) -> State:
        """The records."""
        return self._shelf.state

    async def answer(self, call: Call) -> Reply:
        """Answers a request."""
        try:
            return self._answer(call)
        except Problem as problem:
            return answer(call, problem)
        except Refusal as refusal:
            return refusal.reply

    def record(self, key: str) -> dict[str, Any] | None:
        """An image as Glance shows it, None when there is none of this id."""
        image = self._shelf.state.images.get(key)
        return self._shelf.view(image) if image else None

    def sees(self, token: Token, key: str) -> bool:
        """Whether there is an image of this id that a token's project sees."""
        image = self._shelf.state.images.get(key)
        return image is not None and self._shelf.visible(image, token)

    def create(self, project: str, name: str, content: bytes = b"", **fields: Any) -> dict[str, Any]:
        """An active image that another service makes, such as a server's snapshot; `fields` are properties of the image."""
        now = self._shelf.cloud.now()
        known = {key: value for key, value in fields.items() if key in Image.model_fields}
        extra = {key: str(value) for key, value in fields.items() if key not in Image.model_fields}
        image = Image(owner=project, name=name, created=now, updated=now, **known, extra=extra)
        self._shelf.data.put(image.id, content)
        measure(image, content)
        image.status = "active"
        self._shelf.state.images[image.id] = image
        return self._shelf.view(image)

    def publish(self, name: str, content: bytes, **fields: Any) -> None:
        """An image for everybody that a service's user makes."""
        projects = self._shelf.cloud.identity.state.projects.values()
        owner = next(project.id for project in projects if project.name == "services")
        self.create(owner, name, content, visibility="public", **fields)

    def shown(self) -> list[dict[str, Any]]:
        """All images as Glance shows them."""
        return [self._shelf.view(image) for image in self._shelf.state.images.values()]

    def dump(self) -> dict[str, Any]:
        """The records as JSON values."""
        return self._shelf.state.model_dump(mode="json")

    def load(self, data: dict[str, Any]) -> None:
        """Takes dumped records back."""
        self._shelf.state = State.model_validate(data)

    def _answer(self, call: Call) -> Reply:
        if call.path == "/versions":
            return self._versions(call, 200)
        if call.path != "/v2" and not call.path.startswith("/v2/"):
            return self._versions(call, 300)
        return self._router.answer(call)

    def _versions(self, call: Call, status: int) -> Reply:
        links = [{"rel": "self", "href": f"{call.base}/v2/"}]
        found = [{"id": name, "status": "SUPPORTED", "links": links} for name in _VERSIONS]
        found[0]["status"] = "CURRENT"
        return Reply(status=status, body={"versions": found})

    def _routes(self) -> None:
        images, imports = Images(self._shelf), Imports(self._shelf)
        one = "/v2/images/{key}"
        for method, path, handler in (
            ("GET", "/v2/images", images.index),
            ("POST", "/v2/images", images.create),
            ("GET", one, images.show),
            ("PATCH", one, images.update),
            ("DELETE", one, images.delete),
            ("GET", f"{one}/file", images.download),
            ("PUT", f"{one}/file", images.upload),
            ("PUT", f"{one}/stage", imports.stage),
            ("POST", f"{one}/import", imports.start),
            ("GET", f"{one}/tasks", imports.tasks),
            ("POST", f"{one}/actions/deactivate", images.deactivate),
            ("POST", f"{one}/actions/reactivate", images.reactivate),
            ("PUT", f"{one}/tags/{{tag}}", images.tag),
            ("DELETE", f"{one}/tags/{{tag}}", images.untag),
            ("GET", f"{one}/members", images.members),
            ("POST", f"{one}/members", images.share),
            ("GET", f"{one}/members/{{name}}", images.member),
            ("PUT", f"{one}/members/{{name}}", images.accept),
            ("DELETE", f"{one}/members/{{name}}", images.unshare),
            ("GET", "/v2/schemas/{name}", self._schema),
            ("GET", "/v2/info/{name}", self._info),
        ):
            self._router.add(method, path, self._guarded(handler))

    def _guarded(self, handler: Handler) -> Handler:
        def guarded(call: Call, **parts: str) -> Reply:
            return handler(call, self._shelf.authorise(call), **parts)

        return guarded

    def _schema(self, call: Call, token: Any, name: str) -> Reply:
        if name not in schema.PUBLISHED:
            raise not_found()
        return Reply(body=schema.PUBLISHED[name])

    def _info(self, call: Call, token: Any, name: str) -> Reply:
        methods = {"description": "Import methods available.", "type": "array", "value": list(KNOWN)}
        known: dict[str, dict[str, Any]] = {
            "import": {"import-methods": methods},
            "stores": {"stores": [{"id": "local", "default": "true"}]},
            "usage": {"usage": {}},
        }
        if name not in known:
            raise not_found()
        return Reply(body=known[name])

    def _unknown(self, call: Call) -> Reply:
        self._shelf.authorise(call)
        if call.path.startswith(_NOT_MODELLED):
            raise NotModelled
        raise not_found()

    def _wrong_method(self, call: Call, allowed: list[str]) -> Reply:
        self._shelf.authorise(call)
        text = f"The method {call.method} is not allowed for this resource."
        raise Problem(405, text, headers={"Allow": ", ".join(allowed)})
