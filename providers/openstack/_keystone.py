"""What Keystone's objects share: they live in a domain, which is written by its name or its id."""

from __future__ import annotations

from typing import Annotated

import pydantic

from ._cloud import OnCloud
from ._vocabulary import KeystoneName

Domain = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=64)]


class InDomain(OnCloud):
    """Lives in a domain, given by name or id."""

    name: KeystoneName
    domain: Domain = "default"
