"""Reads of a cloud that is down: what is known stays, and nobody waits for the same silence twice."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

from clients import openstack

from .._base import ExpectedError, Found
from ..juju._common import say
from . import _login

_SILENCE: Final = 15.0
"""Seconds for which a Keystone that didn't answer isn't asked again."""
_DOWN: Final = frozenset({502, 503, 504})

_silent: dict[tuple[Any, ...], tuple[float, openstack.CloudError]] = {}
_told: set[tuple[Any, ...]] = set()
_absent: set[tuple[Any, ...]] = set()
"""The clouds that lacked a service, and were logged into anew because of that."""
_locks: dict[tuple[Any, ...], threading.Lock] = {}
_guard = threading.Lock()


@dataclasses.dataclass
class Told:
    """What a read found; everything as it was unless it says otherwise."""

    found: Found | None = dataclasses.field(default_factory=lambda: Found(inputs={}))


@contextlib.contextmanager
def kept(key: tuple[Any, ...]) -> Iterator[Told]:
    """Lets a read that meets a service that is down end with what is known; says so once for each cloud.

    Args:
        key: under what the way into the cloud is kept.
    """
    told = Told()
    try:
        yield told
    except (openstack.UnreachableError, openstack.FaultError, _login.Away) as error:
        broken = isinstance(error, openstack.FaultError) and error.status not in _DOWN
        if broken or isinstance(error, openstack.UntrustedError):  # a new CA is asked for, and the read made again
            raise
        told.found = Found(inputs={})
        _warn(key, error)
    except openstack.AbsentServiceError as error:
        with _guard:
            first = key not in _absent
            _absent.add(key)
        if first:  # it may have come since the log-in, after which the read is made again
            raise
        told.found = Found(inputs={})
        _warn(key, error)


def reach(key: tuple[Any, ...], cloud: openstack.Cloud) -> None:
    """Logs in, where nobody has yet; one tries, and those who come meanwhile hear how it went.

    Raises:
        CloudError: when Keystone doesn't answer.
    """
    with _guard:
        lock = _locks.setdefault(key, threading.Lock())
    with lock:
        since, error = _silent.get(key, (float("-inf"), None))
        if error is not None and time.monotonic() - since < _SILENCE:
            raise error
        try:
            cloud.user_id()
        except openstack.UntrustedError:  # the next one comes with the CA of today
            raise
        except (openstack.UnreachableError, openstack.FaultError) as caught:
            _silent[key] = time.monotonic(), caught
            raise
        _silent.pop(key, None)


def _warn(key: tuple[Any, ...], error: openstack.CloudError | ExpectedError) -> None:
    with _guard:
        first = key not in _told
        _told.add(key)
    if first:
        say(f"what is in this cloud can't be read at the moment and is taken to be as it was: {error}")
