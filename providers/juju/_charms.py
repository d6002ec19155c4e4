"""Which charm an application runs: one of the store or one of this machine, and how it comes to another.

Juju has no name for the content of a charm that was uploaded, so that the state keeps a digest of it; and each upload has a
number of its own, by which a charm that somebody else has put in its place is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from clients import juju
from clients.juju import naming

from .._base import ExpectedError, Props, is_unknown
from . import _values

if TYPE_CHECKING:
    from .application import ApplicationInputs

UPLOADED: Final = "local:"
"""Before the name of a charm that somebody has uploaded where the program wants the store's."""


def refusals(news: Props) -> Iterator[tuple[str, str]]:
    """What is wrong with a charm, and what doesn't go with it."""
    charm = news.get("charm", "")
    if news.get("revision") is not None and not news.get("channel"):
        yield "revision", "goes with a channel only: Juju needs one to look for later revisions"
    if is_unknown(charm) or not juju.is_path(str(charm)):
        return
    if news.get("channel") or news.get("revision") is not None:
        yield "charm", "is a path, so that there is no channel or revision to choose"
    if any(isinstance(_values.revision(value), int) for value in (news.get("resources") or {}).values()):
        yield "resources", "have no revisions where the charm is one of this machine: give the path of a file"
    base, bases = news.get("base"), _bases(str(charm))
    if base and not is_unknown(base) and bases and base not in bases:
        yield "base", f"the charm {charm} does not run on {base}; its manifest names {', '.join(bases)}"


def same_place(old: str, new: str) -> bool:
    """Whether a charm comes from where it came from; of those of this machine their content says more than their path."""
    return old == new or (juju.is_path(old) and juju.is_path(new))


