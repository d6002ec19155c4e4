"""tags/."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from ..call import Answer, Call, deleted
from ..errors import NotFound, Refused
from ..forms import Form
from ..records.node import DEVICE, MACHINE, RACK, REGION, REGION_AND_RACK, Node, Tag
from ..region import Region
from ..render import nodes
from ..routing import Resource

many = Resource("TagsHandler", "tags/", "Manages tags.")
one = Resource("TagHandler", "tags/{name}/", "Manages a tag.")
RESOURCES = (many, one)

_NAME = re.compile(r"[\w.-]+")


def show(row: Tag) -> dict[str, Any]:
    """A tag in JSON."""
    shown = row.model_dump(include={"name", "definition", "comment", "kernel_opts"})
    return shown | {"resource_uri": f"/MAAS/api/2.0/tags/{row.name}/"}


@many.rest("GET")
def read_all(region: Region, call: Call) -> Any:
    """Lists tags."""
    return [show(row) for row in region.store.tags.values()]


@many.rest("POST", admin=True)
def create(region: Region, call: Call) -> Any:
    """Makes a tag. Fields: name, comment, definition (XPath over lshw's XML), kernel_opts."""
    row = Tag(name="")
    _fill(region, Form(call.body), row)
    return show(region.store.add(region.store.tags, row))


def get(region: Region, call: Call) -> Tag:
    """The tag that a path means."""
    found = next((row for row in region.store.tags.values() if row.name == call.params["name"]), None)
    if not found:
        raise NotFound("Tag")
    return found


@one.rest("GET")
def read(region: Region, call: Call) -> Any:
    """Reads a tag."""
    return show(get(region, call))


@one.rest("PUT", admin=True)
def update(region: Region, call: Call) -> Any:
    """Changes a tag."""
    row = get(region, call)
    changed = row.model_copy()
    _fill(region, Form(call.body), changed)
    region.store.tags[row.id] = changed
    return show(changed)


@one.rest("DELETE", admin=True)
def delete(region: Region, call: Call) -> Answer:
    """Deletes a tag; nodes lose it."""
    row = get(region, call)
    for node in region.store.nodes.values():
        node.tags = [number for number in node.tags if number != row.id]
    del region.store.tags[row.id]
    return deleted()


@one.op("POST", "rebuild", admin=True)
def rebuild(region: Region, call: Call) -> Any:
    """Finds out anew which nodes a tag with a definition is on."""
    return {"rebuilding": get(region, call).name}


@one.op("POST", "update_nodes")
def update_nodes(region: Region, call: Call) -> Any:
    """Puts a tag on nodes and takes it off others. Fields: add, remove (system ids), definition (must be the tag's)."""
    row, form = get(region, call), Form(call.body)
    if not call.who.is_superuser:
        raise Refused(403, "Must be a superuser or supply a rack_controller.")
    given = form.raw("definition")
    if given is not None and given != row.definition:
        raise Refused(409, f"Definition supplied '{given}' doesn't match current definition '{row.definition}'")
    add = [node for node in _nodes(region, form.many("add")) if row.id not in node.tags]
    remove = [node for node in _nodes(region, form.many("remove")) if row.id in node.tags]
    for node in add:
        node.tags.append(row.id)
    for node in remove:
        node.tags.remove(row.id)
    return {"added": len(add), "removed": len(remove)}


def _nodes(region: Region, system_ids: list[str]) -> list[Node]:
    found = [region.store.node(system_id) for system_id in dict.fromkeys(system_ids)]
    return [node for node in found if node]


def _tagged(*kinds: int) -> Any:
    def read_tagged(region: Region, call: Call) -> Any:
        """Lists the nodes of this kind that have the tag."""
        row = get(region, call)
        found = [node for node in region.store.nodes.values() if row.id in node.tags and node.node_type in kinds]
        return [nodes.any_node(region, node) for node in found]

    return read_tagged


for _name, _kinds in {
    "nodes": (MACHINE, DEVICE, RACK, REGION, REGION_AND_RACK),
    "machines": (MACHINE,),
    "devices": (DEVICE,),
    "rack_controllers": (RACK, REGION_AND_RACK),
    "region_controllers": (REGION, REGION_AND_RACK),
}.items():
    one.op("GET", _name)(_tagged(*_kinds))


def _fill(region: Region, form: Form, row: Tag) -> None:
    row.name = form.text("name", row.name, required=True)
    if row.name and not _NAME.fullmatch(row.name):
        form.error("name", "Enter a valid value.")
    elif any(each.name == row.name and each.id != row.id for each in region.store.tags.values()):
        form.error("name", "Tag with this Name already exists.")
    row.comment = form.text("comment", row.comment)
    row.kernel_opts = form.text("kernel_opts", row.kernel_opts)
    row.definition = form.text("definition", row.definition)
    if row.definition and not _is_xpath(row.definition):
        form.error("definition", "Invalid xpath expression: Invalid expression")
    form.check()


def _is_xpath(text: str) -> bool:
    if text.count("[") != text.count("]") or text.count("(") != text.count(")"):
        return False
    if "(" in text:
        return True  # functions are beyond what can be checked here
    try:
        ElementTree.Element("list").findall("." + text if text.startswith("/") else text)
    except (SyntaxError, KeyError):
        return False
    return True
