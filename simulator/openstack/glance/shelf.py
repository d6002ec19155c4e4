"""The images with what every handler asks of them: who may see and change one, and how it is shown."""

from __future__ import annotations

import datetime
from typing import Any

from ..call import Call
from ..cloud import Cloud
from ..keystone import Token
from .data import Data
from .errors import Problem, forbidden, malformed, no_image, unauthorized
from .records import Image, State


class Shelf:
    """The state of one Glance."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.state = State()
        self.data = Data(cloud.directory)

    def authorise(self, call: Call) -> Token:
        """What the caller's token says.

        Raises:
            Problem: 401.
        """
        token = self.cloud.identity.token(call)
        if not token:
            raise unauthorized(f"{self.cloud.facts.endpoints().get('identity', '')}/v3")
        return token

    def find(self, key: str, token: Token) -> Image:
        """An image that the caller may see.

        Raises:
            Problem: 404.
        """
        image = self.state.images.get(key)
        if not image or not self.visible(image, token):
            raise no_image(key)
        return image

    def mine(self, key: str, token: Token, action: str) -> Image:
        """An image that the caller may change.

        Raises:
            Problem: 404 or 403.
        """
        image = self.find(key, token)
        if not (token.is_admin or image.owner == token.project_id):
            raise forbidden(action)
        return image

    def visible(self, image: Image, token: Token) -> bool:
        """Whether a token's project sees an image."""
        if token.is_admin or image.owner == token.project_id or image.visibility in ("public", "community"):
            return True
        return image.visibility == "shared" and any(member.member_id == token.project_id for member in image.members)

    def touch(self, image: Image) -> None:
        """Notes that an image changed."""
        image.updated = self.cloud.now()

    def view(self, image: Image) -> dict[str, Any]:
        """An image as Glance shows it."""
        shown = image.model_dump(exclude={"extra", "members", "tasks", "created", "updated"})
        path = f"/v2/images/{image.id}"
        times = {"created_at": stamp(image.created), "updated_at": stamp(image.updated)}
        links = {"self": path, "file": f"{path}/file", "schema": "/v2/schemas/image"}
        stores = {"stores": "local"} if image.status in ("active", "deactivated") else {}
        return image.extra | shown | times | links | stores


def stamp(when: float, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    """A time as images have it."""
    return datetime.datetime.fromtimestamp(int(when), datetime.UTC).strftime(form)


def sent(call: Call) -> Any:
    """The body as JSON.

    Raises:
        Refusal: 400.
    """
    return call.json(lambda: malformed(call).reply)


def sent_object(call: Call) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        Problem: 400, it is something else.
    """
    found = sent(call)
    if not isinstance(found, dict):
        raise Problem(400, "Expected a JSON object in the request body.")
    return found
