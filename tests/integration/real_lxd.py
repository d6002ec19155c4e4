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
TESTS = "tests/integration/lxd"
OVER_HTTPS = (
    f"{TESTS}/test_lxd_objects.py",
    f"{TESTS}/test_lxd_instances.py::test_a_client_of_one_project_is_not_refused_for_what_it_may_not_see",
)
CGROUPS = pathlib.Path("/sys/fs/cgroup")
# where Debian has dnsmasq, ip and nft, which a PATH need not name
SYSTEM_TOOLS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
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
exec lxd --group root --logfile "$LXD_DIR/lxd.log" >/dev/null 2>&1
"""


def obstacle() -> str | None:
    """Why no real LXD can be started here; None when one can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "starting LXD needs root"
    missing = [tool for tool in ("lxd", "lxc", "dnsmasq", "unshare", "nsenter", "ip", "openssl") if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} not installed (apt-get install lxd lxd-client dnsmasq-base nftables iproute2)"
    tried = subprocess.run(["unshare", *NAMESPACES, "true"], capture_output=True, text=True, check=False)
    return f"namespaces are not allowed here: {tried.stderr.strip()}" if tried.returncode else None


@contextlib.contextmanager
def daemon() -> Iterator[tuple[pathlib.Path, int]]:
    """A running daemon; yields its socket and its process.

    The socket is reached from outside the namespaces through the file system.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lxd-", dir="/tmp"))  # a socket's path is at most 107 bytes
    groups = _control_groups()
    process = subprocess.Popen(["unshare", *NAMESPACES, "sh", "-c", _START], env=_environment(folder), start_new_session=True)
    try:
        _wait_for(folder / "unix.socket", process)
        yield folder / "unix.socket", _child(process.pid)
    finally:
        if process.poll() is not None:
            print(f"real LXD: the daemon ended by itself ({process.returncode}): {_log(folder)}")
        with contextlib.suppress(ProcessLookupError):
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


def _child(process: int) -> int:
    """The process that `unshare --fork` started."""
    return int(pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])


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
    raise RuntimeError(f"LXD didn't get ready in {DAEMON_SECONDS:g} s: {_log(socket.parent)}")


def _log(folder: pathlib.Path) -> str:
    log = folder / "lxd.log"
    return log.read_text()[-2000:] if log.exists() else "no log"


def _over_https(socket: pathlib.Path, first: int) -> tuple[list[str], dict[str, str]]:
    """Opens the daemon's HTTPS to a new client; returns the prefix and the environment of commands that can reach it.

    The address is on the loopback of the daemon's network namespace, which the prefix enters; `first` is a process in it.
    """
    folder = socket.parent / "client"
    folder.mkdir()
    new = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:secp384r1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=test",
    ]
    subprocess.run(["openssl", *new, "-keyout", "client.key", "-out", "client.crt"], cwd=folder, check=True, capture_output=True)
    tool = {**os.environ, "LXD_DIR": str(socket.parent), "HOME": str(folder)}
    for words in (
        ["config", "set", "core.https_address", "127.0.0.1:8443"],
        ["config", "trust", "add", str(folder / "client.crt")],
    ):
        subprocess.run(["lxc", *words], env=tool, check=True, capture_output=True)
    files = {
        "LXD_CLIENT_CERT": folder / "client.crt",
        "LXD_CLIENT_KEY": folder / "client.key",
        "LXD_SERVER_CERT": socket.parent / "server.crt",
    }
    return ["nsenter", f"--net=/proc/{first}/ns/net"], {
        "LXD_REMOTE_URL": "https://127.0.0.1:8443",
        **{k: str(v) for k, v in files.items()},
    }


def main(arguments: list[str]) -> int:
    """Starts the daemon, runs the tests, and returns their status; 0 with a printed reason where LXD can't be started.

    Without arguments everything is run over the socket, and once more over HTTPS what has to do with trust.
    """
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_TOOLS))
    reason = obstacle()
    if reason is not None:
        print(f"real LXD: skipped: {reason}")
        return 0
    with daemon() as (socket, first):
        print(f"real LXD: {socket}", flush=True)
        status = _pytest(arguments or [TESTS, "-q"], [], {"LXD_SOCKET": str(socket)})
        if status or arguments:
            return status
        return _pytest([*OVER_HTTPS, "-q"], *_over_https(socket, first))


def _pytest(arguments: list[str], prefix: list[str], settings: dict[str, str]) -> int:
    command = [*prefix, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
