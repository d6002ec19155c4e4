"""The records by name, and in whose project a project's objects are.

A project has its own images, profiles, volumes or networks only where its feature says so; else it shares those of "default".
"""

from __future__ import annotations

from collections.abc import Iterator

from .errors import not_found
from .records import Acl, Alias, Config, Devices, Image, Instance, Network, Pool, Profile, Project, State, Volume, Zone

DEFAULT = "default"
FEATURES = ("features.images", "features.networks", "features.profiles", "features.storage.volumes")


def url(path: str, project: str = DEFAULT) -> str:
    """A path as LXD writes it in lists: with the project unless it is the default one."""
    return f"/1.0/{path}" if project == DEFAULT else f"/1.0/{path}?project={project}"


def merge(config: Config, devices: Devices, profiles: list[Profile]) -> tuple[Config, Devices]:
    """What holds in the end: later profiles over earlier ones, the instance's own over all."""
    expanded: Config = {}
    expanded_devices: Devices = {}
    for profile in profiles:
        expanded |= profile.config
        expanded_devices |= profile.devices
    return expanded | config, expanded_devices | devices


class Store:
    """Looks records up; `state` is what is saved."""

    def __init__(self) -> None:
        self.state = State()

    def clear(self) -> None:
        """Back to a daemon that was just installed: the default project and its empty profile."""
        self.state = State()
        config = dict.fromkeys(FEATURES, "true")
        self.state.projects[DEFAULT] = Project(name=DEFAULT, description="Default LXD project", config=config)
        self.state.profiles[DEFAULT] = {DEFAULT: Profile(name=DEFAULT, description="Default LXD profile")}

    def project(self, name: str, failing: str = "") -> Project:
        """A project; `failing` goes before "Project not found"."""
        if name not in self.state.projects:
            raise not_found(f"{failing}Project not found")
        return self.state.projects[name]

    def home(self, project: str, feature: str) -> str:
        """The project in which `project` keeps objects of a feature such as "profiles"."""
        record = self.state.projects.get(project)
        return project if record and record.config.get(f"features.{feature}") == "true" else DEFAULT

    def profiles(self, project: str) -> dict[str, Profile]:
        """The profiles that a project uses."""
        return self.state.profiles.setdefault(self.home(project, "profiles"), {})

    def networks(self, project: str) -> dict[str, Network]:
        """The managed networks that a project uses."""
        return self.state.networks.setdefault(self.home(project, "networks"), {})

    def acls(self, project: str) -> dict[str, Acl]:
        """The network ACLs that a project uses."""
        return self.state.acls.setdefault(self.home(project, "networks"), {})

    def zones(self, project: str) -> dict[str, Zone]:
        """The DNS zones that a project uses."""
        return self.state.zones.setdefault(self.home(project, "networks"), {})

    def images(self, project: str) -> dict[str, Image]:
        """The images that a project uses."""
        return self.state.images.setdefault(self.home(project, "images"), {})

    def aliases(self, project: str) -> dict[str, Alias]:
        """The image aliases that a project uses."""
        return self.state.aliases.setdefault(self.home(project, "images"), {})

    def instances(self, project: str) -> dict[str, Instance]:
        """A project's instances; an unknown project has none, which is no error to LXD."""
        if project not in self.state.projects:
            return {}
        return self.state.instances.setdefault(project, {})

    def all_instances(self) -> Iterator[Instance]:
        """Every instance, by project and name."""
        for _, instances in sorted(self.state.instances.items()):
            for _, instance in sorted(instances.items()):
                yield instance

    def instance(self, project: str, name: str) -> Instance:
        """An instance of a project."""
        try:
            return self.instances(project)[name]
        except KeyError:
            raise not_found("Instance not found") from None

    def pool(self, name: str) -> Pool:
        """A storage pool."""
        try:
            return self.state.pools[name]
        except KeyError:
            raise not_found("Storage pool not found") from None

    def volumes(self, pool: str, project: str) -> dict[str, Volume]:
        """The custom volumes that a project uses on a pool."""
        home = self.home(project, "storage.volumes")
        return {v.name: v for v in self.state.volumes if (v.pool, v.project) == (pool, home)}

    def profiles_of(self, instance: Instance) -> list[Profile]:
        """The profiles an instance has, in their order."""
        known = self.profiles(instance.project)
        return [known[name] for name in instance.profiles if name in known]

    def expanded(self, instance: Instance) -> tuple[Config, Devices]:
        """An instance's configuration and devices with its profiles' under them."""
        return merge(instance.config, instance.devices, self.profiles_of(instance))
