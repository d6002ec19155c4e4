"""Images: made, listed, changed, deleted, with their data, tags and members."""

from __future__ import annotations

from typing import Any

from ..call import Call, Reply
from ..keystone import Token
from . import listing, schema
from .data import measure
from .errors import Problem, forbidden, not_found, unsupported
from .patching import patched
from .records import Image, Member
from .shelf import Shelf, sent, sent_object, stamp

METHODS = "glance-direct,web-download,copy-image"
OCTETS = "application/octet-stream"
_BASE = frozenset(schema.PROPERTIES)


class Images:
    """Handlers of /v2/images; each is called with what the caller's token says."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def index(self, call: Call, token: Token) -> Reply:
        """GET /v2/images."""
        return Reply(body=listing.page(self._shelf, call, token))

    def create(self, call: Call, token: Token) -> Reply:
        """POST /v2/images: a record without data."""
        wanted = sent_object(call)
        schema.check(wanted)
        for name in sorted(set(wanted) & schema.READ_ONLY):
            raise Problem(403, f"Attribute '{name}' is read-only.")
        key, state = wanted.get("id"), self._shelf.state
        if key in state.images or key in state.deleted:
            raise Problem(409, f"Image ID {key} already exists!")
        self._check_rights(token, wanted)
        now = self._shelf.cloud.now()
        known = {name: value for name, value in wanted.items() if name in _BASE and name not in ("locations", "tags", "owner")}
        image = Image(
            **known,
            owner=wanted.get("owner") or token.project_id,
            tags=list(dict.fromkeys(wanted.get("tags", []))),
            extra={name: value for name, value in wanted.items() if name not in _BASE},
            created=now,
            updated=now,
        )
        state.images[image.id] = image
        headers = {"Location": f"{call.base}/v2/images/{image.id}", "Openstack-Image-Import-Methods": METHODS}
        return Reply(status=201, body=self._shelf.view(image), headers=headers)

    def show(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v2/images/ID."""
        return Reply(body=self._shelf.view(self._shelf.find(key, token)))

    def update(self, call: Call, token: Token, key: str) -> Reply:
        """PATCH /v2/images/ID."""
        kind = call.headers.get("Content-Type", "")
        if kind.partition(";")[0] not in schema.PATCHES:
            raise unsupported(kind)
        image = self._shelf.mine(key, token, "modify_image")
        wanted = patched(image, sent(call))
        self._check_rights(token, wanted, image)
        for name, value in wanted.items():
            setattr(image, name, value)
        self._shelf.touch(image)
        return Reply(body=self._shelf.view(image))

    def delete(self, call: Call, token: Token, key: str) -> Reply:
        """DELETE /v2/images/ID; the id is never given again."""
        image = self._shelf.state.images.get(key)
        if not image or not self._shelf.visible(image, token):
            raise Problem(404, f"Failed to find image {key} to delete")
        image = self._shelf.mine(key, token, "delete_image")
        if image.protected:
            raise Problem(403, f"Image {key} is protected and cannot be deleted.")
        self._shelf.data.drop(key)
        self._shelf.data.drop(f"{key}.staged")
        del self._shelf.state.images[key]
        self._shelf.state.deleted.append(key)
        return nothing()

    # --- data

    def upload(self, call: Call, token: Token, key: str) -> Reply:
        """PUT /v2/images/ID/file."""
        image = self._shelf.mine(key, token, "upload_image")
        check_upload(call, image)
        if self._shelf.cloud.fault("image-upload-fails", image.name or "", key):
            raise Problem(503, "Image storage media is unavailable: injected fault image-upload-fails")
        self._shelf.data.put(key, call.body)
        measure(image, call.body)
        image.status = "active"
        self._shelf.touch(image)
        return nothing()

    def download(self, call: Call, token: Token, key: str) -> Reply:
        """GET /v2/images/ID/file."""
        image = self._shelf.find(key, token)
        if image.status == "deactivated" and not token.is_admin:
            raise Problem(403, f"The requested image {key} is deactivated. Image data download is forbidden.")
        if image.status not in ("active", "deactivated"):
            return Reply(status=204)
        headers = {"Content-Type": OCTETS, "Content-Md5": image.checksum or ""}
        return Reply(body=self._shelf.data.get(key), headers=headers)

    def deactivate(self, call: Call, token: Token, key: str) -> Reply:
        """POST …/actions/deactivate."""
        return self._switch(token, key, "active", "deactivated")

    def reactivate(self, call: Call, token: Token, key: str) -> Reply:
        """POST …/actions/reactivate."""
        return self._switch(token, key, "deactivated", "active")

    def _switch(self, token: Token, key: str, old: str, new: str) -> Reply:
        image = self._shelf.mine(key, token, "deactivate" if new == "deactivated" else "reactivate")
        if not token.is_admin:
            raise forbidden("deactivate" if new == "deactivated" else "reactivate")
        if image.status not in (old, new):
            raise Problem(403, f"Not allowed to {new.removesuffix('d')} image in status '{image.status}'")
        image.status = new
        self._shelf.touch(image)
        return nothing()

    # --- tags

    def tag(self, call: Call, token: Token, key: str, tag: str) -> Reply:
        """PUT …/tags/TAG."""
        image = self._shelf.mine(key, token, "modify_image")
        if tag not in image.tags:
            image.tags.append(tag)
            self._shelf.touch(image)
        return nothing()

    def untag(self, call: Call, token: Token, key: str, tag: str) -> Reply:
        """DELETE …/tags/TAG."""
        image = self._shelf.mine(key, token, "modify_image")
        if tag not in image.tags:
            raise not_found()
        image.tags.remove(tag)
        self._shelf.touch(image)
        return nothing()

    # --- members

    def members(self, call: Call, token: Token, key: str) -> Reply:
        """GET …/members."""
        image = self._shelf.find(key, token)
        seen = [m for m in image.members if token.is_admin or token.project_id in (image.owner, m.member_id)]
        return Reply(body={"members": [_member(image, each) for each in seen], "schema": "/v2/schemas/members"})

    def share(self, call: Call, token: Token, key: str) -> Reply:
        """POST …/members."""
        image = self._shelf.mine(key, token, "add_member")
        name = sent_object(call).get("member")
        if not isinstance(name, str) or not name:
            raise Problem(400, "Member to be added not specified")
        if image.visibility != "shared":
            raise Problem(403, "Only shared images have members.")
        if any(each.member_id == name for each in image.members):
            raise Problem(409, f"Image member {name} already exists for image {key}")
        now = self._shelf.cloud.now()
        image.members.append(Member(member_id=name, created=now, updated=now))
        return Reply(body=_member(image, image.members[-1]))

    def member(self, call: Call, token: Token, key: str, name: str) -> Reply:
        """GET …/members/PROJECT."""
        image = self._shelf.find(key, token)
        return Reply(body=_member(image, self._member(image, name)))

    def accept(self, call: Call, token: Token, key: str, name: str) -> Reply:
        """PUT …/members/PROJECT: the project itself says whether it wants the image."""
        image = self._shelf.find(key, token)
        status = sent_object(call).get("status")
        if status not in ("pending", "accepted", "rejected"):
            raise Problem(400, f"Status not specified or not one of pending, accepted, rejected: {status}")
        if not (token.is_admin or token.project_id == name):
            raise forbidden("modify_member")
        found = self._member(image, name)
        found.status, found.updated = status, self._shelf.cloud.now()
        return Reply(body=_member(image, found))

    def unshare(self, call: Call, token: Token, key: str, name: str) -> Reply:
        """DELETE …/members/PROJECT."""
        image = self._shelf.mine(key, token, "delete_member")
        image.members.remove(self._member(image, name))
        return nothing()

    def _member(self, image: Image, name: str) -> Member:
        for found in image.members:
            if found.member_id == name:
                return found
        raise Problem(404, f"{name} not found in the member list of the image {image.id}.")

    def _check_rights(self, token: Token, wanted: dict[str, Any], image: Image | None = None) -> None:
        """Only administrators make images public or give them to others."""
        if token.is_admin:
            return
        old = image.visibility if image else "shared"
        if wanted.get("visibility") == "public" and old != "public":
            raise forbidden("publicize_image")
        owner = image.owner if image else token.project_id
        if wanted.get("owner", owner) != owner:
            text = f"You are not permitted to create images owned by '{wanted['owner']}'."
            raise Problem(403, text)


def check_upload(call: Call, image: Image, new: str = "saving") -> None:
    """Refuses data of another type, for an image that has some, or without formats.

    Raises:
        Problem: 415, 409 or 400.
    """
    kind = call.headers.get("Content-Type", "")
    if kind != OCTETS:
        raise unsupported(kind)
    if not image.disk_format or not image.container_format:
        raise Problem(400, "Properties disk_format, container_format must be set prior to saving data.")
    if image.status != "queued":
        raise Problem(409, f"Image status transition from {image.status} to {new} is not allowed")


def nothing(status: int = 204) -> Reply:
    """An empty answer, which Glance calls a page."""
    return Reply(status=status, headers={"Content-Type": "text/html; charset=UTF-8"})


def _member(image: Image, found: Member) -> dict[str, Any]:
    times = {"created_at": stamp(found.created), "updated_at": stamp(found.updated)}
    return {"member_id": found.member_id, "image_id": image.id, "status": found.status, **times, "schema": "/v2/schemas/member"}
