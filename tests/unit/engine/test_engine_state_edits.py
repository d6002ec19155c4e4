"""Editing a state by hand, copying and setting configuration, and destroying all but what is protected."""

from __future__ import annotations

import json
import pathlib
import shutil
from typing import Any

import pytest

from engine import edits
from engine.cli.main import main
from engine.errors import EngineError
from engine.protection import protected
from engine.state import from_json
from engine.store import checkpoint
from engine.store.backend import FileBackend, StackRef

TYPE = "pulumi-python:dynamic:Resource"
STACK = "urn:pulumi:dev::st::pulumi:pulumi:Stack::st-dev"
PROVIDER = "urn:pulumi:dev::st::pulumi:providers:pulumi-python::default"


def urn(name: str, *parents: str) -> str:
    return f"urn:pulumi:dev::st::{'$'.join([*parents, TYPE])}::{name}"


A, B, C, D = urn("a"), urn("b"), urn("c"), urn("d", TYPE)


def record(urn: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "custom": True, "type": TYPE, "id": urn[-1], "parent": STACK, "provider": f"{PROVIDER}::p1", **more}


@pytest.fixture
def records() -> list[dict[str, Any]]:
    """b and c need a, one by what it says and one by a property; d is a child of b; a and c are protected."""
    return [
        {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"},
        {"urn": PROVIDER, "custom": True, "type": "pulumi:providers:pulumi-python", "id": "p1"},
        record(A, protect=True),
        record(B, dependencies=[A]),
        record(C, propertyDependencies={"n": [A]}, protect=True),
        record(D, parent=B),
    ]


def left(records: list[dict[str, Any]]) -> list[str]:
    return [found["urn"] for found in records]


def remove(records: list[dict[str, Any]], *urns: str, dependents: bool = False, force: bool = False) -> None:
    chosen = [edits.locate(records, urn) for urn in urns]
    edits.remove(records, chosen, dependents=dependents, allow=lambda _: force)


def test_what_something_needs_is_not_removed(records: list[dict[str, Any]]) -> None:
    before = left(records)
    with pytest.raises(EngineError) as caught:
        remove(records, A, force=True)
    assert [name in str(caught.value) for name in ('"b"', '"c"', '"d"', "--target-dependents")] == [True] * 4
    assert left(records) == before


def test_dependents_go_along_when_asked(records: list[dict[str, Any]]) -> None:
    remove(records, A, dependents=True, force=True)
    assert left(records) == [STACK, PROVIDER]


def test_several_go_whatever_their_order(records: list[dict[str, Any]]) -> None:
    remove(records, B, D)
    assert left(records) == [STACK, PROVIDER, A, C]


@pytest.mark.parametrize("urn", [C, A])
def test_a_protected_one_stays_unless_forced(records: list[dict[str, Any]], urn: str) -> None:
    with pytest.raises(EngineError, match=r"it is protected\. Re-run this command with --force"):
        remove(records, urn, dependents=True)
    assert left(records)[2:] == [A, B, C, D]


def test_a_provider_carries_what_it_made(records: list[dict[str, Any]]) -> None:
    with pytest.raises(EngineError, match="resources depend on it"):
        remove(records, PROVIDER)


def test_of_two_images_the_one_that_is_to_go_may_be_removed(records: list[dict[str, Any]]) -> None:
    records.insert(3, record(A, id="old", delete=True))
    edits.remove(records, [records[3]], dependents=False, allow=lambda _: False)
    assert left(records) == [STACK, PROVIDER, A, B, C, D]
    assert records[2]["id"] == "a"


def test_a_name_that_two_records_have_is_ambiguous(records: list[dict[str, Any]]) -> None:
    records.append(record(C, id="old", delete=True))
    with pytest.raises(EngineError, match=r"(?s)ambiguously.*\n  c\n  old"):
        edits.locate(records, C)


def test_an_unknown_name_is_said_with_the_nearest(records: list[dict[str, Any]]) -> None:
    with pytest.raises(EngineError, match=rf"No such resource \"{urn('aa')}\"(?s:.*)Did you mean:\n  {A}"):
        edits.locate(records, urn("aa"))
    with pytest.raises(EngineError, match='"aa" is not a valid resource URN'):
        edits.locate(records, "aa")


def test_a_new_name_is_told_to_all_that_need_it(records: list[dict[str, Any]]) -> None:
    edits.rename(records, edits.locate(records, A), "e")
    edits.rename(records, edits.locate(records, B), "f")
    edits.rename(records, edits.locate(records, PROVIDER), "mine")
    by_urn = {found["urn"]: found for found in records}
    assert by_urn[urn("f")]["dependencies"] == [urn("e")]
    assert by_urn[C]["propertyDependencies"] == {"n": [urn("e")]}
    assert by_urn[D]["parent"] == urn("f")
    assert {found["provider"] for found in records[2:]} == {f"{PROVIDER.removesuffix('default')}mine::p1"}
    checkpoint.verify({"resources": records})


def test_a_name_that_is_taken_is_refused(records: list[dict[str, Any]]) -> None:
    with pytest.raises(EngineError, match="already existing resource"):
        edits.rename(records, edits.locate(records, A), "b")


def test_protection_keeps_what_the_protected_need(records: list[dict[str, Any]]) -> None:
    records[2].pop("protect")
    kept = protected([from_json(found, lambda text: text) for found in records])
    assert [found.urn for found in kept] == [STACK, PROVIDER, A, C]
    assert protected([from_json(found, lambda text: text) for found in records[:4]]) == []


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A project with an empty stack dev: making its key takes a moment, so it is made once."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "Pulumi.yaml").write_text("name: st\nruntime: python\n")
    (folder / "state").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        at(folder, patch)
        assert main(["stack", "init", "dev", "--no-select"]) == 0
    return folder


def at(folder: pathlib.Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PULUMI_BACKEND_URL", f"file://{folder / 'state'}")
    patch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")
    patch.setenv("PULUMI_STACK", "dev")
    patch.setenv("PULUMI_HOME", str(folder / "home"))
    patch.chdir(folder)


@pytest.fixture
def project(
    new: pathlib.Path, tmp_path: pathlib.Path, records: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> pathlib.Path:
    """A project whose stack dev has the records; commands take it as the selected one."""
    folder = tmp_path / "project"
    shutil.copytree(new, folder)
    at(folder, monkeypatch)
    backend = FileBackend(folder / "state")
    loaded = backend.load(StackRef("st", "dev"))
    assert loaded is not None
    backend.save(StackRef("st", "dev"), {**loaded.deployment, "resources": records})
    return folder


def stored(project: pathlib.Path) -> dict[str, dict[str, Any]]:
    loaded = FileBackend(project / "state").load(StackRef("st", "dev"))
    assert loaded is not None
    return {found["urn"]: found for found in loaded.deployment["resources"]}


@pytest.mark.parametrize(
    ("command", "said", "marked"),
    [
        (["unprotect", A], "1 resources unprotected", [C]),
        (["unprotect", "--all"], "All resources unprotected", []),
        (["protect", B, D], "2 resources protected", [A, B, C, D]),
    ],
)
def test_protection_is_set_and_taken(
    project: pathlib.Path, capsys: pytest.CaptureFixture[str], command: list[str], said: str, marked: list[str]
) -> None:
    assert main(["state", *command]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == said
    assert [urn for urn, found in stored(project).items() if found.get("protect")] == marked


def test_a_taint_raises_the_checkpoints_version_and_goes_again(project: pathlib.Path) -> None:
    path = FileBackend(project / "state").path(StackRef("st", "dev"))
    assert main(["state", "taint", B]) == 0
    assert stored(project)[B]["taint"] is True
    assert json.loads(path.read_text())["features"] == ["taint"]
    assert main(["state", "untaint", "--all"]) == 0
    assert json.loads(path.read_text())["version"] == 3


@pytest.mark.parametrize(
    "command",
    [
        ["unprotect", A, urn("zz")],
        ["unprotect"],
        ["remove", A, "--force"],
        ["rm", D, C],
        ["rename", A, "b"],
    ],
)
def test_a_refused_edit_changes_nothing(project: pathlib.Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    path = FileBackend(project / "state").path(StackRef("st", "dev"))
    before = path.read_bytes()
    assert main(["state", *command]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert path.read_bytes() == before
    assert main(["state", "unprotect", A]) == 0, "the lock is free again"


def test_removed_and_renamed(project: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["state", "delete", C, "--force"]) == 0
    assert main(["state", "rename", A, "e"]) == 0
    assert list(stored(project)) == [STACK, PROVIDER, urn("e"), B, D]
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-2:] == ["Resource deleted", "Resource renamed"]
    assert f"warning: deleting protected resource {C}" in printed.err


def test_where_all_is_protected_nothing_is_destroyed(project: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["state", "protect", "--all"])
    assert main(["destroy", "--yes", "--exclude-protected"]) == 0
    assert "There were no unprotected resources to destroy. There are still 6 protected" in capsys.readouterr().out
    assert main(["destroy", "--yes", "--exclude-protected", "--target", A]) == 1
    assert list(stored(project)) == [STACK, PROVIDER, A, B, C, D]


def test_several_values_are_set_at_once(project: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "set-all", "--plaintext", "a=1=2", "--secret", "st:s=hush", "--plaintext", "other:x=y"]) == 0
    assert main(["config", "set-all", "--path", "--plaintext", "l[0].k=true", "--secret", "l[1]=geheim"]) == 0
    assert "hush" not in (project / "Pulumi.dev.yaml").read_text()
    capsys.readouterr()
    assert main(["config", "--json", "--show-secrets"]) == 0
    printed = capsys.readouterr().out
    values = json.loads(printed)
    assert {key: entry.get("objectValue", entry["value"]) for key, entry in values.items()} == {
        "st:a": "1=2",
        "st:s": "hush",
        "other:x": "y",
        "st:l": [{"k": True}, "geheim"],
    }
    assert main(["config", "set-all", "--json", json.dumps({key: values[key] for key in ("st:s", "other:x")})]) == 0
    assert "hush" not in (project / "Pulumi.dev.yaml").read_text()


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--plaintext", "good=1", "--plaintext", "nonsense"], "must be in the form [key]=[value]"),
        (["--json", "x"], "could not parse --json argument"),
        (["--json", '{"st:a":{"value":"1"},"st:b":{"secret":true}}'], 'value for --json object key "st:b" is nil'),
        (["--json", "{}", "--path"], "the --json option cannot be used with"),
    ],
)
def test_where_one_value_is_wrong_none_is_set(
    project: pathlib.Path, capsys: pytest.CaptureFixture[str], flags: list[str], complaint: str
) -> None:
    before = (project / "Pulumi.dev.yaml").read_bytes()
    assert main(["config", "set-all", *flags]) == 1
    assert complaint in capsys.readouterr().err
    assert (project / "Pulumi.dev.yaml").read_bytes() == before


def test_configuration_is_copied_to_another_stack(project: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["config", "set-all", "--plaintext", "a=1", "--secret", "s=hush", "--plaintext", "b=2"])
    assert main(["stack", "init", "prod", "--no-select"]) == 0
    assert main(["config", "cp", "s", "--dest", "prod"]) == 0
    capsys.readouterr()
    main(["config", "--stack", "prod", "--show-secrets"])
    assert capsys.readouterr().out.split() == ["KEY", "VALUE", "s", "hush"]
    assert main(["config", "copy", "--dest", "prod"]) == 0
    main(["config", "--stack", "prod", "--show-secrets"])
    assert capsys.readouterr().out.split() == ["KEY", "VALUE", "a", "1", "b", "2", "s", "hush"]
    sealed = [(project / f"Pulumi.{name}.yaml").read_text().split("secure:")[1].split()[0] for name in ("dev", "prod")]
    assert sealed[0] != sealed[1]
    assert main(["config", "cp", "--dest", "dev"]) == 1
    assert main(["config", "cp", "none", "--dest", "prod"]) == 1
