"""Runs the LXD provider tests against a real LXD daemon, started for them alone.

    python tests/integration/real_lxd.py [pytest arguments]

The daemon lives in a folder of its own and in network, mount, PID and cgroup namespaces of its own, so that the machine's LXD,
its bridges and its firewall are not touched, and nothing is left behind when the first process of the PID namespace ends. It
needs root and Debian's packages lxd, lxd-client, dnsmasq-base and nftables (busybox-static for containers that start); where one
is missing, the reason is printed and nothing fails.

Virtual machines: with qemu-system-x86_64 on the machine their records are made and changed as well, for which the daemon is told
that its kernel modules are there. They are not started.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parents[2]
CGROUPS = pathlib.Path("/sys/fs/cgroup")
DAEMON_SECONDS = 60.0
# /sys shows the interfaces of the network namespace that it was mounted in, so the daemon gets one of its own
NAMESPACES = ("--mount", "--net", "--pid", "--cgroup", "--fork", "--mount-proc", "--kill-child=SIGKILL")
_START = """
set -eu
mount --make-rprivate /
mkdir "$LXD_DIR/cgroup"
mount --rbind /sys/fs/cgroup "$LXD_DIR/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$LXD_DIR/cgroup" /sys/fs/cgroup
ip link set lo up
exec lxd --group root --logfile "$LXD_DIR/lxd.log"
"""


def obstacle() -> str | None:
    """Why no real LXD can be started here; None when one can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "starting LXD needs root"
    missing = [tool for tool in ("lxd", "dnsmasq", "unshare", "ip") if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} not installed (apt-get install lxd lxd-client dnsmasq-base nftables iproute2)"
    tried = subprocess.run(["unshare", *NAMESPACES, "true"], capture_output=True, text=True, check=False)
    return f"namespaces are not allowed here: {tried.stderr.strip()}" if tried.returncode else None


@contextlib.contextmanager
def daemon() -> Iterator[pathlib.Path]:
    """A running daemon; yields its socket. The socket is reached from outside the namespaces through the file system."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lxd-", dir="/tmp"))  # a socket's path is at most 107 bytes
    groups = _control_groups()
    process = subprocess.Popen(["unshare", *NAMESPACES, "sh", "-c", _START], env=_environment(folder), start_new_session=True)
    try:
        _wait_for(folder / "unix.socket", process)
        yield folder / "unix.socket"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
        for left in sorted(_control_groups() - groups, reverse=True):
            with contextlib.suppress(OSError):
                left.rmdir()


def _control_groups() -> set[pathlib.Path]:
    """What liblxc leaves in the hierarchies of control groups, which the cgroup namespace doesn't hide."""
    return {path for pattern in ("lxc*", "*/lxc*", "lxc*/**", "*/lxc*/**") for path in CGROUPS.glob(pattern) if path.is_dir()}


def _environment(folder: pathlib.Path) -> dict[str, str]:
    tools = folder / "tools"
    tools.mkdir()
    if shutil.which("qemu-system-x86_64"):
        modprobe = tools / "modprobe"
        modprobe.write_text("#!/bin/sh\nexit 0\n")
        modprobe.chmod(0o755)
    return {**os.environ, "LXD_DIR": str(folder), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}


def _wait_for(socket: pathlib.Path, process: subprocess.Popen[bytes]) -> None:
    """Waits until the daemon answers.

    Raises:
        RuntimeError: it ended, or it isn't ready in time.
    """
    end = time.monotonic() + DAEMON_SECONDS
    lxc = {**os.environ, "LXD_DIR": str(socket.parent)}
    while process.poll() is None and time.monotonic() < end:
        if socket.exists():
            ready = subprocess.run(["lxd", "waitready", "--timeout=30"], env=lxc, capture_output=True, check=False)
            if ready.returncode == 0:
                return
        time.sleep(0.2)
    log = socket.parent / "lxd.log"
    raise RuntimeError(f"LXD didn't get ready in {DAEMON_SECONDS:g} s: {log.read_text()[-2000:] if log.exists() else 'no log'}")


def main(arguments: list[str]) -> int:
    """Starts the daemon, runs the tests, and returns their status; 0 with a printed reason where LXD can't be started."""
    reason = obstacle()
    if reason is not None:
        print(f"real LXD: skipped: {reason}")
        return 0
    with daemon() as socket:
        print(f"real LXD: {socket}", flush=True)
        environment = {**os.environ, "LXD_SOCKET": str(socket)}
        tests = arguments or ["tests/integration/lxd", "-q"]
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
