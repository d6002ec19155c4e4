"""Nova's route table; the modules of `api` fill it."""

from __future__ import annotations

from ..microversions import Microversions
from ..routes import Routes

ROUTES = Routes()
VERSIONS = Microversions(service="compute", major=2, low=1, high=96, legacy="X-OpenStack-Nova-API-Version")
