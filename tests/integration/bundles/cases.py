"""The bundles that are rehearsed, by name."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable

import bundle
from tests.integration.bundles.rehearsal import SITE
from tests.unit.bundle import templates

ROOT = pathlib.Path(__file__).parents[3]
OURS = ROOT / "bundles/openstack-base.yaml"
UPSTREAM = pathlib.Path(os.environ.get("SHARED_DIR") or ROOT.parent / "shared") / "truth/bundle"
CERTIFICATES = ("issuing-cacert", "issuing-ca-private-key", "issuing-ca-key-passphrase", "controller-cacert", "controller-cert")


def read(name: str, truth: pathlib.Path, folder: pathlib.Path) -> bundle.Bundle:
    """The bundle that a name means; a path is a bundle's file, with overlays behind it after commas."""
    if name in NAMED:
        return NAMED[name](truth, folder)
    if "/" in name:
        first, *overlays = name.split(",")
        return bundle.for_site(first, SITE, overlays)
    return ours(truth, folder, templates.with_prerequisites(name))


def ours(truth: pathlib.Path, folder: pathlib.Path, names: list[str]) -> bundle.Bundle:
    """Our bundle with templates."""
    return bundle.for_site(OURS, SITE, templates.overlays(truth / "optional-service-templates", names, folder))


def upstreams(truth: pathlib.Path, folder: pathlib.Path) -> bundle.Bundle:
    """Upstream's bundle with its overlay for a MAAS."""
    overlay = folder / "mymaas.yaml"
    overlay.write_text(templates.mymaas((truth / "overlay-mymaas.yaml").read_text()).replace("eth1", "eno2"))
    return bundle.load(truth / "bundle-noble-2024.1.yaml", [overlay])


def draft(truth: pathlib.Path, folder: pathlib.Path) -> bundle.Bundle:
    """The draft of a layout for three nodes."""
    text = (truth / "bundle-3node-2024.1-draft.yaml").read_text()
    path = folder / "draft.yaml"
    path.write_text(text.replace("<OSD_DEVICES>", "/dev/sdb /dev/sdc").replace("<EXT_NIC_OR_MACS>", "eno2"))
    return bundle.load(path)


def together(truth: pathlib.Path, folder: pathlib.Path) -> bundle.Bundle:
    """Our bundle with all templates that apply."""
    return ours(truth, folder, templates.applicable(truth / "optional-service-templates"))


def with_overlays(truth: pathlib.Path, folder: pathlib.Path) -> bundle.Bundle:
    """Our bundle with every overlay of our own."""
    values = {
        "dns-nameservers": "ns1.example.org.",
        "dns-forwarders": "192.0.2.1",
        "dns-domain": "example.org.",
        **{f"octavia-{part}": "Zm9v" for part in CERTIFICATES},
    }
    return bundle.for_site(OURS, SITE, sorted((ROOT / "bundles/overlays").glob("*.yaml")), substitutions=values)


def offering(truth: pathlib.Path, folder: pathlib.Path) -> bundle.Bundle:
    """A small bundle with an offer to other models."""
    first, overlay = folder / "offering.yaml", folder / "offers.yaml"
    mq = "{charm: rabbitmq-server, channel: 3.12/stable, num_units: 1, to: ['0']}"
    first.write_text(f"default-base: ubuntu@24.04\napplications: {{rabbitmq-server: {mq}}}\nmachines: {{'0': {{}}}}\n")
    acl = "{admin: admin, everyone@external: consume}"
    overlay.write_text(f"applications: {{rabbitmq-server: {{offers: {{mq: {{endpoints: [amqp], acl: {acl}}}}}}}}}\n")
    return bundle.load(first, [overlay])


NAMED: dict[str, Callable[[pathlib.Path, pathlib.Path], bundle.Bundle]] = {
    "upstream": upstreams,
    "draft": draft,
    "ours": lambda truth, folder: ours(truth, folder, []),
    "together": together,
    "overlays": with_overlays,
    "offering": offering,
}
