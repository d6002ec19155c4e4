"""Interoperable import: data is staged, then a task makes it the image's."""

from __future__ import annotations

import uuid
from typing import Any

from ..call import Call, Reply
from ..keystone import Token
from .data import measure
from .errors import Problem
from .images import check_upload, nothing
from .records import Image, Task
from .shelf import Shelf, sent_object, stamp

KNOWN = ("glance-direct", "web-download", "copy-image")
SECONDS = 2.0
_DAYS_KEPT = 2 * 24 * 3600
_FORM = "%Y-%m-%dT%H:%M:%S.000000"
_TIMER = "image.imported"


class Imports:
    """Handlers of staging and importing."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        shelf.cloud.on(_TIMER, self._imported)

    def stage(self, call: Call, token: Token, key: str) -> Reply:
        """PUT …/stage."""
        image = self._shelf.mine(key, token, "modify_image")
        check_upload(call, image, "uploading")
        self._shelf.data.put(f"{key}.staged", call.body)
        image.status, image.size = "uploading", len(call.body)
        self._shelf.touch(image)
        return nothing()

    def start(self, call: Call, token: Token, key: str) -> Reply:
        """POST …/import."""
        image = self._shelf.mine(key, token, "modify_image")
        request = sent_object(call)
        method = request.get("method", {})
        name = method.get("name") if isinstance(method, dict) else None
        if name not in KNOWN:
            raise Problem(400, f"Unknown import method name '{name}'.")
        wanted = {"glance-direct": "uploading", "web-download": "queued", "copy-image": "active"}[name]
        if image.status != wanted:
            raise Problem(409, f"Image needs to be in '{wanted}' state to use '{name}' method")
        now = self._shelf.cloud.now()
        owner, number = token.project_id or "", str(uuid.uuid4())
        image.tasks.append(Task(id=number, owner=owner, user_id=token.user_id, request=request, created=now, updated=now))
        image.extra["os_glance_import_task"] = number
        self._shelf.cloud.after(SECONDS, _TIMER, key=key, task=number)
        return nothing(202)

    def tasks(self, call: Call, token: Token, key: str) -> Reply:
        """GET …/tasks."""
        image = self._shelf.find(key, token)
        return Reply(body={"tasks": [_task(image, task) for task in image.tasks]})

    def _imported(self, key: str, task: str) -> None:
        image = self._shelf.state.images.get(key)
        if not image:
            return
        found = next(each for each in image.tasks if each.id == task)
        image.extra.pop("os_glance_import_task", None)
        found.updated = self._shelf.cloud.now()
        method = found.request["method"]["name"]
        lost = method == "web-download" or self._shelf.cloud.fault("image-import-fails", image.name or "", key)
        image.extra |= {"os_glance_importing_to_stores": "", "os_glance_failed_import": "local" if lost else ""}
        if lost:
            self._failed(image, found)
        elif method == "glance-direct":
            self._take_in(image)
        found.status = "failure" if lost else "success"
        found.message = found.message or "Copied 0 MiB"
        self._shelf.touch(image)
        self._shelf.cloud.changed()

    def _failed(self, image: Image, task: Task) -> None:
        uri = task.request["method"].get("uri")
        task.message = f"Task failed: the rack has no way to {uri}" if uri else "Task failed: injected fault image-import-fails"
        image.status, image.size = "queued", None
        self._shelf.data.drop(f"{image.id}.staged")

    def _take_in(self, image: Image) -> None:
        content = self._shelf.data.get(f"{image.id}.staged")
        self._shelf.data.put(image.id, content)
        self._shelf.data.drop(f"{image.id}.staged")
        measure(image, content)
        image.status = "active"


def _task(image: Image, task: Task) -> dict[str, Any]:
    done = task.status in ("success", "failure")
    return {
        "id": task.id,
        "type": "api_image_import",
        "status": task.status,
        "owner": task.owner,
        "expires_at": stamp(task.updated + _DAYS_KEPT, _FORM) if done else None,
        "created_at": stamp(task.created, _FORM),
        "updated_at": stamp(task.updated, _FORM),
        "deleted_at": None,
        "deleted": False,
        "image_id": image.id,
        "request_id": f"req-{task.id}",
        "user_id": task.user_id,
        "input": {"image_id": image.id, "import_req": task.request, "backend": ["local"]},
        "result": {"image_id": image.id} if task.status == "success" else None,
        "message": task.message,
    }
