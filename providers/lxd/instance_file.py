"""One file inside an instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pydantic

from .._base import ExpectedError, Found, Made, Props
from . import _inside
from ._instance_inputs import File, Mode
from ._lxd import InProject, LxdProvider, LxdResource, identity


class InstanceFileInputs(InProject):
    """A file; exactly one of content and source_path."""

    instance: str
    target_path: str
    content: str | None = None
    source_path: str | None = None
    uid: int = 0
    gid: int = 0
    mode: Mode = "0775"
    create_directories: bool = False
    append: bool = False

    @pydantic.model_validator(mode="after")
    def _one_source(self) -> InstanceFileInputs:
        if self.content is not None and self.source_path is not None:
            raise ValueError("give content or source_path, not both")
        return self


class InstanceFileProvider(LxdProvider[InstanceFileInputs]):
    """Files; every change is another file."""

    inputs = InstanceFileInputs
    computed = ("resource_id",)
    replace_on = frozenset(InstanceFileInputs.model_fields)

    def make(self, inputs: InstanceFileInputs) -> Made:
        lxd = self.lxd(inputs.remote)
        if lxd.find("instances", inputs.instance, project=inputs.project) is None:
            raise ExpectedError(f"there is no instance {inputs.instance} in LXD project {inputs.project} to put a file into")
        wanted = File.model_validate(inputs.model_dump(include=set(File.model_fields)))
        _inside.push(lxd, inputs.instance, inputs.project, wanted)
        return Made(
            id=identity(inputs.remote, inputs.project, inputs.instance, inputs.target_path.lstrip("/")),
            outputs={"resource_id": f"{inputs.remote or ''}:{inputs.instance}{inputs.target_path}"},
        )

    def fetch(self, id_: str, old: Props) -> Found | None:
        inputs = self.parse(old)
        lxd = self.lxd(inputs.remote)
        found = _inside.pull(lxd, inputs.instance, inputs.project, inputs.target_path)
        if found is None:
            return None
        content, headers = found
        inputs_now: dict[str, Any] = {"uid": _number(headers, "uid", inputs.uid), "gid": _number(headers, "gid", inputs.gid)}
        inputs_now["mode"] = headers.get("X-LXD-mode", inputs.mode).zfill(4)
        if inputs.content is not None and not inputs.append:
            inputs_now["content"] = content.decode(errors="replace")
        return Found(inputs=inputs_now)

    def change(self, id_: str, old: Props, inputs: InstanceFileInputs) -> Mapping[str, Any]:
        """Never called with a difference: every input replaces."""
        return {}

    def remove(self, id_: str, old: Props) -> None:
        inputs = self.parse(old)
        _inside.erase(self.lxd(inputs.remote), inputs.instance, inputs.project, inputs.target_path)

    def same(self, name: str, old: Any, new: Any) -> bool:
        return old.zfill(4) == new.zfill(4) if name == "mode" else super().same(name, old, new)


def _number(headers: Mapping[str, str], kind: str, default: int) -> int:
    return int(headers.get(f"X-LXD-{kind}", default))


class InstanceFile(LxdResource, module="lxd", name="InstanceFile"):
    """A file inside an instance."""

    provider_class = InstanceFileProvider
    instance: pulumi.Output[str]
    target_path: pulumi.Output[str]
    content: pulumi.Output[str | None]
    source_path: pulumi.Output[str | None]
    uid: pulumi.Output[int]
    gid: pulumi.Output[int]
    mode: pulumi.Output[str]
    create_directories: pulumi.Output[bool]
    append: pulumi.Output[bool]
    resource_id: pulumi.Output[str]
    project: pulumi.Output[str]
    remote: pulumi.Output[str | None]
