"""Cinder's route table; the modules of `api` fill it. Paths are those after the project's id."""

from __future__ import annotations

from ..microversions import Microversions
from ..routes import Routes

ROUTES = Routes()
VERSIONS = Microversions(service="volume", major=3, low=0, high=71)