def same_pins(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the same revisions of resources are asked for; whether files are the same, their content says."""
    return _pins(old) == _pins(new)


def outputs(inputs: ApplicationInputs) -> dict[str, Any]:
    """What the state keeps of a charm of this machine, and of the files for one."""
    files = {"resource_digests": {name: file.digest for name, file in _files(inputs.resources).items()}}
    if not juju.is_path(inputs.charm):
        return {"charm_digest": "", "charm_name": "", **files}
    local = juju.LocalCharm(inputs.charm)
    return {"charm_digest": local.digest, "charm_name": local.name, **files}


def seen(there: juju.Application, old: Props) -> str:
    """The charm as the program would have written it."""
    if juju.is_path(str(old.get("charm") or "")):
        return str(old["charm"])
    return f"{UPLOADED}{there.charm}" if there.local else there.charm


def drift(there: juju.Application, old: Props) -> dict[str, Any]:
    """Forgets the content of a charm of this machine that isn't the one any more that we uploaded."""
    ours = old.get("charm_revision") in (None, there.revision) and there.local
    return {} if ours or not juju.is_path(str(old.get("charm") or "")) else {"charm_digest": ""}


def changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
    """Which of charm and resources are of this machine and have another content."""
    charm, resources, found = news.get("charm"), news.get("resources") or {}, set()
    local = not is_unknown(charm) and juju.is_path(str(charm))
    if local and juju.LocalCharm(str(charm)).digest != olds.get("charm_digest"):
        found.add("charm")
    before = olds.get("resource_digests") or {}
    if not is_unknown(resources) and any(file.digest != before.get(name) for name, file in _files(resources).items()):
        found.add("resources")
    return found


def continues(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether an application can go from one charm to the other: when both have one name, and both are the store's or ours."""
    old, new = str(olds.get("charm") or ""), news.get("charm")
    if is_unknown(new):
        return False
    if not juju.is_path(str(new)):
        return old.removeprefix(UPLOADED) == new
    # a state that has no name of it is an earlier version's, which looked at the path alone
    return juju.is_path(old) and juju.LocalCharm(str(new)).name == (olds.get("charm_name") or juju.LocalCharm(str(new)).name)


def takes_storage(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether Juju takes the new storage directives: with another charm, it takes those of a storage that had none."""
    if any(is_unknown(news.get(name)) for name in ("channel", "revision", "storage")):
        return False
    old, new = olds.get("storage") or {}, news.get("storage") or {}
    kept = all(name in new and _values.directive(new[name]) == _values.directive(value) for name, value in old.items())
    moves = any(news.get(name) not in (None, olds.get(name)) for name in ("channel", "revision"))
    return kept and moves and not juju.is_path(str(news.get("charm")))


def deploy(model: juju.Model, wanted: juju.Deployment) -> None:
    """Deploys a charm, which is uploaded before where it is one of this machine."""
    if not juju.is_path(wanted.charm):
        model.applications.deploy(wanted)
        return
    charm = juju.LocalCharm(wanted.charm)
    base = charm.base_for(wanted.base)
    model.applications.deploy_local(wanted, model.uploads.charm(charm, base), base)


def refresh(model: juju.Model, inputs: ApplicationInputs, old: Mapping[str, Any]) -> bool:
    """Brings an application to its charm and resources; says whether its charm may have become another."""
    moved = _refresh_local(model, inputs, old) if juju.is_path(inputs.charm) else _refresh(model, inputs, old)
    attach(model, inputs, old)
    return moved


def attach(model: juju.Model, inputs: ApplicationInputs, old: Mapping[str, Any]) -> None:
    """Uploads the files that an application doesn't have yet."""
    before = old.get("resource_digests") or {}
    for name, file in _files(inputs.resources).items():
        if file.digest != before.get(name):
            model.uploads.resource(inputs.name, name, file)


def _refresh(model: juju.Model, inputs: ApplicationInputs, old: Mapping[str, Any]) -> bool:
    pinned = {name: value for name, value in inputs.resources.items() if isinstance(value, int)}
    before = {name: _values.revision(value) for name, value in (old.get("resources") or {}).items()}
    moved = inputs.channel not in (None, old.get("channel"))
    repinned = inputs.revision is not None and inputs.revision != old.get("revision")
    if moved or repinned or str(old.get("charm")).startswith(UPLOADED):
        new = {name: directive for name, directive in inputs.storage.items() if name not in (old.get("storage") or {})}
        model.applications.refresh(
            inputs.name,
            channel=inputs.channel,
            revision=inputs.revision,
            resources=pinned,
            storage={name: _values.directive(storage.model_dump()) for name, storage in new.items()},
        )
        return True
    released = dict.fromkeys(before.keys() - inputs.resources.keys(), juju.RELEASED)
    model.applications.set_resources(inputs.name, {**released, **{k: v for k, v in pinned.items() if before.get(k) != v}})
    return False


def refuse_other(there: juju.Application, inputs: ApplicationInputs) -> None:
    """Refuses to take up an application by our name that is not as asked, in what can't be changed.

    Raises:
        ExpectedError: names both.
    """
    charm = juju.LocalCharm(inputs.charm).name if juju.is_path(inputs.charm) else naming.charm_name(inputs.charm)
    asked = {"charm": charm, "base": inputs.base}
    found = {"charm": there.charm, "base": there.base}
    for what, wanted in asked.items():
        if wanted is not None and found[what] not in (None, "", wanted):
            raise ExpectedError(
                f"the model already has an application {inputs.name!r}, but its {what} is {found[what]!r}, not {wanted!r}: "
                f"remove it with `juju remove-application {inputs.name}`, or give this one another name"
            )


def _refresh_local(model: juju.Model, inputs: ApplicationInputs, old: Mapping[str, Any]) -> bool:
    charm = juju.LocalCharm(inputs.charm)
    if charm.digest == old.get("charm_digest"):
        return False
    there = model.status().applications[inputs.name]
    if there.charm != charm.name:
        raise ExpectedError(
            f"the application {inputs.name!r} runs the charm {there.charm!r}, and {inputs.charm} is {charm.name!r}: "
            "give the application another name, or take it out of the program first"
        )
    base = inputs.base or there.base
    model.applications.refresh_local(inputs.name, model.uploads.charm(charm, base), base)
    return True


def _pins(resources: Mapping[str, Any]) -> dict[str, int | None]:
    values = {name: _values.revision(value) for name, value in resources.items()}
    return {name: value if isinstance(value, int) else None for name, value in values.items()}


def _files(resources: Mapping[str, Any]) -> dict[str, juju.ResourceFile]:
    """The resources that are files of this machine."""
    values = {name: _values.revision(value) for name, value in resources.items()}
    return {name: juju.ResourceFile(value) for name, value in values.items() if isinstance(value, str)}


def _bases(path: str) -> tuple[str, ...] | None:
    try:
        return juju.LocalCharm(path).bases
    except juju.LocalCharmError:
        return None  # said where it is deployed
