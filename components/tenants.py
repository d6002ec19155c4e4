"""Who may use the cloud, and how much of it: projects, their quotas, roles, users."""

from __future__ import annotations

import dataclasses

import pulumi

from config.day_one import ADMIN_PROJECT, DayOneSpec, ProjectSpec, QuotaSpec, UserSpec
from providers import juju, openstack

from ._component import Component

MIB = 2**20


@dataclasses.dataclass(frozen=True, kw_only=True)
class TenantsArgs:
    """The cloud, and the model that it leaves with."""

    cloud: pulumi.Input[str]
    model: juju.Model


class Tenants(Component):
    """Projects by name; the administrator's own is none of ours, and has no id here."""

    def __init__(self, name: str, spec: DayOneSpec, args: TenantsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts, args.model)
        self._cloud = cloud = args.cloud
        self._projects = {project.name: self._project(project) for project in spec.projects}
        self._roles = {role: openstack.Role(role, name=role, cloud=cloud, opts=self.child()) for role in roles_of(spec)}
        for user in spec.users:
            self._user(user)
        self.register_outputs({"projects": list(self._projects)})

    def project(self, name: str) -> pulumi.Output[str] | None:
        """A project's id; None is the administrator's own."""
        return None if name == ADMIN_PROJECT else self._projects[name].id

    def _project(self, spec: ProjectSpec) -> openstack.Project:
        project = openstack.Project(
            spec.name,
            name=spec.name,
            description=spec.description or None,
            enabled=True,
            cloud=self._cloud,
            opts=self.child(),
        )
        if spec.quota is not None:
            self._quota(spec.name, spec.quota, project)
        return project

    def _quota(self, name: str, spec: QuotaSpec, project: openstack.Project) -> None:
        given = spec.model_dump(exclude_none=True, exclude={"memory"})
        ram = {} if spec.memory is None else {"ram": spec.memory // MIB}
        openstack.Quota(name, project=project.id, cloud=self._cloud, **given, **ram, opts=self.child())

    def _user(self, spec: UserSpec) -> None:
        user = openstack.User(
            spec.name,
            name=spec.name,
            password=pulumi.Output.secret(spec.password.get_secret_value()),
            email=spec.email,
            enabled=True,
            default_project=self.project(spec.project),
            cloud=self._cloud,
            opts=self.child(),
        )
        for role in spec.roles:
            openstack.RoleAssignment(
                f"{spec.name}-{role}",
                role=self._roles[role].id,
                user=user.id,
                project=self.project(spec.project),
                cloud=self._cloud,
                opts=self.child(),
            )


def roles_of(spec: DayOneSpec) -> list[str]:
    """Roles that the site makes, and those that Keystone has and somebody is given: these are taken as they are."""
    return list(dict.fromkeys([*(role.name for role in spec.roles), *(role for user in spec.users for role in user.roles)]))
