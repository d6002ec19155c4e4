"""How checks run beside one another, what becomes of those that can't, and how the outcome is shown."""

from __future__ import annotations

import datetime
import io
import json
import pathlib
import stat
import subprocess
import sys
import threading
from typing import Any

import pytest
import rich.console

from clients.errors import ClientError
from config import Problem, SiteError
from preflight import outcome, report, running
from preflight.__main__ import choose, in_order, main
from preflight.catalogue import CHECKS
from preflight.checks import Check, Source, SourceError
from preflight.outcome import Result, Status
from preflight.sources import Sources


def failing(error: Exception) -> Any:
    def read() -> Any:
        raise error

    return Source(name="server", needs=(), read=read)


def check(name: str = "first", needs: tuple[str, ...] = ("server",), **changes: Any) -> Check:
    facts: dict[str, Any] = {"title": "it is well", "judge": lambda *values: [outcome.ok("", f"saw {values}")]}
    return Check(name=name, needs=needs, **{**facts, **changes})


def results(checks: list[Check], *sources: Source, **options: Any) -> dict[str, Result]:
    return {result.name: result for result in running.run(checks, Sources(sources, {}), **options)}


def said(result: Result) -> str:
    return "\n".join(map(str, result.findings))


def test_a_source_is_read_once_for_all() -> None:
    asked = []
    source = Source(name="server", needs=(), read=lambda: asked.append(1) or 7)  # type: ignore[func-returns-value]
    found = results([check("first"), check("second"), check("third")], source)
    assert [said(result) for result in found.values()] == ["saw (7,)"] * 3
    assert len(asked) == 1


def test_the_owner_of_a_failed_source_fails_and_the_others_point_to_it() -> None:
    broken = failing(SourceError("the server is away", "start it"))
    found = results([check("first", owns=("server",)), check("second")], broken)
    assert (found["first"].status, said(found["first"])) == (Status.FAILED, "the server is away; start it")
    assert (found["second"].status, said(found["second"])) == (Status.SKIPPED, "it needs what first could not find out")


def test_what_hangs_on_a_failed_source_points_to_the_same_owner() -> None:
    above = Source(name="above", needs=("server",), read=lambda value: value)
    found = results([check("first", owns=("server",)), check("second", ("above",))], failing(ClientError("no route")), above)
    assert found["second"].status is Status.SKIPPED
    assert said(found["second"]).endswith("first could not find out")


def test_a_client_s_error_gets_the_check_s_hint() -> None:
    found = results([check(owns=("server",), hint="see that it runs")], failing(ClientError("no route\nmore lines")))
    assert said(found["first"]) == "no route; see that it runs"


def test_every_problem_of_a_site_is_a_finding() -> None:
    problems = [Problem("workers[0].mac", "'x'", "write it so"), Problem("networks.bmc", "", "is missing")]
    found = results([check(owns=("server",))], failing(SiteError(problems)))
    assert said(found["first"]) == "workers[0].mac: 'x'; write it so\nnetworks.bmc: is wrong; is missing"


def test_a_check_that_breaks_fails_in_one_line() -> None:
    found = results([check(needs=(), judge=lambda: 1 / 0), check("second", ())])
    assert found["first"].status is Status.FAILED
    assert said(found["first"]).startswith("the check itself broke (ZeroDivisionError: division by zero)")
    assert "Traceback" not in said(found["first"])
    assert found["second"].status is Status.OK


def test_optional_sources_are_none_when_they_fail() -> None:
    found = results([check(needs=(), may=("server",))], failing(ClientError("away")))
    assert said(found["first"]) == "saw (None,)"


def test_a_check_that_hangs_fails_at_its_deadline_and_names_what_it_waited_for() -> None:
    gate = threading.Event()
    hangs = check("hangs", (), judge=lambda: [outcome.ok("", str(gate.wait(60)))])
    try:
        found = results([hangs, check("second", ())], deadline=0.3)
    finally:
        gate.set()
    assert found["second"].status is Status.OK
    assert "no answer within 0.3 s (it is well)" in said(found["hangs"])


