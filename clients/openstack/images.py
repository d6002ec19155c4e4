"""Glance, as it speaks: images, their bytes and their properties.

openstacksdk's create_image keeps checksums in properties of its own and makes a second image when they are missing, and its
update knows only some properties; so this module sends Glance's own requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Final

from .errors import ConflictError, NotFoundError
from .types import Image

if TYPE_CHECKING:
    from .cloud import Cloud

_PATCH: Final = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
_BYTES: Final = {"Content-Type": "application/octet-stream"}
_CHUNK: Final = 1024 * 1024


class Upload:
    """The bytes of a file as the body of a request, from the start each time that it is sent.

    Args:
        open_: opens the file.
        size: in bytes.
        progress: called with the bytes sent so far, a call a chunk.
    """

    def __init__(self, open_: Callable[[], IO[bytes]], size: int, progress: Callable[[int], None]) -> None:
        self._open = open_
        self._size = size
        self._progress = progress

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        with self._open() as file:
            while chunk := file.read(_CHUNK):
                yield chunk
                sent += len(chunk)
                self._progress(sent)


class Images:
    """Glance's images."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def list(self, **query: str) -> list[Image]:
        """The images that we see, or those that match Glance's own filters; hidden ones only with `os_hidden="true"`."""
        found, path = [], "/images"
        params: Mapping[str, str] | None = {"limit": "100", **query}
        while path:
            reply = self._cloud.raw("image", "get", path, "list the images", params=params)
            found += [Image.from_wire(body) for body in reply["images"]]
            path, params = str(reply.get("next") or "").removeprefix("/v2"), None
        return found

    def read(self, id_: str) -> Image | None:
        """An image, None when there is none."""
        try:
            return Image.from_wire(self._cloud.raw("image", "get", f"/images/{id_}", f"read the image {id_}"))
        except NotFoundError:
            return None

    def create(self, name: str, fields: Mapping[str, Any]) -> Image:
        """Makes an image without bytes; it is `queued` until they come."""
        body = {"name": name, **fields}
        return Image.from_wire(self._cloud.raw("image", "post", "/images", f"create the image {name}", json=body))

    def upload(self, id_: str, body: Upload) -> None:
        """Sends an image's bytes, once: Glance refuses a second time."""
        self._cloud.raw("image", "put", f"/images/{id_}/file", f"upload the image {id_}", data=body, headers=_BYTES)

    def change(self, id_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Image:
        """Sets fields and custom properties; None removes a property."""
        steps = [_step(name, name in old, value) for name, value in new.items()]
        reply = self._cloud.raw("image", "patch", f"/images/{id_}", f"change the image {id_}", json=steps, headers=_PATCH)
        return Image.from_wire(reply)

    def switch(self, id_: str, *, active: bool) -> None:
        """Lets an image's bytes be had, or nobody but administrators have them; what it is in already stays."""
        action = "reactivate" if active else "deactivate"
        self._cloud.raw("image", "post", f"/images/{id_}/actions/{action}", f"{action} the image {id_}")

    def delete(self, id_: str, *, seconds: float = 300) -> None:
        """Deletes an image and waits until it is gone."""
        try:
            self._cloud.raw("image", "delete", f"/images/{id_}", f"delete the image {id_}")
        except NotFoundError:
            return
        except ConflictError as error:
            raise ConflictError(
                f"{error}; servers or volumes still use it: delete them first", status=error.status, body=error.body
            ) from error
        self._cloud.until_gone(f"the image {id_}", lambda: self.read(id_), seconds=seconds)


def _step(name: str, there: bool, value: Any) -> dict[str, Any]:
    path = "/" + name.replace("~", "~0").replace("/", "~1")
    if value is None:
        return {"op": "remove", "path": path}
    return {"op": "replace" if there else "add", "path": path, "value": value}
