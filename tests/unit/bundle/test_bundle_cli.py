"""`python -m bundle` and what it prints, draws and writes."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import bundle
from bundle import catalogue, cli, harvest

SITE = [
    "--with", "osd-devices=/dev/sdb",
    "--with", "data-ports=br-ex:eno2",
    "--with", "expected-osd-count=2",
    "--with", "ceph-replication-count=2",
]  # fmt: skip
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def base(bundles: Path) -> str:
    return str(bundles / "openstack-base.yaml")


def test_check_says_good_with_the_numbers(base: str, capsys) -> None:
    assert cli.main(["check", base, *SITE]) == 0
    out = capsys.readouterr().out
    assert "good: 26 applications, 23 + 12 subordinate units, 5 machines, 19 containers, 58 integrations" in out


def test_check_says_every_error_in_a_line(write, capsys) -> None:
    path = write("applications:\n  a: {charm: keystone, num_unit: 1}\n  b: {charm: ''}\nseries: nobel\n" + "x: 1\n" * 2)
    assert cli.main(["check", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(re.match(rf"{re.escape(str(path))}:\d+: ", line) for line in lines)


def test_errors_against_the_charms_end_check_with_1(write, capsys) -> None:
    path = write("applications: {a: {charm: keystone, num_units: 0, options: {nope: 1}}}")
    assert cli.main(["check", str(path)]) == 1
    assert ":1: cannot validate application" in capsys.readouterr().out


def test_show_prints_the_plan(base: str, capsys) -> None:
    assert cli.main(["show", base, *SITE, "--pool", "workers=w1,w2,w3", "--set", "keystone.debug=true"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"│ w3 +│ nova-compute/w3, ceph-osd/w3, \(ovn-chassis\)", out)
    assert re.search(r"│ keystone +│ +│ 2024.1/stable │ 1 +│ openstack-origin=caracal debug=true", out)
    assert re.search(r"│ +lxd +│ vault/0, \(vault-mysql-router\)", out)
    assert re.search(r"│ ceph-mon:osd +│ ceph-osd:mon +│ ceph-osd", out)


def test_diff_prints_what_differs(write, capsys) -> None:
    old = write(
        "applications: {k: {charm: keystone, num_units: 0, options: {debug: true}}, v: {charm: vault, num_units: 0}}", "a"
    )
    new = write(
        "applications: {k: {charm: keystone, num_units: 0, options: {debug: false}}, g: {charm: glance, num_units: 0}}", "b"
    )
    assert cli.main(["diff", str(old), str(new)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "- application v",
        "~ application k",
        "    options.debug: true -> false",
        "+ application g",
    ]
    assert cli.main(["diff", str(old), str(old)]) == 0
    assert "no difference" in capsys.readouterr().out


def test_diff_with_an_overlay_shows_what_the_overlay_adds(base: str, bundles: Path, capsys) -> None:
    assert cli.main(["diff", base, base, *SITE, "--overlay", str(bundles / "overlays/heat.yaml")]) == 1
    out = capsys.readouterr().out
    assert "+ unit heat/0" in out
    assert "+ container 2/lxd/heat-0" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "keystone=1"], "--set takes application.option=value"),
        (["--with", "osd"], "--with takes name=value"),
        (["--pool", "workers"], "--pool takes name=count"),
    ],
)
def test_wrong_use_is_one_line(base: str, capsys, words: list[str], said: str) -> None:
    assert cli.main(["check", base, *words]) == 2
    assert said in capsys.readouterr().out


def test_it_runs_as_a_module(write) -> None:
    path = write("applications: {k: {charm: keystone, num_units: 0}}")
    done = subprocess.run(
        [sys.executable, "-m", "bundle", "check", str(path)],
        capture_output=True, text=True, cwd=Path(bundle.__file__).parent.parent, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "good: 1 applications" in done.stdout


# the drawing


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    found = []
    for element in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        if element.get("x") and element.get("stroke-width") == "1.2":
            x, y, width, height = (float(element.get(key) or 0) for key in ("x", "y", "width", "height"))
            found.append((x, y, x + width, y + height))
    return found


@pytest.fixture(params=[2, 9])
def made(request, bundles: Path) -> bundle.Plan:
    site = bundle.Site(
        workers=[f"worker-{n}" for n in range(1, request.param + 1)],
        osd_devices=["/dev/sdb"],
        external_ports=["eno2"],
        expected_osd_count=2,
    )
    return bundle.expand(bundle.for_site(bundles / "openstack-base.yaml", site), bundle.Catalogue.builtin())


def test_everybody_is_in_the_drawing(made: bundle.Plan) -> None:
    drawn = texts(bundle.placement_svg(made, labels={"0": "control-1", "workers": "Trabalhadores"}, title="Onde <tudo> está"))
    assert {"Onde <tudo> está", "control-1", "1", "2", "worker-1", "Trabalhadores", "control"} <= set(drawn)
    counts = made.unit_counts()
    for unit in made.units:
        label = unit.application if counts[unit.application] == 1 else f"{unit.application}/{unit.index}"
        assert drawn.count(label) == 1
    assert sum(text.startswith("+ ") and "subordinate" not in text for text in drawn) == len(made.expected_units()) - len(
        made.units
    )


def test_no_two_units_overlap_and_all_are_on_the_page(made: bundle.Plan) -> None:
    svg = bundle.placement_svg(made)
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    found = boxes(svg)
    assert len(found) == len(made.units)
    for index, (left, top, right, bottom) in enumerate(found):
        assert 0 < left < right < width
        assert 0 < top < bottom < height
        for other in found[index + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_the_drawing_is_the_same_each_time(made: bundle.Plan) -> None:
    assert bundle.placement_svg(made) == bundle.placement_svg(made)


def test_the_words_can_be_another_languages(made: bundle.Plan) -> None:
    drawn = texts(bundle.placement_svg(made, notes={"storage": "armazenamento", "machines": "máquinas"}))
    assert "armazenamento" in drawn
    assert any("máquinas" in text for text in drawn)


def test_long_names_stay_in_their_boxes(plan) -> None:
    long = "a-service-whose-name-goes-on-and-on-until-there-is-no-room-for-it"
    machines = f"machines: {{'0': {{constraints: tags={long}}}}}\n"
    text = f"{machines}applications:\n  {long}: {{charm: heat, num_units: 2, to: [lxd:0, '0']}}\n"
    root = ElementTree.fromstring(bundle.placement_svg(plan(text), title=long + long))
    drawn = ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
    shown = [element.findtext(f"{SVG}title") and next(iter(element)).tail for element in root.iter(f"{SVG}text")]
    assert sum(long in text for text in drawn) == 4  # the title, the tags and both units, told where the pointer rests
    short = [text for text in shown if text]
    assert all("…" in text and len(text) < 60 for text in short)
    assert [text[-2:] for text in short if "/" in text] == ["/1", "/0"]


def test_a_name_that_needs_room_gets_it(plan) -> None:
    name = "new-glance-simplestreams-sync-0"
    made = plan("applications: {glance-simplestreams-sync: {charm: glance-simplestreams-sync, num_units: 1}}")
    svg = bundle.placement_svg(made)
    assert name in texts(svg)
    assert all(right - left > 268 for left, _, right, _ in boxes(svg))


def test_check_draws_when_asked(base: str, tmp_path: Path, capsys) -> None:
    assert cli.main(["check", base, *SITE, "--svg", str(tmp_path / "p.svg")]) == 0
    assert "keystone" in texts((tmp_path / "p.svg").read_text())


# the catalogue

STORE = {
    "name": "thing",
    "default-release": {
        "channel": {"track": "3", "risk": "stable"},
        "revision": {
            "revision": 42,
            "metadata-yaml": "name: thing\nsubordinate: true\nprovides: {out: {interface: http}}\nrequires:\n"
            "  host: {interface: juju-info, scope: container}\npeers: {mates: {interface: thing}}\n"
            "extra-bindings: {public: }\nstorage: {data: {type: block, minimum-size: 1G, multiple: {range: 0-}}}\n"
            "resources: {image: {type: file, filename: x}}\n",
            "config-yaml": "options: {size: {type: int, default: 3, description: words}, name: {type: string}}\n",
            "actions-yaml": "resize: {description: words, params: {to: {type: integer}}, required: [to]}\n",
        },
    },
}


@contextlib.contextmanager
def store(status: int = 200, body: bytes = json.dumps(STORE).encode()) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keeps the test's output clean."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_facts_come_from_the_store(tmp_path: Path, capsys) -> None:
    with store() as (url, asked):
        assert cli.main(["catalogue", "thing", "--store", url, "--channel", "3/stable", "--folder", str(tmp_path)]) == 0
    assert asked[0].startswith("/v2/charms/info/thing?fields=default-release.channel%2C")
    assert asked[0].endswith("&channel=3%2Fstable")
    charm = bundle.Catalogue.load(tmp_path / "thing.json").get("thing")
    assert charm == catalogue.Charm.model_validate(
        {
            "name": "thing",
            "source": {"repository": url, "revision": 42},
            "tracks": ["3"],
            "subordinate": True,
            "provides": {"out": {"interface": "http"}},
            "requires": {"host": {"interface": "juju-info", "scope": "container"}},
            "peers": {"mates": {"interface": "thing"}},
            "extra-bindings": ["public"],
            "options": {"size": {"type": "int", "default": 3}, "name": {}},
            "actions": {"resize": {"params": ["to"], "required": ["to"]}},
            "storage": {"data": {"minimum-size": "1G", "multiple": "0-"}},
            "resources": {"image": "file"},
        }
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 404}, 'answers 404 for charm "thing" in channel "default"'),
        ({"body": b"{}"}, "is not understood"),
        ({"body": b"no json"}, "is not understood"),
        ({"body": json.dumps({**STORE, "default-release": {**STORE["default-release"], "revision": {
            "revision": 1, "metadata-yaml": "name: other"}}}).encode()}, 'that is the charm "other"'),
    ],
)  # fmt: skip
def test_a_store_that_does_not_help_is_one_line(tmp_path: Path, capsys, answer: dict, said: str) -> None:
    with store(**answer) as (url, _):
        assert cli.main(["catalogue", "thing", "--store", url, "--folder", str(tmp_path)]) == 2
    out = capsys.readouterr().out
    assert said in out
    assert not list(tmp_path.iterdir())


def test_a_store_that_is_not_there(tmp_path: Path, capsys) -> None:
    with store() as (url, _):
        pass
    assert cli.main(["catalogue", "thing", "--store", url, "--folder", str(tmp_path)]) == 2
    assert f"cannot reach the store at {url}" in capsys.readouterr().out


def test_a_store_must_be_http(capsys) -> None:
    assert cli.main(["catalogue", "thing", "--store", "file:///etc"]) == 2
    assert "no http or https URL" in capsys.readouterr().out


def test_facts_come_from_a_checkout_over_its_layers(write, tmp_path: Path) -> None:
    write("requires: {certificates: {interface: tls-certificates}}\nname: layer\n", "layer/metadata.yaml")
    write("options: {debug: {type: boolean, default: false}, old: {type: string}}\n", "layer/config.yaml")
    write("pause: {}\nresume: {}\n", "layer/actions.yaml")
    write("name: mine\nrequires: {db: {interface: mysql}}\n", "mine/src/metadata.yaml")
    write("options: {size: {type: int}}\n", "mine/src/config.yaml")
    write("config: {deletes: [old]}\nactions: {deletes: [resume]}\n", "mine/src/layer.yaml")
    charm = harvest.from_source(tmp_path / "mine", "1", [tmp_path / "layer"])
    assert charm.name == "mine"
    assert set(charm.requires) == {"certificates", "db"}
    assert set(charm.options) == {"debug", "size"}
    assert set(charm.actions) == {"pause"}


def test_facts_come_from_a_single_charmcraft_file(write, tmp_path: Path) -> None:
    write(
        """
        name: mine
        provides: {api: {interface: http}}
        config: {options: {size: {type: int}}}
        actions: {go: {params: {far: {type: boolean}}}}
        """,
        "mine/charmcraft.yaml",
    )
    charm = harvest.from_source(tmp_path / "mine", "1")
    assert (set(charm.provides), set(charm.options), charm.actions["go"].params) == ({"api"}, {"size"}, ("far",))


def test_a_folder_without_a_charm(tmp_path: Path, capsys) -> None:
    assert cli.main(["catalogue", "mine", "--source", str(tmp_path), "--channel", "1/stable"]) == 2
    assert "no charm in" in capsys.readouterr().out
