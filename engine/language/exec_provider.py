"""Runs the SDK's own dynamic provider host, which would otherwise outlive a killed engine for ever."""

import sys

del sys.path[0]  # this script's folder

import contextlib
import ctypes
import runpy
import signal

PR_SET_PDEATHSIG = 1

with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the host just stays
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
sys.path.insert(0, "")  # as `python -m` does
runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
