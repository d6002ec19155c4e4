"""pylxd clients for the tests: an independent look at the simulated LXD."""

from __future__ import annotations

import contextlib
import gc
import io
import ssl
import tarfile
import warnings

import pylxd
import yaml
from pylxd.client import get_session_for_url


@contextlib.contextmanager
def connected(endpoints, project=None, pair=None, trusted=True):
    """A client over HTTPS whose session ignores the proxy's environment; with `pair`, its own or no (trusted=False) key pair."""
    pair = pair or ((endpoints["cert"], endpoints["key"]) if trusted else None)
    with get_session_for_url(endpoints["url"], cert=pair, verify=endpoints["server_cert"]) as session:
        session.trust_env = False
        yield pylxd.Client(
            endpoint=endpoints["url"], cert=pair, verify=endpoints["server_cert"], session=session, project=project
        )


@contextlib.contextmanager
def on_socket(endpoints, project=None):
    """A client over the unix socket."""
    url = "http+unix://" + endpoints["socket"].replace("/", "%2F")
    with get_session_for_url(url) as session:
        session.trust_env = False
        yield pylxd.Client(endpoint=endpoints["socket"], session=session, project=project)


def lxd_init(client):
    """What `lxd init` does: a pool, a bridge, and both in the default profile."""
    client.storage_pools.create({"name": "default", "driver": "dir"})
    config = {"ipv4.address": "10.99.7.1/24", "ipv4.nat": "true", "ipv6.address": "none"}
    client.networks.create("lxdbr0", type="bridge", config=config)
    profile = client.profiles.get("default")
    profile.devices = {
        "eth0": {"name": "eth0", "network": "lxdbr0", "type": "nic"},
        "root": {"path": "/", "pool": "default", "type": "disk"},
    }
    profile.save()


def image_file(system="Alpine", release="3.20"):
    """The bytes of a small image."""
    properties = {"architecture": "amd64", "description": f"{system} {release}", "os": system, "release": release}
    text = yaml.safe_dump({"architecture": "x86_64", "creation_date": 1790000000, "properties": properties}).encode()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("metadata.yaml")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return stream.getvalue()


def container(client, name="c1", **fields):
    """A container from an image that is uploaded when there is none yet."""
    if not client.images.all():
        client.images.create(image_file(), wait=True).add_alias("alpine", "")
    wanted = {"name": name, "type": "container", "source": {"type": "image", "alias": "alpine"}}
    return client.instances.create(wanted | fields, wait=True)


def execute(instance, command, **kwargs):
    """Runs a command; pylxd leaves its websockets' sockets to the garbage collector, which is made to come at once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        result = instance.execute(command, **kwargs)
        gc.collect()
    return result


def tls(endpoints, pair=None, version=None):
    """A TLS context for the server, at one version of the protocol."""
    context = ssl.create_default_context(cafile=endpoints["server_cert"])
    if version:
        context.minimum_version = context.maximum_version = version
    if pair:
        context.load_cert_chain(*pair)
    return context
