"""Measures what waiting for a model costs its controller: requests and connections, for 1, 10 and 50 applications.

    python benchmarks/juju_waiting.py [NUMBER ...]

Each model is waited for over the same simulated hour, with a look each 30 simulated seconds; the requests are those that the
controller recorded meanwhile, without the pings that a connection sends by itself. Measured: 121 FullStatus for 1, for 10 and for
50 applications, over one or two connections. Exits 1 when the numbers differ, or when a run makes five connections.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from providers.juju import Cloud, Controller, Credential, Model  # noqa: E402 the checkout isn't installed
from simulator.testing import Rack, running_rack  # noqa: E402
from tests.integration.juju import conftest, waiting  # noqa: E402
from tests.life import Life  # noqa: E402

MOST_CONNECTIONS = 4


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python benchmarks/juju_waiting.py", description="measures what waiting costs")
    parser.add_argument("numbers", nargs="*", type=int, default=[1, 10, 50], metavar="NUMBER", help="applications to wait for")
    numbers = parser.parse_args().numbers
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = figures(pathlib.Path(folder) / "rack", numbers)
    for one in found:
        asked = ", ".join(f"{count} {method}" for method, count in sorted(one.requests.items()))
        print(f"{one.applications:>3} applications: {asked} in {one.elapsed:.0f} simulated s, {one.logins} connections")
    same = len({tuple(sorted(one.requests.items())) for one in found}) == 1
    return 0 if same and max(one.logins for one in found) <= MOST_CONNECTIONS else 1


def figures(folder: pathlib.Path, numbers: list[int]) -> list[waiting.Figures]:
    """What the waits cost, each in a model of its own on one rack."""
    folder.mkdir()
    with running_rack(factor=conftest.FACTOR, directory=folder, services=("maas", "lxd", "juju")) as rack:
        conftest.enlist(rack)
        config = conftest.settings(rack)
        life = Life(config)
        life.made(Cloud, name="maas-site")
        life.made(Credential, name="maas-site", cloud="maas-site", attributes_from="maas")
        life.made(Controller, name="site", cloud="maas-site", credential="maas-site", bootstrap_base="ubuntu@24.04")
        return [_figures(rack, config, number) for number in numbers]


def _figures(rack: Rack, config: dict[str, str], number: int) -> waiting.Figures:
    outer = Life(config)
    model = outer.made(Model, name=f"waiting-{number}", cloud="maas-site", credential="maas-site")
    try:
        return waiting.measured(rack, Life(config, model=model["uuid"]), number)
    finally:
        outer.destroy()


if __name__ == "__main__":
    sys.exit(main())
