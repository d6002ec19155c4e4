"""Images and their aliases."""

from __future__ import annotations

from typing import Any

from ..call import Call
from ..errors import bad_request, not_found
from ..records import Image


def resolve(call: Call, source: dict[str, Any], kind: str) -> Image | None:
    """The image that an instance is to be made from; None for a fingerprint that nothing has."""
    images = call.store.images(call.project)
    if source.get("alias"):
        alias = call.store.aliases(call.project).get(source["alias"])
        if alias is None:
            raise not_found("Image alias not found")
        return images.get(alias.target)
    if source.get("fingerprint"):
        return next((image for key, image in images.items() if key.startswith(source["fingerprint"])), None)
    raise bad_request("Must specify one of alias, fingerprint or properties for init from image")
