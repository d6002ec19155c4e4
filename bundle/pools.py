"""Machine pools: how a bundle written for 3 + 2 machines serves a site of another size.

A bundle may say which of its machines are alike:

    x-pools:
      control:
        machines: ['0', '1', '2']
        next: 1000                            # number of the first machine beyond those listed
        unplaced: lxd                         # units without placement go into containers here
      workers:
        machines: ['3', '4']
        next: 5
        each: [nova-compute, ceph-osd]        # one unit on every machine of the pool

A site of another size gets further machines like the pool's last one, or fewer. The applications under `each` follow the
pool; all others stay where they are, so that one more worker is one machine and one unit of each of these, and nothing
moves. On a smaller site, what was placed on a machine that is not there goes to the pool's others in turn. A bundle
without this key, such as upstream's, is taken as it is, whatever the site's size.
"""

from __future__ import annotations

import dataclasses
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Literal

import pydantic

from . import model, placement, problems, tree

Size = int | Sequence[str]
"""How many machines a pool has, or the site's names for them."""

_NAME = re.compile(r"^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$")


class _Declaration(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    machines: tuple[str, ...] = pydantic.Field(min_length=1)
    next: int | None = pydantic.Field(default=None, ge=0)
    each: tuple[str, ...] = ()
    unplaced: Literal["lxd"] | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Member:
    """A machine's pool, and the site's name for it if there is one."""

    pool: str
    name: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sized:
    """A bundle at the size of the site; `members` and `pools` speak of the machines there are."""

    bundle: tree.Map
    members: Mapping[str, Member]
    pools: Mapping[str, model.Pool]


def apply(bundle: tree.Map, sizes: Mapping[str, Size], report: problems.Report) -> Sized:
    """Sizes the pools of a merged bundle.

    Args:
        bundle: the merged bundle.
        sizes: by pool; a pool that is not named keeps the machines that the bundle lists.
        report: takes the errors.
    """
    declared = {name: found for name, node in bundle.map("x-pools") if (found := _declaration(bundle, name, node, report))}
    for name in sizes:
        if declared and name not in declared:
            near = problems.did_you_mean(name, declared) or "; declare it under x-pools"
            report.error(bundle.where("x-pools"), f'the bundle has no machine pool "{name}"{near}')
    members: dict[str, Member] = {}
    pools: dict[str, model.Pool] = {}
    for name, pool in declared.items():
        ids, names = _ids(bundle, name, pool, sizes.get(name), report)
        bundle = _resize(bundle, name, pool, ids)
        members |= {id_: Member(pool=name, name=label) for id_, label in zip(ids, names, strict=True)}
        pools[name] = model.Pool(name=name, machines=ids, each=pool.each, unplaced=pool.unplaced)
        if pool.unplaced:
            bundle = _place_unplaced(bundle, pool, ids, report)
    return Sized(bundle=bundle.drop("x-pools"), members=members, pools=pools)


def _declaration(bundle: tree.Map, name: str, node: tree.Node, report: problems.Report) -> _Declaration | None:
    place = bundle.map("x-pools").where(name)
    try:
        pool = _Declaration.model_validate(tree.plain(node))
    except pydantic.ValidationError as error:
        for fault in error.errors():
            path = ".".join(str(part) for part in fault["loc"]) or "its body"
            report.error(place, f'machine pool "{name}", {path}: {fault["msg"]}')
        return None
    for machine in pool.machines:
        if machine not in bundle.map("machines"):
            report.error(place, f'machine pool "{name}" lists machine "{machine}", which the bundle does not define')
            return None
    for application in pool.each:
        if application not in bundle.map("applications"):
            near = problems.did_you_mean(application, bundle.map("applications").entries)
            report.warn(place, f'machine pool "{name}" wants a unit of "{application}" on each machine; there is none{near}')
    return pool


def _ids(
    bundle: tree.Map, name: str, pool: _Declaration, size: Size | None, report: problems.Report
) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
    """Returns the machine numbers of the pool at its size, and the site's names for them."""
    place = bundle.map("x-pools").where(name)
    names = () if size is None or isinstance(size, int) else tuple(size)
    count = len(pool.machines) if size is None else size if isinstance(size, int) else len(names)
    if count < 1:
        report.error(place, f'machine pool "{name}" is empty; the bundle needs at least one machine in it')
        count, names = 1, ()
    for label in names:
        if names.count(label) > 1 or not _NAME.match(label) or label.isdigit():
            report.error(place, f'machine pool "{name}" has the machine name "{label}" twice, or it is no host name')
    first = pool.next if pool.next is not None else _free(bundle)
    further = [str(first + index) for index in range(max(0, count - len(pool.machines)))]
    taken = [id_ for id_ in further if id_ in bundle.map("machines")]
    if taken:
        report.error(place, f'machine pool "{name}" would number a machine {taken[0]}, which is taken; choose another next')
    return (*pool.machines[:count], *further), names or (None,) * count


def _free(bundle: tree.Map) -> int:
    return 1 + max((int(id_) for id_, _ in bundle.map("machines") if id_.isdigit()), default=-1)


def _resize(bundle: tree.Map, name: str, pool: _Declaration, ids: tuple[str, ...]) -> tree.Map:
    machines = bundle.map("machines")
    last = pool.machines[-1]
    body, place = machines.entries[last], machines.where(last)
    gone = [id_ for id_ in pool.machines if id_ not in ids]
    for id_ in ids:
        machines = machines if id_ in machines else machines.put(id_, body, place)
    bundle = bundle.put("machines", machines.drop(*gone), bundle.where("machines"))
    moves = {id_: ids[pool.machines.index(id_) % len(ids)] for id_ in gone}
    applications = bundle.map("applications")
    for application, node in applications:
        if not isinstance(node, tree.Map):
            continue
        placed = _each(node, ids) if application in pool.each else _move(node, moves)
        applications = applications.put(application, placed, applications.where(application))
    return bundle.put("applications", applications, bundle.where("applications"))


def _each(application: tree.Map, ids: tuple[str, ...]) -> tree.Map:
    place = application.where("to")
    directives = tuple(tree.scalar(id_, place) for id_ in ids)
    counted = application.put("num_units", tree.scalar(len(ids), place), application.where("num_units"))
    return counted.put("to", tree.Seq(items=directives, place=place), place)


def _move(application: tree.Map, moves: Mapping[str, str]) -> tree.Map:
    to = application.get("to")
    if not moves or not isinstance(to, tree.Seq):
        return application
    items = tuple(_moved(item, moves) for item in to.items)
    return application.put("to", tree.Seq(items=items, place=to.place), application.where("to"))


def _moved(item: tree.Node, moves: Mapping[str, str]) -> tree.Node:
    try:
        directive = placement.parse(item.text if isinstance(item, tree.Scalar) else "")
    except ValueError:
        return item
    if directive.machine is None or directive.machine not in moves:
        return item
    return tree.scalar(str(dataclasses.replace(directive, machine=moves[directive.machine])), item.place)


def _place_unplaced(bundle: tree.Map, pool: _Declaration, ids: tuple[str, ...], report: problems.Report) -> tree.Map:
    """Gives units without placement a container in the pool; Juju would take a whole machine of the cloud for each."""
    applications = bundle.map("applications")
    for name, node in applications:
        if not isinstance(node, tree.Map):
            continue
        units, to = node.get("num_units"), node.get("to")
        count = int(units.text) if isinstance(units, tree.Scalar) and units.text.isdigit() else 0
        if count and not (isinstance(to, tree.Seq) and to.items):
            place = applications.where(name)
            # by name, and over the machines that the bundle lists: so it stays when anything else is added
            first = zlib.crc32(name.encode())
            chosen = [pool.machines[(first + index) % len(pool.machines)] for index in range(count)]
            there = [ids[pool.machines.index(id_) % len(ids)] for id_ in chosen]
            directives = [f"{pool.unplaced}:{id_}" for id_ in there]
            report.warn(place, f'application "{name}" has no placement: its units go to {", ".join(directives)}; set "to"')
            items = tuple(tree.scalar(directive, place) for directive in directives)
            applications = applications.put(name, node.put("to", tree.Seq(items=items, place=place)), place)
    return bundle.put("applications", applications, bundle.where("applications"))
