"""The backend's files: checkpoint, journal, locks, secrets, history."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import pathlib
from typing import Any

import pytest

from engine.errors import EngineError, StackNotFoundError
from engine.store import checkpoint, journal, passphrase, replay
from engine.store.backend import FileBackend, StackRef, open_backend

REF = StackRef("proj", "dev")
STACK = {"urn": "urn:pulumi:dev::proj::pulumi:pulumi:Stack::proj-dev", "custom": False, "type": "pulumi:pulumi:Stack"}


def resource(name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:dev::proj::t:t:T::{name}", "custom": True, "type": "t:t:T", "id": f"{name}-1", **more}


@pytest.fixture
def backend(tmp_path: pathlib.Path) -> FileBackend:
    backend = FileBackend(tmp_path)
    backend.create(REF, {"type": "passphrase", "state": {"salt": "s"}})
    return backend


def deployment(*resources: dict[str, Any], pending: list[Any] | None = None) -> dict[str, Any]:
    return {**checkpoint.empty(None), "resources": list(resources), "pending_operations": pending or []}


def test_a_checkpoint_reads_as_it_was_written(backend: FileBackend) -> None:
    backend.save(REF, deployment(STACK, resource("a")))
    document = json.loads(backend.path(REF).read_text())
    assert document["version"] == 3
    assert document["checkpoint"]["stack"] == "organization/proj/dev"
    loaded = backend.load(REF)
    assert loaded is not None
    assert loaded.deployment["resources"] == [STACK, resource("a")]
    checkpoint.verify(loaded.deployment)
    assert backend.path(REF).with_name("dev.json.bak").exists()


def test_features_raise_the_version(backend: FileBackend) -> None:
    backend.save(REF, deployment(resource("a", resourceHooks={"BeforeCreate": ["h"]})))
    document = json.loads(backend.path(REF).read_text())
    assert (document["version"], document["features"]) == (4, ["hooks"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is not a checkpoint"),
        ('{"version": 3, "checkpoint": {"st', "is not a checkpoint"),
        ('{"version": 99}', "unsupported checkpoint version 99"),
        ('{"version": 4, "features": ["views"]}', "features that this engine does not know: views"),
    ],
)
def test_a_damaged_checkpoint_is_named_and_left_alone(backend: FileBackend, text: str, complaint: str) -> None:
    backend.path(REF).write_text(text)
    with pytest.raises(EngineError, match=complaint):
        backend.load(REF)
    assert backend.path(REF).read_text() == text


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (resource("b", dependencies=["urn:x"]), "dependency urn:x is missing"),
        (resource("b", parent=resource("c")["urn"]), "comes after it"),
        (resource("b", provider="urn:pulumi:dev::proj::pulumi:providers:t::p::1"), "unknown provider"),
        ({"custom": True, "type": "t"}, "missing required 'urn'"),
        (resource("b", custom=False), "non-empty ID"),
    ],
)
def test_a_contradictory_state_is_refused(bad: dict[str, Any], complaint: str) -> None:
    with pytest.raises(EngineError, match=f"snapshot integrity error.*{complaint}"):
        checkpoint.verify(deployment(resource("a"), bad, resource("c")))


def test_a_foreign_magic_is_refused() -> None:
    with pytest.raises(EngineError, match="magic cookie"):
        checkpoint.verify({**deployment(), "manifest": {"version": "v1", "magic": "x"}})


def test_records_fold_to_a_deployment() -> None:
    fold = replay.Replay(deployment(resource("a"), resource("b"), resource("c")))
    fold.add({"kind": "begin", "op": 1, "pending": {"type": "creating", "resource": resource("d")}})
    assert [o["type"] for o in fold.deployment()["pending_operations"]] == ["creating"]
    fold.add({"kind": "success", "op": 1, "state": resource("d")})
    fold.add({"kind": "success", "op": 2, "same": 0, "removeOld": 0})
    fold.add({"kind": "success", "op": 3, "state": resource("b", id="b-2"), "deleteOld": 1})
    fold.add({"kind": "outputs", "op": 4, "state": resource("d", outputs={"x": 1}), "removeNew": 1})
    fold.add({"kind": "success", "op": 5, "removeOld": 2})
    names = [(r["id"], r.get("delete", False)) for r in fold.deployment()["resources"]]
    assert names == [("d-1", False), ("a-1", False), ("b-2", False), ("b-1", True)]
    assert fold.deployment()["resources"][0]["outputs"] == {"x": 1}


def test_a_failure_ends_what_was_pending_and_old_creates_stay_pending() -> None:
    old = {"type": "creating", "resource": resource("x")}
    fold = replay.Replay(deployment(pending=[old, {"type": "updating", "resource": resource("y")}]))
    fold.add({"kind": "begin", "op": 1, "pending": {"type": "deleting", "resource": resource("a")}})
    fold.add({"kind": "failure", "op": 1})
    assert fold.deployment()["pending_operations"] == [old]


def test_a_refresh_drops_what_names_the_gone() -> None:
    a, b = resource("a"), resource("b")
    child = resource("c", parent=b["urn"], dependencies=[a["urn"], b["urn"]], propertyDependencies={"p": [b["urn"]]})
    fold = replay.Replay(deployment(a, {**b, "parent": a["urn"]}, child))
    fold.add({"kind": "refreshed", "op": 1, "removeOld": 1})
    fold.add({"kind": "rebase"})
    kept = fold.deployment()["resources"]
    assert [r["id"] for r in kept] == ["a-1", "c-1"]
    assert kept[1]["dependencies"] == [a["urn"]]
    assert "propertyDependencies" not in kept[1]
    assert "parent" not in kept[1]


def test_aliases_rename_references_and_are_forgotten() -> None:
    new = resource("new", aliases=[resource("a")["urn"]])
    fold = replay.Replay(deployment(resource("a"), resource("b", dependencies=[resource("a")["urn"]])))
    fold.add({"kind": "success", "op": 1, "state": new, "removeOld": 0})
    kept = fold.deployment()["resources"]
    assert kept[1]["dependencies"] == [new["urn"]]
    assert "aliases" not in kept[0]


def _write_journal(backend: FileBackend, *records: dict[str, Any]) -> None:
    async def write() -> None:
        loaded = backend.load(REF)
        writer = journal.Journal(backend.journal_path(REF), loaded.deployment if loaded else {}, backend.digest(REF))
        for record in records:
            writer.append(record)
        await asyncio.gather(writer.sync(), writer.sync())

    asyncio.run(write())


_BEGIN = {"kind": "begin", "op": 1, "pending": {"type": "creating", "resource": resource("a")}}


def test_a_journal_left_behind_is_read_at_once_and_folded_under_the_lock(backend: FileBackend) -> None:
    _write_journal(backend, _BEGIN, {"kind": "success", "op": 1, "state": resource("a")}, {**_BEGIN, "op": 2})
    loaded = backend.load(REF)
    assert loaded is not None
    assert loaded.recovered
    assert backend.settle_journal(REF) == []
    assert not backend.journal_path(REF).exists()
    settled = backend.load(REF)
    assert settled is not None
    assert [r["id"] for r in settled.deployment["resources"]] == ["a-1"]
    assert [o["type"] for o in settled.deployment["pending_operations"]] == ["creating"]


def test_a_torn_last_line_counts_as_not_written(backend: FileBackend) -> None:
    _write_journal(backend, _BEGIN)
    with backend.journal_path(REF).open("a") as sink:
        sink.write('{"kind": "succ')
    loaded = backend.load(REF)
    assert loaded is not None
    assert len(loaded.deployment["pending_operations"]) == 1


def test_a_full_disk_tears_no_line_of_the_journal(backend: FileBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after a torn line could not be read, and with it what was done."""
    writer = journal.Journal(backend.journal_path(REF), {}, backend.digest(REF))
    writer.append(_BEGIN)
    whole = backend.journal_path(REF).read_bytes()
    write, left = os.write, [10]

    def full(file: int, data: Any) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = write(file, bytes(data)[: left[0]])
        left[0] -= done
        return done

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(EngineError, match=r"cannot write the journal .*dev\.journal: No space left on device"):
            writer.append({**_BEGIN, "op": 2})
    assert backend.journal_path(REF).read_bytes() == whole
    writer.append({**_BEGIN, "op": 3})
    assert journal.recover(backend.journal_path(REF)) is not None
    writer.remove()


