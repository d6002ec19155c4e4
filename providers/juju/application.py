"""An application: a charm with its options, without units, which are resources of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pulumi
import pydantic

from clients import juju
from clients.errors import DeadlineError

from .. import _settings
from .._base import ExpectedError, Found, Inputs, Made, Props, Resource
from . import _application, _charms, _values, _waking
from ._common import MARK, InModel, InModelProvider, unsaid


class Exposure(Inputs):
    """Who may reach an exposed endpoint; nobody named means everybody."""

    cidrs: list[str] = pydantic.Field(default_factory=list)
    spaces: list[str] = pydantic.Field(default_factory=list)


class Storage(Inputs):
    """How a storage of the charm is filled: from which pool, how big in MiB or like 10G, how many."""

    pool: str = ""
    size: int | str = 0
    count: int = 1


class ApplicationInputs(InModel):
    """An application; what the program says about options, trust, exposure and constraints is all there is of them.

    Attributes:
        charm: its name in the store, or the path of a charm of this machine: an archive or a folder.
        options: an option that is taken out, or is None, goes back to the charm's default.
        bindings: spaces by endpoint; "" is every endpoint that isn't named, and the model's default space when it is taken out.
        expose: by endpoint; "" is all of them.
        resources: by name a revision in the store, or the path of a file; one that is taken out goes back to what was released
            with the charm.
        storage: is for units to come; another directive needs another application, unless it is a new one with another charm.
        destroy_storage: whether its storage goes with it.
        wait_idle: whether a change of charm, resources or options is over only when the units have taken it up and are well.
    """

    name: str
    charm: str
    channel: _values.Channel | None = None
    revision: int | None = None
    base: _values.Base | None = None
    options: _values.Options = pydantic.Field(default_factory=dict)
    constraints: _values.Constraints = pydantic.Field(default_factory=dict)
    bindings: dict[str, str] = pydantic.Field(default_factory=dict)
    expose: dict[str, Exposure] = pydantic.Field(default_factory=dict)
    trust: bool = False
    storage: dict[str, Storage] = pydantic.Field(default_factory=dict)
    resources: dict[str, _values.Resource] = pydantic.Field(default_factory=dict)
    subordinate: bool = False
    annotations: dict[str, str] = pydantic.Field(default_factory=dict)
    destroy_storage: bool = False
    wait_idle: bool = False


_SAME: Mapping[str, Callable[[Any, Any], bool]] = {
    "charm": _charms.same_place,
    "constraints": _values.same_constraints,
    "options": _application.same_options,
    "resources": _charms.same_pins,
    "storage": _values.same_directives,
    "wait_idle": lambda _old, _new: True,  # says how to change things, not what they are
}
"""When two values of an input mean the same."""


class ApplicationProvider(InModelProvider[ApplicationInputs]):
    """Applications by name."""

    inputs = ApplicationInputs
    computed = ("charm_revision", "adopted", "before", "charm_digest", "charm_name", "resource_digests", "attached_storage")
    secret = frozenset({"before"})  # somebody else's options may be passwords
    replace_on = frozenset({"model", "name", "charm", "base", "storage", "subordinate"})

    def refusals(self, news: Props) -> Iterator[tuple[str, str]]:
        if news.get("subordinate") and news.get("constraints"):
            yield "constraints", "a subordinate runs where its principals do and takes no constraints"
        yield from _charms.refusals(news)

    def make(self, inputs: ApplicationInputs) -> Made:
        model = self.model(inputs)
        intent = self._intent(inputs.model_dump())
        there = model.status().applications.get(inputs.name)
        if there is not None and there.life:
            self._await_end(model, inputs.name, inputs.destroy_storage)
            there = None
        noted = intent.recall()
        before: dict[str, Any] = (noted or {}).get("before") or {}
        adopted = there is not None and (noted is None or "before" in noted)
        if there is None:
            intent.note()
            self._deploy(model, inputs)
        else:
            _charms.refuse_other(there, inputs)
            if adopted and not before:
                before = _application.as_found(model, inputs.name, inputs.annotations)
                intent.note(before=before)
        # a deploy leaves exposure and annotations to others, and an adopted or half-made one may differ in anything
        asked = inputs.model_dump(mode="json")
        self._bring(model, inputs, {} if there is None else _application.seen(model, model.status(), asked))
        outputs = {**_outputs(model, inputs), "adopted": adopted, "before": before if adopted else {}}
        return Made(id=inputs.name, outputs=outputs)

    def look(self, id_: str, old: Props, model: juju.Model) -> Found | None:
        status = model.glance()
        there = status.applications.get(id_)
        if there is None or there.life:
            return None
        storage = {"attached_storage": _application.storage(model, id_)} if old.get("storage") else {}
        files = {"resource_digests": _application.digests(model, id_, old.get("resources") or {})}
        outputs = {"charm_revision": there.revision, **storage, **files, **_charms.drift(there, old)}
        return Found(inputs=_application.seen(model, status, old), outputs=outputs)

    def change(self, id_: str, old: Props, inputs: ApplicationInputs) -> Mapping[str, Any]:
        model = self.model(inputs)
        before, settings = model.status(), model.applications.get(inputs.name)
        self._bring(model, inputs, old)
        outputs = _outputs(model, inputs)
        if inputs.wait_idle:
            given = outputs["resource_digests"] != (old.get("resource_digests") or {})
            pinned = not self.same("resources", old.get("resources") or {}, inputs.resources)
            set_anew = model.applications.get(inputs.name).options != settings.options
            moved = outputs["charm_revision"] != before.applications[inputs.name].revision
            if given or pinned or set_anew or moved:
                self._await_units(model, inputs.name, before)
        return outputs

    def end(self, id_: str, old: Props, model: juju.Model) -> None:
        there = id_ in model.status().applications
        if there and old.get("adopted"):
            self._put_back(model, old)
        elif there:
            storage = bool(old.get("destroy_storage"))
            model.applications.destroy(id_, destroy_storage=storage)
            self._await_end(model, id_, storage)
        self._intent(old).forget()

    def _put_back(self, model: juju.Model, old: Props) -> None:
        """Leaves somebody else's application as it was found."""
        if not (before := old.get("before")):
            return
        self._bring(model, self.parse({**old, **before}), _application.seen(model, model.status(), old))
        model.annotate(f"application-{old['name']}", {MARK: ""})

    def same(self, name: str, old: Any, new: Any) -> bool:
        compare = _SAME.get(name)
        return compare(old, new) if compare else super().same(name, old, new)

    def changed(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """A charm or resource of this machine has also changed when its content has."""
        return super().changed(olds, news) - unsaid(self.inputs, olds, news) | _charms.changed(olds, news)

    def replaces(self, changed: set[str], olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
        """Another content or path of the same charm goes to the application that is there, and so does new storage with it."""
        found = super().replaces(changed, olds, news)
        found -= {"charm"} if _charms.continues(olds, news) else set()
        return found - {"storage"} if _charms.takes_storage(olds, news) else found

    def _deploy(self, model: juju.Model, inputs: ApplicationInputs) -> None:
        wanted = juju.Deployment(
            name=inputs.name,
            charm=inputs.charm,
            channel=inputs.channel,
            revision=inputs.revision,
            base=inputs.base,
            options=inputs.options,
            constraints=inputs.constraints,
            bindings=inputs.bindings,
            storage={name: _values.directive(s.model_dump()) for name, s in inputs.storage.items()},
            resources={name: str(r) for name, r in inputs.resources.items()},
            trust=inputs.trust,
            subordinate=inputs.subordinate,
        )
        try:
            _charms.deploy(model, wanted)
        except juju.JujuError as error:
            if "space" not in str(error) or not inputs.bindings:
                raise
            model.spaces.reload()  # Juju reads the cloud's spaces when the model is made, and then only when told
            _charms.deploy(model, wanted)
        _charms.attach(model, inputs, {})

    def _bring(self, model: juju.Model, inputs: ApplicationInputs, old: Mapping[str, Any]) -> None:
        """Brings an application to what is asked, sending only what differs from `old`; {} is one just deployed."""
        api, name = model.applications, inputs.name
        if old:
            before = old.get("options") or {}
            if _charms.refresh(model, inputs, old):
                before = _application.still_set(api.get(name), before)
            same = {k for k in inputs.options.keys() & before.keys() if _application.same_option(before[k], inputs.options[k])}
            api.set_options(name, {k: v for k, v in inputs.options.items() if k not in same})
            api.reset_options(name, sorted(before.keys() - inputs.options.keys()))
            if inputs.trust != bool(old.get("trust")):
                api.set_trust(name, inputs.trust)
            if not _values.same_constraints(old.get("constraints") or {}, inputs.constraints):
                api.set_constraints(name, inputs.constraints)
            if inputs.bindings != (old.get("bindings") or {}) and (inputs.bindings or old.get("bindings")):
                api.bind(name, _application.full_bindings(model, inputs.name, inputs.bindings, old.get("bindings") or {}))
        self._expose(model, inputs, old)
        dropped = dict.fromkeys((old.get("annotations") or {}).keys() - inputs.annotations.keys(), "")
        model.annotate(f"application-{name}", {**dropped, **inputs.annotations, MARK: name})

    def _expose(self, model: juju.Model, inputs: ApplicationInputs, old: Mapping[str, Any]) -> None:
        before = old.get("expose") or {}
        wanted = {name: e.model_dump() for name, e in inputs.expose.items()}
        if before == wanted:
            return
        if gone := sorted(before.keys() - wanted.keys()):
            model.applications.unexpose(inputs.name, gone if wanted else ())
        if wanted:
            model.applications.expose(inputs.name, {name: _exposed(e) for name, e in inputs.expose.items()})

    def _await_units(self, model: juju.Model, name: str, before: juju.Status) -> None:
        """Waits until the units have taken up a change of charm, resources or options."""
        waking = _waking.Waking(name, _waking.Before.of(before, name), _settings.number(self.settings(), "settle_seconds", 15))
        try:
            model.wait(waking.over, seconds=self.timeout(), describe=waking.describe)
        except DeadlineError as error:
            raise ExpectedError(str(error)) from None

    def _await_end(self, model: juju.Model, name: str, destroy_storage: bool) -> None:
        self.until_gone(
            model,
            lambda s: _left(s, name),
            f"application {name}",
            lambda: model.applications.destroy(name, destroy_storage=destroy_storage, force=True),
        )

    def _intent(self, inputs: Mapping[str, Any]) -> Any:
        return self.own("application", inputs, inputs["name"])


class Application(Resource, module="juju", name="Application"):
    """An application, without its units."""

    provider_class = ApplicationProvider

    name: pulumi.Output[str]
    charm: pulumi.Output[str]
    charm_revision: pulumi.Output[int]
    attached_storage: pulumi.Output[dict[str, Any]]
    adopted: pulumi.Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        name: pulumi.Input[str],
        charm: pulumi.Input[str],
        controller: pulumi.Input[str] | None = None,
        channel: pulumi.Input[str] | None = None,
        revision: pulumi.Input[int] | None = None,
        base: pulumi.Input[str] | None = None,
        options: pulumi.Input[Mapping[str, Any]] | None = None,
        constraints: pulumi.Input[Mapping[str, Any]] | None = None,
        bindings: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        expose: pulumi.Input[Mapping[str, Any]] | None = None,
        trust: pulumi.Input[bool] | None = None,
        storage: pulumi.Input[Mapping[str, Any]] | None = None,
        resources: pulumi.Input[Mapping[str, Any]] | None = None,
        subordinate: pulumi.Input[bool] | None = None,
        annotations: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        destroy_storage: pulumi.Input[bool] | None = None,
        wait_idle: pulumi.Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "controller": controller,
            "model": model,
            "name": name,
            "charm": charm,
            "channel": channel,
            "revision": revision,
            "base": base,
            "options": options,
            "constraints": constraints,
            "bindings": bindings,
            "expose": expose,
            "trust": trust,
            "storage": storage,
            "resources": resources,
            "subordinate": subordinate,
            "annotations": annotations,
            "destroy_storage": destroy_storage,
            "wait_idle": wait_idle,
        }
        super().__init__(resource_name, props, opts)


def _exposed(exposure: Exposure) -> dict[str, list[str]]:
    found = {"expose-to-cidrs": exposure.cidrs, "expose-to-spaces": exposure.spaces}
    return {k: v for k, v in found.items() if v}


def _outputs(model: juju.Model, inputs: ApplicationInputs) -> dict[str, Any]:
    there = model.status().applications.get(inputs.name)
    return {"charm_revision": there.revision if there else None, **_charms.outputs(inputs)}


def _left(status: juju.Status, name: str) -> str | None:
    there = status.applications.get(name)
    if there is None:
        return None
    units = "; ".join(f"{u.name} is {u.workload.current} ({u.workload.message})" for u in status.units_of(name))
    return f"application {name} to go; {units or f'it is {there.life or there.status.current}'}"
