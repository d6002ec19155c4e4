"""Every rule of the bundle format, with the error it gives: words, line, and whether it stops the bundle."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest

import bundle

Problems = Callable[..., Sequence[bundle.Problem]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """A bundle that breaks one rule; `line` is where it says so, `file` the end of the file's name."""

    id: str
    text: str
    line: int | None
    words: tuple[str, ...]
    severity: str = "error"
    overlays: tuple[str, ...] = ()
    file: str = "bundle.yaml"


KEYSTONE = """\
default-base: ubuntu@24.04/stable
machines: {'0': , '1': }
applications:
  keystone:
    charm: keystone
    channel: 2024.1/stable
    num_units: 1
    to: ['lxd:0']
  vault:
    charm: vault
    channel: 1.8/stable
    num_units: 1
    to: ['lxd:1']
"""


def keystone(change: str = "", **replace: str) -> str:
    """The small bundle above with lines under keystone, or with parts replaced."""
    text = KEYSTONE.replace("    to: ['lxd:0']\n", f"    to: ['lxd:0']\n{change}")
    for old, new in replace.items():
        text = text.replace(f"    {old}: ", f"    {new}", 1)
    return text


def placed(directive: str) -> str:
    return KEYSTONE.replace("['lxd:0']", f"['{directive}']")


