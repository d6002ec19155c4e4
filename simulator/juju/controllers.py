"""Controllers: bootstrapped on a machine of MAAS, listening, destroyed.

Owns: a controller's own model and machine, its listener's beginning and end. Does not own: what it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import maasfacts, store, timing
from .errors import ApiError
from .maasclient import MaasError
from .parts import Parts
from .records import Controller, Credential, Model, User

if TYPE_CHECKING:
    from .listening import Listeners

CONTROLLER_MODEL = "controller"


class Controllers:
    """Makes and ends controllers.

    Args:
        parts: the neighbours.
        store_url: URL of the charm store.
        listeners: serve the controllers that answer.
    """

    def __init__(self, parts: Parts, store_url: str, listeners: Listeners) -> None:
        self._parts = parts
        self._store_url = store_url
        self._listeners = listeners
        parts.clock.on("juju.controller-ready", self._ready)
        parts.clock.on("juju.controller-back", self._back)

    def bootstrap(self, asked: dict[str, Any]) -> Controller:
        """Begins to make a controller; it is ready when its machine is deployed and set up.

        One of this name that its client never noted down (it was killed) is taken up again, with the new password.

        Args:
            asked: name, cloud {name, type, endpoint, regions}, region, credential {name, auth-type, attrs}, password, base,
                constraints, placement, config, model-config.

        Raises:
            ApiError: the request makes no sense.
        """
        name = asked["name"]
        if left := self._abandoned(name):
            store.set_password(left.users["admin"], asked["password"])
            return left
        controller = Controller(uuid=store.new_uuid(), name=name, port=self._label())
        cloud = asked["cloud"]
        controller.clouds[cloud["name"]] = {key: value for key, value in cloud.items() if key != "name"}
        credential = Credential(
            cloud=cloud["name"],
            owner="admin",
            name=asked["credential"]["name"],
            auth_type=asked["credential"]["auth-type"],
            attrs=asked["credential"]["attrs"],
        )
        controller.credentials[credential.tag] = credential
        admin = User(name="admin", display_name="admin", access="superuser", created=self._parts.clock.now())
        store.set_password(admin, asked["password"])
        controller.users["admin"] = admin
        controller.config = {"charmhub-url": self._store_url} | asked.get("config", {})
        self._parts.store.controllers[controller.uuid] = controller
        model = self.add_model(controller, CONTROLLER_MODEL, credential.tag, asked.get("region") or "default", "admin")
        model.is_controller = True
        model.config |= asked.get("model-config") or {}
        base = asked.get("base") or "ubuntu@24.04"
        machine = self._parts.machines.add(model, base, asked.get("constraints") or {}, asked.get("placement") or "")
        machine.jobs = ["JobManageModel", "JobHostUnits"]
        machine.attempts = timing.PROVISION_ATTEMPTS  # a bootstrap does not try again
        self._parts.changed()
        return controller

    def add_model(self, controller: Controller, name: str, credential: str, region: str, owner: str) -> Model:
        """Makes an empty model; its spaces are read from MAAS soon after."""
        model = Model(
            uuid=store.new_uuid(),
            name=name,
            owner=owner,
            cloud=controller.credentials[credential].cloud,
            region=region,
            credential=credential,
            status=self._parts.store.status("available"),
            users={owner: "admin"},
        )
        controller.models[model.uuid] = model
        return model

    async def reload_spaces(self, model: Model) -> None:
        """Reads the model's spaces from MAAS.

        Raises:
            ApiError: MAAS does not answer, or refuses the credential.
        """
        try:
            found = await maasfacts.spaces(self._parts.provisioner.maas(model))
        except MaasError as exc:
            raise ApiError(str(exc)) from exc
        model.spaces = maasfacts.keep_ids(model.spaces, found)

    def machine_up(self, model: Model) -> None:
        """The controller's machine is there; the controller itself takes a while longer."""
        controller = self._parts.store.controller_of(model)
        if not controller.ready:
            self._parts.clock.after(timing.BOOTSTRAP, "juju.controller-ready", controller=controller.uuid)

    def answers(self, controller: Controller) -> bool:
        """Whether it is ready, and a machine of it runs."""
        machines = (m for model in controller.models.values() if model.is_controller for m in model.machines.values())
        return controller.ready and any(machine.started and machine.present for machine in machines)

    def machine_off(self, model: Model) -> None:
        """A controller whose last machine was switched off answers nobody."""
        controller = self._parts.store.controller_of(model)
        if model.is_controller and not self.answers(controller):
            self._listeners.cut(controller)

    def machine_on(self, model: Model) -> None:
        """A controller's machine has booted; the controller on it takes a while to come up."""
        if model.is_controller:
            controller = self._parts.store.controller_of(model)
            self._parts.clock.after(timing.CONTROLLER_START, "juju.controller-back", controller=controller.uuid)

    def machine_gone(self, model: Model) -> None:
        """With its machine, a dying controller is gone."""
        controller = self._parts.store.controller_of(model) if model.uuid in self._uuids() else None
        if controller and model.is_controller and controller.life != "alive" and not model.machines:
            self._parts.store.controllers.pop(controller.uuid)
            self._parts.changed()

    def model_gone(self, controller: Controller) -> None:
        """With its last hosted model, a dying controller gives up its machine."""
        if controller.life != "alive" and not hosted(controller):
            self._end(controller)

    def destroy(self, controller: Controller, *, models: bool, force: bool = False) -> None:
        """Ends a controller, and with `models` what it hosts.

        Raises:
            ApiError: it hosts models that are to stay.
        """
        if hosted(controller) and not models:
            raise ApiError("hosting " + str(len(hosted(controller))) + " other models", "controller has hosted models")
        controller.life = "dying"
        for model in hosted(controller):
            self._parts.lifecycle.destroy_model(model, force=force)
        self.model_gone(controller)

    def enlarge(self, controller: Controller, asked: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Adds machines for a controller until it has as many as asked for.

        Args:
            controller: which.
            asked: num-controllers (0 is three, or as many as there are), constraints, base, placement.

        Returns:
            The ids of the new machines, and of those that were there.

        Raises:
            ApiError: an even number, or fewer than there are.
        """
        home = next(model for model in controller.models.values() if model.is_controller)
        there = [machine.id for machine in home.machines.values() if machine.life == "alive"]
        wanted = int(asked.get("num-controllers") or max(3, len(there)))
        if wanted < 0 or wanted % 2 == 0:
            raise ApiError("number of controllers must be odd and non-negative", "")
        if wanted < len(there):
            text = "cannot remove controllers with enable-ha, use remove-machine and chose the controller(s) to remove"
            raise ApiError(f"failed to enable HA with {wanted} controllers: {text}", "")
        first = home.machines[there[0]]
        places = [str(place) for place in asked.get("placement") or []]
        constraints = {key: value for key, value in (asked.get("constraints") or {}).items() if value not in (None, "", [])}
        added = []
        for index in range(wanted - len(there)):
            place = places[index] if index < len(places) else ""
            machine = self._parts.machines.add(home, first.base, constraints or first.constraints, place)
            machine.jobs = ["JobManageModel", "JobHostUnits"]
            added.append(machine.id)
        return added, there

    def _ready(self, controller: str) -> None:
        found = self._parts.store.controllers.get(controller)
        if found is None or found.life != "alive":
            return
        found.ready = True
        self._listeners.begin(found)
        for model in found.models.values():
            self._parts.provisioner.spawn(self._first_spaces(model))

    def _back(self, controller: str) -> None:
        found = self._parts.store.controllers.get(controller)
        if found is None or not self.answers(found):
            return
        self._listeners.begin(found)
        for model in found.models.values():
            for machine in model.machines:
                self._parts.hooks.kick(model, machine)

    async def _first_spaces(self, model: Model) -> None:
        try:
            await self.reload_spaces(model)
        except ApiError as exc:
            model.status = self._parts.store.status("error", exc.message)
        self._parts.changed()

    def _end(self, controller: Controller) -> None:
        if controller.ready:
            controller.ready = False
            self._listeners.end(controller)
        for model in controller.models.values():
            for machine in model.machines.values():
                machine.jobs = ["JobHostUnits"]
                self._parts.machines.end(model, machine, force=True)

    def _abandoned(self, name: str) -> Controller | None:
        found = [c for c in self._parts.store.controllers.values() if c.name == name and not c.claimed and c.life == "alive"]
        return found[0] if found else None

    def _label(self) -> str:
        taken = {controller.port for controller in self._parts.store.controllers.values()}
        labels = ["juju", *(f"juju-{number}" for number in range(2, len(taken) + 2))]
        return next(label for label in labels if label not in taken)

    def _uuids(self) -> set[str]:
        return {model.uuid for model in self._parts.store.models()}


def hosted(controller: Controller) -> list[Model]:
    """The controller's models but its own."""
    return [model for model in controller.models.values() if not model.is_controller]