def test_a_checkpoint_that_does_not_fit_leaves_the_one_before(backend: FileBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    backend.save(REF, deployment(STACK))
    text = backend.path(REF).read_text()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(EngineError, match=r"cannot write .*dev\.json: No space left on device"):
            backend.save(REF, deployment(STACK, resource("a")))
    assert backend.path(REF).read_text() == text
    assert list(backend.path(REF).parent.glob(".*.tmp")) == []


def test_a_damaged_journal_is_named(backend: FileBackend) -> None:
    _write_journal(backend, _BEGIN)
    with backend.journal_path(REF).open("a") as sink:
        sink.write("garbage\n{}\n")
    with pytest.raises(EngineError, match="damaged in line 3"):
        backend.load(REF)


def test_a_journal_overtaken_by_another_engine_is_set_aside(backend: FileBackend) -> None:
    _write_journal(backend, _BEGIN)
    backend.replace(REF, checkpoint.write(REF.full_name, deployment(STACK)), backup=True)
    loaded = backend.load(REF)
    assert loaded is not None
    assert loaded.deployment["resources"] == [STACK]
    warnings = backend.settle_journal(REF)
    assert len(warnings) == 1
    assert "::a" in warnings[0]
    assert list(backend.path(REF).parent.glob("*.orphan"))


def test_a_lock_keeps_others_out_and_explains_itself(backend: FileBackend) -> None:
    with backend.lock(REF), pytest.raises(EngineError, match=r"locked by 1 lock\(s\).*cancel"), backend.lock(REF):
        pass
    assert not backend.locked(REF)


def test_a_stale_lock_is_recognised(backend: FileBackend, tmp_path: pathlib.Path) -> None:
    with backend.lock(REF):
        (path,) = (tmp_path / ".pulumi" / "locks").rglob("*.json")
        owner = json.loads(path.read_text())
        assert owner["pid"] == os.getpid()
        path.write_text(json.dumps({**owner, "pid": 2**22 + 1}))
        with pytest.raises(EngineError, match="no longer running"), backend.lock(REF):
            pass
        assert backend.cancel(REF) == 1


def test_stacks_come_and_go(backend: FileBackend) -> None:
    assert backend.stacks("proj") == [REF]
    with pytest.raises(EngineError, match="already exists"):
        backend.create(REF, {})
    backend.record(REF, {"kind": "update"})
    assert backend.history(REF) == [{"kind": "update"}]
    backend.remove(REF)
    assert backend.stacks() == []
    assert backend.history(REF) == []
    with pytest.raises(StackNotFoundError, match="no stack named 'dev' found"):
        backend.require(REF, "proj")


@pytest.mark.parametrize(
    ("text", "result"),
    [("dev", StackRef("proj", "dev")), ("organization/other/x", StackRef("other", "x"))],
)
def test_stack_names(text: str, result: StackRef) -> None:
    assert StackRef.parse(text, "proj") == result


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("a b", "invalid character ' ' at position 1"), ("org/p/s", "must be 'organization'"), ("", "1 to 100")],
)
def test_wrong_stack_names(text: str, complaint: str) -> None:
    with pytest.raises(EngineError, match=complaint):
        StackRef.parse(text, "proj")


@pytest.mark.parametrize(("url", "complaint"), [("", "no state backend"), ("https://api.pulumi.com", "is not served")])
def test_other_backends_are_refused(url: str, complaint: str) -> None:
    with pytest.raises(EngineError, match=complaint):
        open_backend(url)


def test_the_passphrase_opens_what_it_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "_ROUNDS", 10)
    manager = passphrase.SecretsManager.create("p")
    sealed = manager.encrypt("hush")
    assert manager.encrypt("hush") == sealed
    assert "hush" not in sealed
    assert passphrase.SecretsManager.open("p", manager.salt).decrypt(sealed) == "hush"
    with pytest.raises(EngineError, match="incorrect passphrase"):
        passphrase.SecretsManager.open("q", manager.salt)
    with pytest.raises(EngineError, match="cannot be decrypted"):
        manager.decrypt("v1:AAAAAAAAAAAAAAAA:AAAA")