CASES = [
    # 1 series and default-base
    Case(
        id="1-differ",
        text="series: noble\ndefault-base: ubuntu@22.04\n",
        line=1,
        words=('series "noble"', '"ubuntu@22.04"', "differ", "keep one"),
    ),
    Case(id="1-two-at", text="default-base: ubuntu@24@04\n", line=1, words=("invalid base", '"ubuntu@24@04"', "ubuntu@24.04")),
    Case(id="1-no-at", text="default-base: noble\n", line=1, words=("invalid base", '"noble"')),
    Case(id="1-series", text="series: nobel\n", line=1, words=("invalid series", '"nobel"', 'did you mean "noble"')),
    # 2 base at the top
    Case(id="2-top-base", text="base: ubuntu@24.04\n", line=1, words=('unknown key "base"', 'did you mean "default-base"')),
    # 4 placements
    Case(
        id="4-lxd-alone",
        text=placed("lxd"),
        line=8,
        words=('placement "lxd"', "refers to an application not defined in this bundle", '"lxd:MACHINE"'),
    ),
    Case(id="4-new-unit", text=placed("new/0"), line=8, words=('invalid placement syntax "new/0"', 'write "new"')),
    Case(id="4-no-target", text=placed("lxd:"), line=8, words=('invalid placement syntax "lxd:"', '"lxd:0"')),
    Case(id="4-nested", text=placed("0/lxd/1"), line=8, words=('invalid placement syntax "0/lxd/1"', 'write "lxd:0"')),
    Case(id="4-zone", text=placed("zone=a"), line=8, words=("invalid placement syntax", "constraints")),
    Case(id="4-system-id", text=placed("system-id=abc"), line=8, words=("invalid placement syntax", "constraints")),
    Case(id="4-kvm", text=placed("kvm:0"), line=8, words=("KVM", "Juju 3", "lxd:")),
    Case(
        id="4-lxc",
        text=placed("lxc:0"),
        line=8,
        severity="warning",
        words=('"lxc:0" of application "keystone" is of Juju 1', '"lxd:0": write that'),
    ),
    Case(id="4-equals", text=placed("lxc:vault=0"), line=8, words=("invalid placement syntax", 'write "lxd:vault/0"')),
    Case(id="4-container", text=placed("docker:0"), line=8, words=('"docker"', "lxd")),
    Case(id="4-machine", text=placed("lxd:7"), line=8, words=('placement "lxd:7"', "machine not defined", 'define machine "7"')),
    # 5, 6 counts
    Case(
        id="5-too-many",
        text=placed("lxd:0', 'lxd:1"),
        line=8,
        words=("too many units specified in unit placement", '"keystone"', "2 placements for 1"),
    ),
    Case(
        id="6-too-few",
        text=keystone().replace("num_units: 1", "num_units: 3", 1),
        line=8,
        words=("places 1 of its 3 units", "new machines", "place every unit"),
    ),
    # 7 units of other applications
    Case(
        id="7-greater",
        text=placed("vault/1"),
        line=8,
        words=('"vault/1"', "specifies a unit greater than the 1 unit(s) started by the target application"),
    ),
    Case(
        id="7-more-beside",
        text=placed("lxd:vault").replace("num_units: 1", "num_units: 2", 1),
        line=8,
        words=("puts 2 unit(s) beside", "which has 1"),
    ),
    Case(
        id="7-cycle",
        text=placed("lxd:vault").replace("['lxd:1']", "['lxd:keystone']"),
        line=8,
        words=("cycle in placement directives for: keystone, vault", "on a machine"),
    ),
    Case(id="7-self", text=placed("keystone"), line=8, words=("cycle in placement directives for: keystone",)),
    # 8 machines
    Case(
        id="8-unused",
        text=keystone().replace("'1': }", "'1': , '4': }"),
        line=2,
        words=('machine "4" is not referred to by a placement directive',),
    ),
    Case(
        id="8-id",
        text=keystone().replace("'1': }", "'1': , '07': }"),
        line=2,
        words=('invalid machine id "07" found in machines',),
    ),
    # 9 number of units
    Case(
        id="9-none",
        text=keystone().replace("    num_units: 1\n    to: ['lxd:0']\n", "", 1).replace("'0': , ", ""),
        line=4,
        words=('application "keystone" has no num_units',),
    ),
    Case(
        id="9-subordinate-units",
        text=keystone("  r:\n    charm: mysql-router\n    num_units: 1\n"),
        line=11,
        words=('application "r" is subordinate but has non-zero num_units',),
    ),
    Case(
        id="9-subordinate-to",
        text=keystone("  r:\n    charm: mysql-router\n    to: ['0']\n"),
        line=11,
        words=('application "r" is subordinate but specifies unit placement',),
    ),
    Case(
        id="9-negative",
        text=keystone().replace("num_units: 1", "num_units: -1", 1),
        line=7,
        words=("negative number of units specified", '"keystone"'),
    ),
    # 10 expose
    Case(
        id="10-both",
        text=keystone("    expose: true\n"),
        overlays=("applications:\n  keystone:\n    exposed-endpoints: {'': {expose-to-cidrs: [10.0.0.0/8]}}\n",),
        line=3,
        file="overlay-0.yaml",
        words=('exposed-endpoints cannot be specified together with "exposed:true"', "security risk"),
    ),
    Case(
        id="10-cidr",
        text=keystone(),
        overlays=("applications:\n  keystone:\n    exposed-endpoints:\n      '': {expose-to-cidrs: [10.0.0.0/99]}\n",),
        line=4,
        file="overlay-0.yaml",
        words=('invalid CIDR "10.0.0.0/99" for expose to CIDRs field for endpoint ""',),
    ),
    Case(
        id="10-endpoint",
        text=keystone(),
        overlays=("applications:\n  keystone:\n    exposed-endpoints:\n      identity-servce: {}\n",),
        line=4,
        file="overlay-0.yaml",
        words=('no endpoint "identity-servce"', 'did you mean "identity-service"'),
    ),
    # 11 overlay-only fields
    Case(
        id="11-offers",
        text=keystone("    offers: {o: {endpoints: [identity-service]}}\n"),
        line=9,
        words=("applications.keystone.offers can only appear in an overlay section",),
    ),
    Case(
        id="11-exposed",
        text=keystone("    exposed-endpoints: {'': {}}\n"),
        line=9,
        words=("applications.keystone.exposed-endpoints can only appear in an overlay section",),
    ),
    # 12 resources
    Case(
        id="12-kind",
        text=keystone("    resources: {policyd-override: true}\n"),
        line=9,
        words=('resource revision "true" is not int or string',),
    ),
    Case(id="12-name", text=keystone("    resources: {'': 3}\n"), line=9, words=("missing resource name",)),
    Case(id="12-file", text=keystone("    resources: {policyd-override: ./x.zip}\n"), line=9, words=("no file", "x.zip")),
    Case(
        id="12-unknown",
        text=keystone("    resources: {policyd-overide: 1}\n"),
        line=9,
        words=('no resource "policyd-overide"', 'did you mean "policyd-override"'),
    ),
    # 13 storage and devices
    Case(
        id="13-syntax",
        text=keystone("    storage: {data: 'a b'}\n"),
        line=9,
        words=('invalid storage "data"', '"a b"', "pool, count or size"),
    ),
    Case(id="13-twice", text=keystone("    storage: {data: '1,2'}\n"), line=9, words=("two values for its count",)),
    Case(id="13-zero", text=keystone("    storage: {data: '0,1G'}\n"), line=9, words=("0 instances",)),
    Case(id="13-unknown", text=keystone("    storage: {data: 1G}\n"), line=9, words=('no storage "data"',)),
    Case(id="13-device", text=keystone("    devices: {gpu: '-1,nvidia.com/gpu'}\n"), line=9, words=('invalid device "gpu"',)),
    Case(id="13-attribute", text=keystone("    devices: {gpu: '1,gpu,model'}\n"), line=9, words=("no key=value pair",)),
    Case(
        id="13-placed",
        text=keystone("  ceph-osd:\n    charm: ceph-osd\n    num_units: 1\n    to: ['1']\n    storage: {osd-devices: 1G}\n"),
        line=13,
        severity="warning",
        words=("asks for storage and places its units", "MAAS"),
    ),
    # 14 includes
    Case(
        id="14-missing",
        text=keystone("    options: {region: include-file://none.txt}\n"),
        line=9,
        words=('resolving include "include-file://none.txt"', "include file not found"),
    ),
    Case(
        id="14-folder",
        text=keystone("    options: {region: include-base64://.}\n"),
        line=9,
        words=("is a folder",),
    ),
    # 15 options
    Case(
        id="15-unknown",
        text=keystone("    options:\n      openstack-orgin: caracal\n"),
        line=10,
        words=(
            'configuration option "openstack-orgin" not found in charm "keystone"',
            'did you mean "openstack-origin"',
        ),
    ),
    Case(id="15-int", text=keystone("    options: {token-expiration: soon}\n"), line=9, words=("expected int", '"soon"')),
    Case(id="15-boolean", text=keystone("    options: {debug: maybe}\n"), line=9, words=("expected boolean", "true or false")),
    Case(id="15-string", text=keystone("    options: {region: 1}\n"), line=9, words=("expected string, got 1", 'quote it: "1"')),
    Case(
        id="15-string-yes",
        text=keystone("    options: {region: yes}\n"),
        line=9,
        words=("expected string, got true", "quote it"),
    ),
    # 16 annotations
    Case(
        id="16-number",
        text=keystone("    annotations: {gui-x: 790}\n"),
        line=9,
        severity="warning",
        words=('annotation "gui-x"', 'gui-x: "790"'),
    ),
    Case(id="16-list", text=keystone("    annotations: {a: [1]}\n"), line=9, words=("a list", '"a" in annotations')),
    # 17 constraints
    Case(
        id="17-comma",
        text=keystone("    constraints: cores=4,mem=16\n"),
        line=9,
        words=('invalid constraints "cores=4,mem=16"', "comma", "spaces"),
    ),
    Case(
        id="17-unknown",
        text=keystone("    constraints: memory=4G mme=4G\n"),
        line=9,
        words=('unknown constraint "memory"',),
    ),
    Case(
        id="17-small",
        text=keystone("    constraints: mem=16\n"),
        line=9,
        severity="warning",
        words=("mem=16 MiB", "did you mean mem=16G"),
    ),
    Case(id="17-number", text=keystone("    constraints: cores=four\n"), line=9, words=('"cores=four" must be a whole number',)),
    Case(id="17-word", text=keystone("    constraints: big\n"), line=9, words=('"big" is no key=value pair', "cores=4")),
    Case(id="17-twice", text=keystone("    constraints: mem=1G mem=2G\n"), line=9, words=('"mem" is given twice',)),
    Case(id="17-map", text=keystone("    constraints: {mem: 1G}\n"), line=9, words=('"constraints" is a mapping', "cores=4")),
    Case(id="17-image", text=keystone("    constraints: image-id=x\n"), line=9, words=("forbidden in a base bundle", "overlay")),
    Case(
        id="17-no-effect",
        text=keystone("    constraints: mem=1G\n").replace("['lxd:0']", "['0']"),
        line=9,
        severity="warning",
        words=("have no effect on units with placement", "constrain the machines"),
    ),
    Case(
        id="17-limits",
        text=keystone("    constraints: mem=1G\n"),
        line=9,
        severity="warning",
        words=("limit its containers and choose no machine", "constrain the machines"),
    ),
    # 18 bindings
    Case(
        id="18-endpoint",
        text=keystone("    bindings: {publik: a}\n"),
        line=9,
        words=('no endpoint or extra binding "publik"', 'did you mean "public"'),
    ),
    Case(id="18-null", text=keystone("    bindings: {'': }\n"), line=9, words=('binds "" to no space',)),
    Case(
        id="18-subset",
        text=keystone("    bindings: {'': a}\n  r:\n    charm: mysql-router\n    bindings: {'': b}\n")
        + "relations: [[keystone:shared-db, r:shared-db]]\n",
        line=12,
        words=('subordinate application "r" is bound to space b', 'principal "keystone" is not'),
    ),
    Case(
        id="18-subset-on-metal",
        text=keystone("    bindings: {'': a}\n  r:\n    charm: mysql-router\n    bindings: {'': b}\n").replace("lxd:0", "0")
        + "relations: [[keystone:shared-db, r:shared-db]]\n",
        line=12,
        severity="warning",
        words=('subordinate application "r" is bound to space b', "have an address there"),
    ),
    Case(
        id="18-host",
        text=keystone("    bindings: {public: b}\n").replace("'0': ,", "'0': {constraints: 'spaces=a,^b'},"),
        line=9,
        words=('binds "public" to space "b"', 'machine "0" is kept off'),
    ),
    # 19 relations
    Case(
        id="19-three",
        text=keystone() + "relations:\n- [keystone, vault, vault]\n",
        line=15,
        words=("has 3 endpoint(s), not 2",),
    ),
    Case(
        id="19-many",
        text=keystone() + "relations:\n- - keystone\n  - [vault]\n",
        line=15,
        words=("a relation is a pair", "one pair an entry"),
    ),
    Case(
        id="19-self",
        text=keystone() + "relations:\n- [keystone:a, keystone:b]\n",
        line=15,
        words=("relates an application to itself",),
    ),
    Case(
        id="19-twice",
        text=keystone() + "relations:\n- ['keystone:certificates', 'vault:certificates']\n"
        "- ['vault:certificates', 'keystone:certificates']\n",
        line=16,
        words=("defined more than once", ":15"),
    ),
    Case(
        id="19-twice-inferred",
        text=keystone() + "relations:\n- ['keystone:certificates', 'vault:certificates']\n- [vault, 'keystone:certificates']\n",
        line=16,
        words=("defined more than once", "keystone:certificates vault:certificates"),
    ),
    Case(
        id="19-unknown",
        text=keystone() + "relations:\n- [keystone, vualt]\n",
        line=15,
        words=('refers to application "vualt" not defined in this bundle', 'did you mean "vault"'),
    ),
    Case(
        id="19-syntax",
        text=keystone() + "relations:\n- ['keystone:a:b', vault]\n",
        line=15,
        words=("invalid relation syntax",),
    ),
    Case(
        id="19-ambiguous",
        text=keystone("  nova:\n    charm: nova-cloud-controller\n    num_units: 1\n    to: ['lxd:0']\n")
        + "  q:\n    charm: rabbitmq-server\n    num_units: 1\n    to: ['lxd:0']\nrelations:\n- [nova, q]\n",
        line=23,
        words=("cannot infer endpoint between nova and q", "could refer to", '"nova:amqp q:amqp"', '"nova:amqp-cell q:amqp"'),
    ),
    Case(
        id="19-none",
        text=keystone("  p:\n    charm: placement\n    num_units: 1\n    to: ['lxd:0']\n") + "relations:\n- [p, vault:secrets]\n",
        line=19,
        words=("cannot infer endpoint between p and vault:secrets", "no relations found"),
    ),
    Case(
        id="19-endpoint",
        text=keystone() + "relations:\n- ['keystone:certificate', vault]\n",
        line=15,
        words=('does not define relation "certificate"', 'did you mean "certificates"'),
    ),
    Case(
        id="19-provider",
        text=keystone() + "relations:\n- ['keystone:identity-service', 'vault:certificates']\n",
        line=15,
        words=("relates provider to provider",),
    ),
    Case(
        id="19-requirer",
        text=keystone() + "relations:\n- ['keystone:certificates', 'vault:shared-db']\n",
        line=15,
        words=("relates requirer to requirer",),
    ),
    Case(
        id="19-interface",
        text=keystone() + "relations:\n- ['keystone:shared-db', 'vault:certificates']\n",
        line=15,
        words=("mismatched interface", '("mysql-shared" vs "tls-certificates")'),
    ),
    Case(
        id="19-container",
        text=keystone("  m: {charm: manila, num_units: 0}\n  g: {charm: manila-ganesha, num_units: 0}\n")
        + "relations:\n- ['m:manila-plugin', g]\n",
        line=17,
        words=("attaches a subordinate to its principal", "neither application is a subordinate"),
    ),
    # 21 saas
    Case(
        id="21-name",
        text=keystone() + "saas:\n  vault: {url: 'a:admin/b.vault'}\n",
        line=15,
        words=('application "vault" already exists with SAAS "vault" name',),
    ),
    Case(id="21-url", text=keystone() + "saas:\n  db: {url: nonsense}\n", line=15, words=('invalid offer URL "nonsense"',)),
    Case(id="21-saas-name", text=keystone() + "saas:\n  D_B: {url: 'a/b.c'}\n", line=15, words=('invalid SAAS name "D_B"',)),
    # 22 trust
    Case(id="22-trust", text=keystone("    trust: maybe\n"), line=9, words=('trust "maybe"', "true or false")),
    # 23 revisions
    Case(
        id="23-channel",
        text=keystone("    revision: 7\n").replace("    channel: 2024.1/stable\n", ""),
        line=8,
        words=("with a revision requires a channel", "please use channel"),
    ),
    Case(
        id="23-url",
        text=keystone().replace("charm: keystone", "charm: ch:keystone-12"),
        line=5,
        words=('cannot specify revision in "ch:keystone-12", please use revision', '"revision: 12"'),
    ),
    Case(
        id="23-risk",
        text=keystone().replace("channel: 2024.1/stable", "channel: 2024.1/solid"),
        line=6,
        words=('invalid channel "2024.1/solid"', "stable, candidate, beta, edge"),
    ),
    Case(id="23-negative", text=keystone("    revision: -7\n"), line=9, words=("negative revision", "0 or more")),
    # 24 charms
    Case(id="24-local", text=keystone().replace("charm: keystone", "charm: ./k"), line=5, words=("does not exist", "/k;")),
    Case(id="24-url", text=keystone().replace("charm: keystone", "charm: 'http://k'"), line=5, words=("invalid charm URL",)),
    Case(id="24-series", text=keystone().replace("charm: keystone", "charm: ch:focal/keystone"), line=5, words=("as base",)),
    Case(id="24-empty", text=keystone().replace("charm: keystone", "charm: ''"), line=5, words=("empty charm path",)),
    Case(id="24-none", text=keystone().replace("    charm: keystone\n", ""), line=4, words=('"keystone" has no charm',)),
    Case(
        id="24-old-store",
        text=keystone().replace("charm: keystone", "charm: cs:~openstack-charmers/focal/keystone-9"),
        line=5,
        severity="warning",
        words=("closed charm store", '"keystone"'),
    ),
    Case(
        id="24-old-store-other",
        text=keystone().replace("charm: keystone", "charm: cs:~me/keystone"),
        line=5,
        words=("invalid charm URL", "successor"),
    ),
    # 25 metering plans
    Case(id="25-plan", text=keystone("    plan: canonical/x\n"), line=9, severity="warning", words=("metering plan", "remove")),
    # 26 anchors
    Case(
        id="26-alias",
        text="variables: {x: &x 1}\n" + keystone(),
        overlays=("applications:\n  keystone: {num_units: *x}\n",),
        line=2,
        file="overlay-0.yaml",
        words=("alias *x has no anchor in this document", "overlays cannot see the base's"),
    ),
    # 27 null bodies
    Case(
        id="27-null",
        text=keystone() + "  glance:\n",
        line=14,
        words=('base application "glance" has no body',),
    ),
    # 28 scalar placement
    Case(
        id="28-scalar",
        text=keystone().replace("['lxd:0']", "lxd:0"),
        line=8,
        severity="warning",
        words=('"to: lxd:0" is read as a list of one',),
    ),
    # keys
    Case(
        id="key-near",
        text=keystone("    contstraints: mem=1G\n"),
        line=9,
        words=('unknown key "contstraints" in application "keystone"', 'did you mean "constraints"'),
    ),
    Case(id="key-top", text=keystone() + "relation: []\n", line=14, words=('unknown key "relation"', 'did you mean "relations"')),
    Case(
        id="key-machine",
        text=keystone().replace("'0': ,", "'0': {serie: noble},"),
        line=2,
        words=('unknown key "serie" in machine "0"', 'did you mean "series"'),
    ),
    Case(id="key-twice", text=keystone("    charm: vault\n"), line=9, words=('duplicate key "charm", first on line 5',)),
    Case(
        id="key-deployer",
        text="base:\n  services: {a: {charm: keystone}}\ntrusty-icehouse:\n  inherits: base\n",
        line=1,
        words=("a file of juju-deployer, with the bundles base, trusty-icehouse", "one bundle a file"),
    ),
    Case(id="key-holder-typo", text="relation: [&x 1]\n" + keystone(), line=1, words=('did you mean "relations"',)),
    Case(id="key-services", text="services: {a: {charm: keystone}}\n", line=1, words=('rename it to "applications"',)),
    Case(id="key-shape", text=keystone("    options: [debug]\n"), line=9, words=('"options" is a list', "a mapping")),
    Case(id="kubernetes", text=keystone() + "bundle: kubernetes\n", line=14, words=("Kubernetes bundle has no machines",)),
    Case(id="type", text=keystone() + "bundle: docker\n", line=14, words=('invalid type "docker"',)),
    Case(
        id="placement-key",
        text=keystone("    placement: a=b\n"),
        line=9,
        words=("cannot specify both placement and to",),
    ),
    Case(id="scale-key", text=keystone("    scale: 2\n"), line=9, words=("cannot specify both scale and num_units",)),
    Case(id="empty", text="description: nothing\n", line=1, words=("at least one application must be specified",)),
    Case(id="offer-name", text=keystone(), overlays=(
        "applications:\n  keystone:\n    offers:\n      B_D: {endpoints: [identity-service]}\n",
    ), line=4, file="overlay-0.yaml", words=('invalid offer name "B_D"',)),
    Case(id="offer-endpoint", text=keystone(), overlays=(
        "applications:\n  keystone:\n    offers:\n      bd: {endpoints: [identity-servce]}\n",
    ), line=4, file="overlay-0.yaml", words=('invalid endpoint name "identity-servce" for offer "bd"', "did you mean")),
    Case(id="offer-acl", text=keystone(), overlays=(
        "applications:\n  keystone:\n    offers:\n      bd: {endpoints: [identity-service], acl: {bob: own}}\n",
    ), line=4, file="overlay-0.yaml", words=('"bob" the access "own"', "read, consume, admin")),
    Case(id="offer-acl-user", text=keystone(), overlays=(
        "applications:\n  keystone:\n    offers:\n      bd: {endpoints: [identity-service], acl: {'bob!': read}}\n",
    ), line=4, file="overlay-0.yaml", words=('invalid user name "bob!" in the acl of offer "bd"',)),
    # placeholders
    Case(id="placeholder-words", text=keystone("    options: {region: to-be-set}\n"), line=9, words=('"to-be-set"', '"region"')),
    Case(id="placeholder-dollar", text=keystone("    constraints: $CONSTRAINTS\n"), line=9, words=('"$CONSTRAINTS"',)),
    Case(id="placeholder-angle", text=keystone("    options: {region: <REGION_1>}\n"), line=9, words=('"<REGION_1>"',)),
    Case(id="placeholder-dunder", text=keystone("    options: {region: __REGION__}\n"), line=9, words=('"__REGION__"',)),
    Case(id="placeholder-site", text=keystone("    options: {region: '${region}'}\n"), line=9, words=("needs ${region}",)),
    # what runs where
    Case(
        id="base-mismatch",
        text=keystone("    base: ubuntu@22.04\n").replace("['lxd:0']", "['0']"),
        line=8,
        words=("ubuntu@22.04/stable", "ubuntu@24.04/stable", '"lxd:0"'),
    ),
    Case(
        id="release",
        text=keystone("    options: {openstack-origin: bobcat}\n"),
        line=9,
        words=('openstack-origin "bobcat"', "Ubuntu 24.04 does not have", "caracal"),
    ),
    Case(
        id="release-of-another-series",
        text=keystone("    options: {openstack-origin: 'cloud:jammy-caracal'}\n"),
        line=9,
        words=('"cloud:jammy-caracal"', "Ubuntu 24.04 does not have"),
    ),
    Case(
        id="release-by-default",
        text=keystone("  d: {charm: openstack-dashboard, num_units: 1, to: ['lxd:0']}\n"),
        line=9,
        severity="warning",
        words=("sets no openstack-origin", '"bobcat"', "set openstack-origin"),
    ),
    Case(
        id="cluster",
        text=keystone("  db: {charm: mysql-innodb-cluster, num_units: 2, to: ['lxd:0', 'lxd:1']}\n"),
        line=9,
        severity="warning",
        words=("has 2 unit(s)", "3 or more"),
    ),
    Case(
        id="unattached",
        text=keystone("  r:\n    charm: mysql-router\n"),
        line=9,
        severity="warning",
        words=("attached to no principal",),
    ),
    Case(
        id="unknown-charm",
        text=keystone().replace("charm: keystone", "charm: keystne"),
        line=5,
        severity="warning",
        words=('charm "keystne"', "not in the catalogue", 'did you mean "keystone"'),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_rule(case: Case, problems: Problems) -> None:
    found = problems(case.text, *case.overlays)
    matching = [p for p in found if all(word in p.message for word in case.words)]
    assert matching, f"wanted {case.words}, got:\n" + "\n".join(map(str, found))
    problem = matching[0]
    assert (problem.severity, problem.line) == (case.severity, case.line)
    assert problem.file.endswith(case.file)
    assert "\n" not in str(problem)
    assert str(problem).startswith(f"{problem.file}:{problem.line}: ")


def test_the_small_bundle_is_good(problems: Problems) -> None:
    assert list(problems(KEYSTONE)) == []


def test_every_numbered_rule_has_a_case() -> None:
    numbered = {int(case.id.split("-")[0]) for case in CASES if case.id[0].isdigit()}
    # 3 and 20 allow something instead of refusing it: test_bundle_merging, test_bundle_charms
    assert numbered == set(range(1, 29)) - {3, 20}


def test_all_problems_come_at_once(problems: Problems) -> None:
    text = keystone("    contstraints: mem=1G\n    options: {region: to-be-set}\n    channel: [a]\n") + "relations: [[a, b]]\n"
    found = problems(text.replace("'0': ,", "'0': {bas: x},"))
    assert {p.line for p in found if p.severity == "error"} >= {2, 9, 10, 11, 17}


def test_an_error_carries_its_problems_and_one_line_each(load: Callable[..., bundle.Bundle]) -> None:
    with pytest.raises(bundle.BundleErrors) as caught:
        load("applications:\n  a: {charm: a, num_unit: 1}\n  b: {charm: ''}\n")
    assert len(caught.value.problems) == 2
    assert str(caught.value).splitlines() == [str(p) for p in caught.value.problems]


def test_a_missing_file_is_one_clear_error(tmp_path) -> None:
    with pytest.raises(bundle.BundleErrors, match="cannot read the file: No such file"):
        bundle.load(tmp_path / "none.yaml")


def test_a_missing_overlay_is_an_error_too(write) -> None:
    with pytest.raises(bundle.BundleErrors, match=r"gone\.yaml: cannot read the file"):
        bundle.load(write(KEYSTONE), [write("{}", "o.yaml").with_name("gone.yaml")])


def test_spaces_that_no_network_provides(problems: Problems) -> None:
    found = problems(keystone("    bindings: {'': managment}\n"), spaces=["management", "external"])
    assert [(p.line, p.severity) for p in found] == [(9, "error")]
    assert 'which no network provides; did you mean "management"?' in found[0].message


def test_spaces_of_constraints_and_exposures_are_checked_too(problems: Problems) -> None:
    found = problems(
        KEYSTONE.replace("'0': ,", "'0': {constraints: 'spaces=managment,^external'},"),
        "applications: {keystone: {exposed-endpoints: {'': {expose-to-spaces: [outside]}}}}",
        spaces=["management", "external"],
    )
    assert sorted(p.line for p in found) == [1, 2]
    assert 'exposes "" to space "outside", which no network provides; there are external, management' in found[0].message


def test_an_image_is_allowed_in_an_overlay(problems: Problems) -> None:
    found = problems(
        KEYSTONE.replace("['lxd:0']", "[new]").replace("'0': , ", ""), "applications: {keystone: {constraints: image-id=x}}"
    )
    assert not [p for p in found if p.severity == "error"]
