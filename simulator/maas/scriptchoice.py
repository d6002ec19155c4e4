"""Which scripts a commissioning or test runs: as a request names them, by name or by tag."""

from __future__ import annotations

from . import scriptsets
from .forms import Form
from .records.images import Script
from .region import Region

DEFAULT_TEST = "smartctl-validate"


def chosen(region: Region, form: Form, field: str, kind: int) -> list[Script]:
    """The scripts of a field; "none" is none. An unknown one is an error of the field."""
    names = form.many(field)
    if names == ["none"]:
        return []
    rows = [row for row in region.store.scripts.values() if row.type == kind]
    if not names:
        return [row for row in rows if row.name == DEFAULT_TEST]
    found: list[Script] = []
    for name in names:
        matching = [row for row in rows if name == row.name or name in row.tags]
        if not matching:
            form.error(field, f"Select a valid choice. {name} is not one of the available choices.")
        found += [row for row in matching if row not in found]
    return found


def commissioning(region: Region, form: Form) -> tuple[list[Script], list[Script]]:
    """The extra commissioning scripts and the tests that a request names."""
    extra = chosen(region, form, "commissioning_scripts", scriptsets.COMMISSIONING)
    return extra, chosen(region, form, "testing_scripts", scriptsets.TESTING)
