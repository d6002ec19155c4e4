"""Runs a Pulumi program: the script that the program's own interpreter starts with.

It stands alone (the program's environment need not have this package), connects the SDK to the
engine and runs the program inside the SDK's stack. Exit code 32 says that the error has been shown.
"""

import sys

del sys.path[0]  # this script's folder; the program's takes its place

import argparse
import asyncio
import contextlib
import ctypes
import logging
import os
import runpy
import signal
import traceback
from concurrent.futures import ThreadPoolExecutor

ERROR_SHOWN = 32
PR_SET_PDEATHSIG = 1

try:
    import pulumi
    import pulumi.runtime
except ImportError:
    print(traceback.format_exc(), file=sys.stderr)
    print(
        f"The Pulumi SDK cannot be imported by {sys.executable}: install it there (pip install pulumi), or name the"
        " right environment as `virtualenv` under `runtime: options:` in Pulumi.yaml",
        file=sys.stderr,
    )
    sys.exit(1)


def main() -> int:
    """Connects, runs, and returns the exit code."""
    with contextlib.suppress(OSError, AttributeError):  # a killed engine must not leave the program behind
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    arguments = _parse()
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=arguments.monitor,
            engine=arguments.engine,
            project=arguments.project,
            stack=arguments.stack,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run == "true",
            organization=arguments.organization,
            root_directory=arguments.root_directory,
        )
    )
    sys.argv = [arguments.program]
    os.chdir(arguments.pwd)
    # what a failure leaves unfinished is meant to stay so; asyncio need not complain about it
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pool = ThreadPoolExecutor(max_workers=max(arguments.parallel, 1) * 4)
    loop.set_default_executor(pool)
    try:
        return _run(loop, os.path.abspath(arguments.program))
    finally:
        pool.shutdown(wait=True)
        loop.close()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a Pulumi program for an engine that is waiting for it")
    for name in ("monitor", "engine", "project", "stack", "organization", "root_directory", "pwd", "dry_run"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("program")
    return parser.parse_args()


def _run(loop: asyncio.AbstractEventLoop, program: str) -> int:
    def start() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(start))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_own_traceback(program)}")
        return ERROR_SHOWN
    return 0


def _own_traceback(program: str) -> str:
    """Returns the present traceback from the program's first frame on."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    main_file = program if program.endswith(".py") else os.path.join(program, "__main__.py")
    for index, frame in enumerate(frames):
        if os.path.abspath(frame.filename) == main_file:
            return traceback.format_exc(limit=-(len(frames) - index))
    return traceback.format_exc()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)
