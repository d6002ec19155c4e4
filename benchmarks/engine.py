"""Times the engine beside the real CLI (when it is on PATH): create, no-op preview, destroy.

    python benchmarks/engine.py [--sizes 10 100 1000]

Prints a table: seconds, CPU seconds and peak memory of the engine's own process, bytes of state, and,
with both engines, the ratios of this very run.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = """\
import os
import pulumi
from things import Thing

things = [Thing(f"t{i:04}", size=1) for i in range(int(os.environ["COUNT"]))]
pulumi.export("count", len(things))
"""
THINGS = """\
import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider


class ThingProvider(ResourceProvider):
    serialize_as_secret_always = False

    def create(self, props):
        return CreateResult(props["label"], {**props, "address": props["label"] + ".example"})

    def diff(self, id_, olds, news):
        return DiffResult(changes=olds.get("size") != news.get("size"))


class Thing(Resource, module="bench", name="Thing"):
    address: pulumi.Output[str]

    def __init__(self, name, **props):
        super().__init__(ThingProvider(), name, {"label": name, **props, "address": None})
"""


@dataclasses.dataclass(frozen=True)
class Measure:
    """What one command took."""

    seconds: float
    cpu: float
    memory: float
    state: int


def _run(command: list[str], folder: pathlib.Path, count: int) -> Measure:
    environment = {
        **os.environ,
        "COUNT": str(count),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{folder / 'project'}",
        "PATH": f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    started = time.perf_counter()
    log = folder / "log.txt"
    with log.open("w") as sink:
        process = subprocess.Popen(command, cwd=folder / "project", env=environment, stdout=sink, stderr=sink)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{log.read_text()}")
    state = folder / "state/.pulumi/stacks/bench/dev.json"
    own = _own_cpu(usage)
    return Measure(time.perf_counter() - started, own, usage.ru_maxrss / 1024, state.stat().st_size)


def _own_cpu(usage: resource.struct_rusage) -> float:
    """CPU of the command with the children it has waited for."""
    return usage.ru_utime + usage.ru_stime


def _measure(engine: list[str], count: int) -> dict[str, Measure]:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        for name in ("project", "state", "home"):
            (folder / name).mkdir()
        (folder / "project/Pulumi.yaml").write_text("name: bench\nruntime: python\n")
        (folder / "project/__main__.py").write_text(PROGRAM)
        (folder / "project/things.py").write_text(THINGS)
        _run([*engine, "stack", "init", "dev"], folder, count)
        flags = ["--stack", "dev", "--non-interactive", "--parallel", "16"]
        return {
            "create": _run([*engine, "up", "--yes", "--skip-preview", *flags], folder, count),
            "no-op preview": _run([*engine, "preview", *flags], folder, count),
            "destroy": _run([*engine, "destroy", "--yes", "--skip-preview", *flags], folder, count),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000], help="numbers of resources")
    sizes = parser.parse_args().sizes
    cli = shutil.which("pulumi")
    print(f"{'resources':>9} {'operation':<14} {'engine':<9} {'s':>7} {'ms each':>8} {'cpu s':>7} {'MiB':>6} {'state':>9}")
    for count in sizes:
        ours = _measure([sys.executable, "-m", "engine"], count)
        theirs = _measure([cli], count) if cli else {}
        for operation, measure in ours.items():
            _print(count, operation, "embedded", measure)
            if operation in theirs:
                other = theirs[operation]
                _print(count, operation, "pulumi", other)
                print(f"{'':>9} {'':<14} {'ratio':<9} {other.seconds / measure.seconds:>6.1f}x")
    if not cli:
        print("pulumi is not on PATH, so there is nothing to compare with")


def _print(count: int, operation: str, engine: str, m: Measure) -> None:
    each = 1000 * m.seconds / count
    print(
        f"{count:>9} {operation:<14} {engine:<9} {m.seconds:>7.2f} {each:>8.1f} {m.cpu:>7.2f} {m.memory:>6.0f} {m.state:>9}",
        flush=True,
    )


if __name__ == "__main__":
    main()
