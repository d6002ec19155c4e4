"""Where an image's bytes come from: a URL or a file, read in pieces and checked against a checksum before anybody uses them."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from typing import Final

import requests
import tenacity

from .errors import CloudError

ALGORITHMS: Final = {"md5": 32, "sha256": 64, "sha512": 128}
"""The known checksums and how many hexadecimal digits they have."""

_CHUNK: Final = 1024 * 1024
_TIMEOUT: Final = (10.0, 60.0)

Progress = Callable[[int, int], None]
"""Called with the bytes so far and the bytes in all (0: nobody knows)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bytes:
    """A file with its size and its checksums by algorithm."""

    path: pathlib.Path
    size: int
    digests: dict[str, str]


class _BrokenError(Exception):
    """The download ended early."""


def digests(path: pathlib.Path) -> Bytes:
    """Reads a file once for all its checksums.

    Raises:
        CloudError: when it can't be read.
    """
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in ALGORITHMS}
    size = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                for one in hashes.values():
                    one.update(chunk)
    except OSError as error:
        raise CloudError(f"the image {path} can't be read: {error.strerror or error}") from error
    return Bytes(path=path, size=size, digests={name: one.hexdigest() for name, one in hashes.items()})


@contextlib.contextmanager
def opened(where: str, progress: Progress) -> Iterator[Bytes]:
    """The bytes of a file, or of a URL as a file that goes when the block ends.

    Args:
        where: a path, or a URL (http, https, file).
        progress: told how a download goes on.

    Raises:
        CloudError: when they can't be had.
    """
    if not where.startswith(("http://", "https://")):
        yield digests(pathlib.Path(where.removeprefix("file://")).expanduser())
        return
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        path = pathlib.Path(folder, "image")
        _download(where, path, progress)
        yield digests(path)


def check(found: Bytes, checksum: str, where: str) -> None:
    """Makes sure that the bytes are the right ones.

    Args:
        found: the bytes.
        checksum: "sha256:…", "sha512:…" or "md5:…".
        where: the path or URL, for the message.

    Raises:
        CloudError: when they are others.
    """
    algorithm, _, wanted = checksum.partition(":")
    got = found.digests[algorithm]
    if got != wanted.lower():
        raise CloudError(
            f"{where} is not the image that was asked for: its {algorithm} is {got}, not {wanted}; nothing was uploaded. If its "
            "publisher has a new version, take the new checksum from there"
        )


@tenacity.retry(
    stop=tenacity.stop_after_attempt(3),
    wait=tenacity.wait_exponential(multiplier=0.5),
    retry=tenacity.retry_if_exception_type(_BrokenError),
    retry_error_callback=lambda state: _give_up(state.outcome),
)
def _download(url: str, path: pathlib.Path, progress: Progress) -> None:
    try:
        with requests.get(url, stream=True, timeout=_TIMEOUT) as response:
            if response.status_code >= 500:
                raise _BrokenError(f"{url} can't be downloaded: HTTP {response.status_code}")
            if response.status_code >= 400:
                raise CloudError(f"{url} can't be downloaded: HTTP {response.status_code}; is the address right?")
            total, done = int(response.headers.get("Content-Length") or 0), 0
            with path.open("wb") as file:
                for chunk in response.iter_content(_CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    progress(done, total)
    except requests.RequestException as error:
        raise _BrokenError(f"{url} can't be downloaded: {type(error).__name__}") from error
    if total and done != total:
        raise _BrokenError(f"{url} ended after {done} of {total} bytes")


def _give_up(outcome: object) -> None:
    error = getattr(outcome, "exception", lambda: None)()
    raise CloudError(f"{error}; is it reachable from here?") from error
