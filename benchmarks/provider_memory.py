"""Measures what the provider host takes while the dev stack comes up: its peak memory, and its connections to Juju.

    python benchmarks/provider_memory.py [--limit 250]

The program runs with the embedded engine against a rack of its own; the figures are the host process's own (from /proc: VmHWM and
sockets). Measured on two busy cores: a peak of 139 MiB, two connections, 58 seconds. Exits 1 when the peak is over the limit
(MiB), or when the host ever had five connections to the controller.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.rehearsal import Rehearsal  # noqa: E402 the checkout isn't installed

HOST = "exec_provider.py"
MOST_CONNECTIONS = 4


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python benchmarks/provider_memory.py", description="measures the provider host")
    parser.add_argument("--limit", type=float, default=250, help="MiB that the host may take")
    limit = parser.parse_args().limit
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(pathlib.Path(folder))
        rehearsal.start()
        try:
            peak, connections, seconds = measured(rehearsal)
        finally:
            rehearsal.stop()
    figures = f"peak {peak:.0f} MiB (limit {limit:.0f}), {connections} connections to Juju at most"
    print(f"provider host: {figures}, up took {seconds:.0f} s")
    return 0 if peak <= limit and connections <= MOST_CONNECTIONS else 1


def measured(rehearsal: Rehearsal) -> tuple[float, int, float]:
    """Peak memory in MiB, most connections to the controller at a time, and seconds of one up."""
    words = [sys.executable, "-m", "engine", "up", "--stack", "dev", "--parallel", "64", "--yes", "--skip-preview"]
    with (rehearsal.folder / "up.log").open("w") as log:
        process = subprocess.Popen(words, cwd=rehearsal.folder, env=rehearsal.environment(), stdout=log, stderr=log)
        peak, connections, began = 0.0, 0, time.monotonic()
        while process.poll() is None:
            for host in hosts(rehearsal.folder):
                peak = max(peak, memory(host))
                connections = max(connections, len(sockets(host) & to_ports(controller_ports(rehearsal.folder))))
            time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"up failed:\n{(rehearsal.folder / 'up.log').read_text()[-4000:]}")
    return peak, connections, time.monotonic() - began


def hosts(folder: pathlib.Path) -> list[pathlib.Path]:
    """The /proc folders of the provider hosts that work for a checkout."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        try:
            ours = process.name.isdigit() and (process / "cwd").resolve() == folder.resolve()
            if ours and HOST in (process / "cmdline").read_text():
                found.append(process)
        except OSError:
            continue  # it has just ended
    return found


def memory(process: pathlib.Path) -> float:
    """The most that a process has taken so far, in MiB; 0 when it has ended."""
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def sockets(process: pathlib.Path) -> set[str]:
    """The inodes of a process's sockets."""
    try:
        links = [str(link.readlink()) for link in (process / "fd").iterdir()]
    except OSError:
        return set()
    return {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}


def controller_ports(folder: pathlib.Path) -> set[int]:
    """The ports of the controllers in the client store; none before the bootstrap."""
    path = folder / ".simulator/juju/controllers.yaml"
    lines = path.read_text().splitlines() if path.exists() else []
    words = [word for line in lines if "127.0.0.1:" in line for word in line.replace("'", " ").replace('"', " ").split()]
    return {int(word.rpartition(":")[2].rstrip("],")) for word in words if word.rpartition(":")[2].rstrip("],").isdigit()}


def to_ports(ports: set[int]) -> set[str]:
    """The inodes of this machine's established TCP connections to some ports."""
    found = set()
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "01" and int(fields[2].rpartition(":")[2], 16) in ports:
            found.add(fields[9])
    return found


if __name__ == "__main__":
    sys.exit(main())
