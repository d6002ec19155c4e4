"""What these tests do again and again."""

from __future__ import annotations

from typing import Any

from clients import juju
from providers.juju import Application, Machine, Model, Settled, Unit

BASE = "ubuntu@24.04"


def unchanged(thing: Any) -> bool:
    """Neither a preview nor a refresh finds anything to do."""
    before = thing.preview()
    thing.refresh()
    return before == "same" and thing.preview() == "same"


def model_in(outer: Any, name: str, **props: Any) -> Any:
    """A model of the site, not yet there."""
    return outer(Model, **{"name": name, "cloud": "maas-site", "credential": "maas-site", **props})


def another(outer: Any, name: str, **props: Any) -> Any:
    """Resources in one more model, which is there."""
    model = model_in(outer, name, **props)
    model.up()
    return type(outer)(outer.config, model=model.id, **props)


def deployed(life: Any, *names: str) -> None:
    """Applications without units, each of the charm of its name."""
    for name in names:
        life(Application, name=name, charm=name, base=BASE).up()


def running(life: Any, name: str) -> None:
    """An application with a unit on a machine of its own, settled; what it waits for is its relations."""
    life(Machine, name=name, base=BASE).up()
    deployed(life, name)
    life(Unit, application=name, machine="0").up()
    life(Settled, applications={name: 1}, machines=1, expected_blocked={name: "Missing relations"}).up()


def add_user(controller: juju.Controller, *names: str) -> None:
    """Accounts on the controller, behind the program's back."""
    users = [{"username": name, "display-name": name, "password": "hunter2"} for name in names]
    controller.session.call("UserManager", "AddUser", {"users": users})
