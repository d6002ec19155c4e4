"""Images: verified, uploaded once, told apart by content."""

from __future__ import annotations

import hashlib
import http.server
import os
import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from clients import openstack
from providers.openstack import Image

CONTENT = os.urandom(3 * 1024 * 1024)


def digest(algorithm: str, content: bytes) -> str:
    return f"{algorithm}:{hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()}"


@pytest.fixture(autouse=True)
def with_images(needs: Any) -> None:
    needs("image")


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "small.img"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def server(tmp_path: pathlib.Path) -> Iterator[str]:
    """A mirror of images: its URL."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's word
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_an_image_through_its_life(
    life: Any, cloud: openstack.Cloud, name: str, file: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = life(Image, name=name, file=str(file), disk_format="raw", properties={"os_distro": "ubuntu", "hw_cpu_cores": 2})
    assert (image.up(), image.preview(), image.refresh()) == ("create", "same", {})
    assert (image["checksum"], image["size"], image["status"]) == (digest("sha256", CONTENT), len(CONTENT), "active")
    assert f"sha512:{image['sha512']}" == digest("sha512", CONTENT)
    assert f"{name}: uploading 100%" in capsys.readouterr().out
    cloud.images.change(image.id, {"os_distro": ""}, {"os_distro": "debian", "theirs": "x"})
    assert image.refresh() == {"properties": {"os_distro": "debian", "hw_cpu_cores": "2"}}
    assert (image.up(), image.refresh()) == ("update", {})
    assert image.up(properties={"os_distro": "ubuntu"}, min_ram=64, protected=True, tags=["b", "a"]) == "update"
    found = cloud.images.read(image.id)
    assert (found.min_ram, found.protected, found.tags) == (64, True, ("a", "b"))
    assert {"os_distro": "ubuntu", "theirs": "x"}.items() <= found.properties.items()
    assert "hw_cpu_cores" not in found.properties
    assert (image.preview(), image.refresh()) == ("same", {})
    id_ = image.id
    image.destroy()
    assert cloud.images.read(id_) is None


def test_other_content_is_another_image(life: Any, cloud: openstack.Cloud, name: str, file: pathlib.Path) -> None:
    image = life.made(Image, name=name, file=str(file), disk_format="raw")
    old = image.id
    file.write_bytes(CONTENT[:1024])
    assert (image.preview(), image.up()) == ("replace", "replace")
    assert (image.id != old, image["size"]) == (True, 1024)


def test_the_same_content_is_uploaded_once(life: Any, cloud: openstack.Cloud, name: str, file: pathlib.Path) -> None:
    first = life.made(Image, name=name, file=str(file), disk_format="raw")
    id_ = first.id
    first.forget()
    assert (first.up(), first.id, first["adopted"]) == ("create", id_, False)
    for algorithm in ("md5", "sha512", "sha256"):
        again = life.made(Image, name=name, file=str(file), checksum=digest(algorithm, CONTENT), disk_format="raw")
        assert again.id == id_
    assert [image.id for image in cloud.images.list(name=name)] == [id_]


def test_an_image_of_somebody_else_is_recognised_by_its_bytes(
    life: Any, cloud: openstack.Cloud, name: str, file: pathlib.Path
) -> None:
    theirs = cloud.images.create(name, {"disk_format": "raw", "container_format": "bare", "min_disk": 1})
    try:
        cloud.images.upload(theirs.id, openstack.Upload(lambda: file.open("rb"), len(CONTENT), lambda sent: None))
        image = life.made(Image, name=name, file=str(file), disk_format="raw", min_disk=3, properties={"a": "b"})
        assert (image.id, image["adopted"], image.preview()) == (theirs.id, True, "same")
        image.destroy()
        found = cloud.images.read(theirs.id)
        assert (found.min_disk, "a" in found.properties) == (1, False)
    finally:
        cloud.images.delete(theirs.id)


def test_from_a_url(life: Any, name: str, file: pathlib.Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    image = life(Image, name=name, url=f"{server}/small.img", checksum=digest("sha512", CONTENT), disk_format="raw")
    assert (image.up(), image.preview(), image.refresh()) == ("create", "same", {})
    lines = [line for line in capsys.readouterr().out.splitlines() if "downloading" in line]
    assert 1 <= len(lines) <= 10
    assert image.preview(url=f"{server}/moved.img") == "update"  # the same bytes from elsewhere are the same image


def test_wrong_bytes_are_never_uploaded(life: Any, cloud: openstack.Cloud, name: str, file: pathlib.Path, server: str) -> None:
    for source in ({"file": str(file)}, {"url": f"{server}/small.img"}):
        image = life(Image, name=name, checksum=digest("md5", b"other"), disk_format="raw", **source)
        with pytest.raises(
            openstack.CloudError, match=r"is not the image that was asked for: its md5 is .* nothing was uploaded"
        ):
            image.up()
    assert cloud.images.list(name=name) == []


def test_what_cannot_be_had_is_named(life: Any, name: str, server: str) -> None:
    image = life(Image, name=name, url=f"{server}/absent.img", checksum=digest("md5", b""), disk_format="raw")
    with pytest.raises(openstack.CloudError, match=r"absent\.img can't be downloaded: HTTP 404; is the address right\?"):
        image.up()
    life.things.remove(image)
    assert "there is no file" in life(Image, name=name, file="/nowhere/x.img").refusals()["file"]


@pytest.mark.parametrize(
    ("props", "name"),
    [
        ({}, "url"),
        ({"url": "http://x/", "file": "x"}, "url"),
        ({"url": "http://x/"}, "checksum"),
        ({"url": "http://x/", "checksum": "sha256:abc"}, "checksum"),
        ({"url": "ftp://x/", "checksum": digest("md5", b"")}, "url"),
    ],
)
def test_impossible_images_are_refused_at_preview(life: Any, props: dict[str, Any], name: str) -> None:
    image = life(Image, name="x", **props)
    life.things.remove(image)
    assert name in image.refusals()


def test_an_upload_that_breaks_leaves_nothing(
    life: Any, cloud: openstack.Cloud, site: Any, name: str, file: pathlib.Path
) -> None:
    image = life(Image, name=name, file=str(file), disk_format="raw")
    site.broken["PUT /v2/images"] = 500
    with pytest.raises(openstack.FaultError, match="upload the image"):
        image.up()
    assert cloud.images.list(name=name) == []
    assert image.up() == "create"


def test_an_upload_that_was_killed_is_swept(
    life: Any, cloud: openstack.Cloud, name: str, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = life(Image, name=name, file=str(file), disk_format="raw")
    with monkeypatch.context() as patch:
        patch.setattr(openstack.Upload, "__iter__", lambda self: (_ for _ in ()).throw(SystemExit))
        patch.setattr("clients.openstack.images.Images.delete", lambda *args, **kwargs: None)
        with pytest.raises(SystemExit):
            image.up()
    left = cloud.images.list(name=name)
    assert [found.status for found in left] in (["queued"], ["saving"])
    image.provider.intent_in(cloud, "image", f"{name} ({digest('sha256', CONTENT)})").note(
        adopted=False, before={}, image=left[0].id
    )  # a kill leaves the note too
    assert image.up() == "create"
    assert [(found.id, found.status) for found in cloud.images.list(name=name)] == [(image.id, "active")]


def test_an_image_that_somebody_withdrew_is_given_out_again(
    life: Any, cloud: openstack.Cloud, name: str, file: pathlib.Path
) -> None:
    image = life(Image, name=name, file=str(file), disk_format="raw", active=True)
    assert (image.up(), image.preview(), image.refresh()) == ("create", "same", {})
    cloud.images.switch(image.id, active=False)
    assert image.refresh() == {"active": False, "status": "deactivated"}
    assert (image.up(), image["status"], image.refresh()) == ("update", "active", {})
    assert (image.up(active=False), cloud.images.read(image.id).status) == ("update", "deactivated")
    image.destroy()
    withdrawn = life(Image, name=f"{name}-b", file=str(file), disk_format="raw", active=False)
    assert (withdrawn.up(), withdrawn["status"], withdrawn.preview(), withdrawn.refresh()) == (
        "create",
        "deactivated",
        "same",
        {},
    )
