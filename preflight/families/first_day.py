"""What the first day of the cloud takes from elsewhere: images to upload."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator
from concurrent import futures
from typing import Final

import config

from .. import web
from ..checks import Check
from ..juju_side import JujuController
from ..outcome import Finding, failed, ok, skipped, warning

_AT_ONCE: Final = 4


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image:
    """Where an image comes from, and what is wrong there: "missing", "empty" or why nobody answers; "" when it is there."""

    place: str
    source: str
    wrong: str = ""
    is_file: bool = False


def find(site: config.SiteSpec, folder: pathlib.Path) -> tuple[Image, ...]:
    """Looks for every image of the first day; files stand beside the program, in `folder`."""
    specs = site.openstack.day_one.images if site.openstack.day_one else ()
    places = [f"openstack.day_one.images[{index}]" for index in range(len(specs))]
    with futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(lambda place, spec: _find(place, spec.file, spec.url or "", folder), places, specs)
        return tuple(found)


def _find(place: str, file: str | None, url: str, folder: pathlib.Path) -> Image:
    if file is None:
        return Image(place=f"{place}.url", source=url, wrong=_wrong_url(url))
    path = folder / pathlib.Path(file).expanduser()
    wrong = "missing" if not path.is_file() else "" if path.stat().st_size else "empty"
    return Image(place=f"{place}.file", source=file, wrong=wrong, is_file=True)


def _wrong_url(url: str) -> str:
    try:
        status = web.head(url)
    except web.UnreachableError as error:
        return str(error)
    return "missing" if status in (404, 410) else "" if status < 400 else f"the server answers {status}"


def images(found: tuple[Image, ...], juju: JujuController | None) -> Iterator[Finding]:
    """Images are where the site says; a cloud that is up may have them already."""
    for image in found:
        if image.wrong in ("missing", "empty"):
            mend = "fetch it, or correct the path" if image.is_file else "correct the address"
            say = warning if juju and juju.deployed else failed
            yield say(image.place, f"{image.source} is {image.wrong}", mend)
        elif image.wrong:
            mend = "it is fetched from this machine: see that it gets there, or fetch it beforehand and name the file"
            yield warning(image.place, f"{image.source} can't be looked at: {image.wrong}", mend)
        else:
            yield ok(image.place, f"{image.source} is there")
    if not found:
        yield skipped("openstack.day_one.images", "the site uploads none")


CHECKS = (
    Check(
        name="image-files",
        title="images to upload are there",
        needs=("image_files",),
        may=("controller",),
        judge=images,
        owns=("image_files",),
    ),
)