def test_what_waits_for_a_server_that_hangs_points_to_its_owner() -> None:
    gate = threading.Event()
    server = Source(name="server", needs=(), read=lambda: gate.wait(60))
    above = Source(name="above", needs=("server",), read=lambda value: value)
    try:
        found = results([check("first", owns=("server",)), check("second", ("above",))], server, above, deadline=0.3)
    finally:
        gate.set()
    assert found["first"].status is Status.FAILED
    assert (found["second"].status, said(found["second"])) == (Status.SKIPPED, "it needs what first could not find out")


def test_a_result_is_as_bad_as_its_worst_finding() -> None:
    findings = (outcome.skipped("", "b"), outcome.ok("", "a"))
    assert Result(name="x", findings=findings).status is Status.OK
    assert Result(name="x", findings=(*findings, outcome.warning("", "c", "d"))).status is Status.WARNING
    assert (
        Result(name="x", findings=(*findings, outcome.failed("", "c", "d"), outcome.warning("", "c", "d"))).status
        is Status.FAILED
    )


SOME = (
    Result(name="maas", findings=(outcome.ok("here", "well"),)),
    Result(
        name="bmc", findings=(outcome.failed("workers[0].bmc", "hunter2-secret is refused", "correct it"), outcome.ok("", "x"))
    ),
    Result(name="clocks", findings=(outcome.skipped("", "nobody tells"),)),
)


def test_lines_for_a_pipe_are_stable() -> None:
    assert report.lines(SOME) == [
        "maas\tok\there: well",
        "bmc\tfailed\tworkers[0].bmc: hunter2-secret is refused; correct it",
        "clocks\tskipped\tnobody tells",
    ]
    assert report.lines(SOME, brief=True) == ["bmc\tfailed\tworkers[0].bmc: hunter2-secret is refused; correct it"]
    assert report.summary(SOME, 1.24) == "pre-flight: 3 checks in 1.2 s: 1 ok, 1 failed, 1 skipped"


def test_the_table_has_a_row_a_finding() -> None:
    console = rich.console.Console(width=120, record=True, file=io.StringIO())
    report.table(SOME, console)
    rows = [line.split() for line in console.export_text().splitlines()]
    assert [row[:2] for row in rows] == [["maas", "ok"], ["bmc", "failed"], ["clocks", "skipped"]]


def test_the_report_is_its_owner_s_alone_and_holds_no_secret(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "deep" / "report.json"
    clean = report.without(SOME, {"hunter2-secret"})
    report.save(path, report.document(clean, "lab", 1.0, datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "hunter2" not in path.read_text()
    found = json.loads(path.read_text())
    assert (found["stack"], found["passed"], found["counts"]["failed"]) == ("lab", False, 1)
    assert found["checks"][1]["findings"][0] == {
        "status": "failed", "place": "workers[0].bmc", "said": "[secret] is refused", "mend": "correct it",
    }  # fmt: skip
    assert list(path.parent.iterdir()) == [path]


def test_checks_are_chosen_by_name() -> None:
    assert [c.name for c in choose(["maas", "bmc"], [])] == ["maas", "bmc"]
    assert len(choose([], ["bmc"])) == len(CHECKS) - 1
    with pytest.raises(ValueError, match="there is no check bmcs; there are: stack, site"):
        choose(["bmcs"], [])


def test_results_are_in_the_catalogue_s_order() -> None:
    assert [result.name for result in in_order(reversed(SOME))] == ["maas", "bmc", "clocks"]


@pytest.mark.parametrize(
    "words", [[], ["--stack", "dev", "--only", "nothing"], ["--stack", "dev", "--deadline", "0"], ["--stack", "dev", "--what"]]
)
def test_a_wrong_command_line_is_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m preflight")


def test_every_name_is_a_check_s_own_and_every_need_has_a_source() -> None:
    from preflight.catalogue import sources

    names = [c.name for c in CHECKS]
    known = {source.name for source in sources(pathlib.Path())} | {"name"}
    assert len(names) == len(set(names))
    assert {need for c in CHECKS for need in (*c.needs, *c.may, *c.owns)} <= known
    assert {need for source in sources(pathlib.Path()) for need in source.needs} <= known


def test_the_checks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [c.name for c in CHECKS]


def test_help_is_quick_and_needs_no_server(tmp_path: pathlib.Path) -> None:
    root = pathlib.Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-m", "preflight", "--help"], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    assert "changes nothing" in done.stdout
