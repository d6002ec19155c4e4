"""LXD projects: instances, profiles, images and networks kept apart by name."""

from __future__ import annotations

import pulumi

from clients import lxd as client

from . import _config
from ._lxd import LxdResource, identity
from ._object import ObjectInputs, ObjectProvider


class ProjectInputs(ObjectInputs):
    """A project."""


class ProjectProvider(ObjectProvider[ProjectInputs]):
    """Projects; LXD turns features on by itself unless they are said to be off."""

    inputs = ProjectInputs
    replace_on = frozenset({"name", "remote"})
    collection = ("projects",)
    filled = _config.Filled("features.*")
    noun = "project"

    def remove(self, id_: str, old: dict[str, object]) -> None:
        """Deletes the project; images that LXD only cached for instances don't keep it."""
        inputs = self.parse(old)
        lxd = self.lxd(inputs.remote)
        if not old.get("adopted") and self.find(lxd, inputs):
            _drop_cached_images(lxd, inputs.name)
        super().remove(id_, old)

    def key(self, inputs: ProjectInputs) -> str:
        return identity(inputs.remote, inputs.name)


def _drop_cached_images(lxd: client.Lxd, project: str) -> None:
    images = [path for path in lxd.get("projects", project).used_by if path.startswith("/1.0/images/")]
    for path in images:
        fingerprint = path.removeprefix("/1.0/images/").partition("?")[0]
        if lxd.get("images", fingerprint, project=project).body.get("cached"):
            lxd.remove("images", fingerprint, project=project)


class Project(LxdResource, module="lxd", name="Project"):
    """A project."""

    provider_class = ProjectProvider
    name: pulumi.Output[str]
    description: pulumi.Output[str]
    config: pulumi.Output[dict[str, str]]
    remote: pulumi.Output[str | None]
