"""Replays a recording against a fresh cloud."""

from __future__ import annotations

import asyncio
import json

from multidict import CIMultiDict, MultiDict

from simulator.openstack.call import Call

from ..reporting import Outcome
from .bench import Answer, Bench
from .comparing import Comparison
from .exchange import Exchange
from .setups import Setup


def replay(exchanges: list[Exchange], kind: type[Setup]) -> list[Outcome]:
    """Replays the exchanges of one file in order."""
    return asyncio.run(_replay(exchanges, kind))


async def _replay(exchanges: list[Exchange], kind: type[Setup]) -> list[Outcome]:
    bench = Bench()
    setup = kind(bench)
    setup.prepare()
    comparison = Comparison(bench.ids, kind.loose)
    outcomes = []
    for exchange in exchanges:
        if setup.skipped(exchange):
            continue
        bench.clock.advance(setup.pause(exchange))
        await setup.before(exchange)
        answer = await bench.ask(kind.area, _call(bench, setup, exchange))
        lines = _compare(setup, comparison, exchange, answer)
        await setup.after(exchange, answer)
        outcomes.append(Outcome(pair=exchange.name, request=exchange.asked, lines=lines))
    return outcomes


def _compare(setup: Setup, comparison: Comparison, exchange: Exchange, answer: Answer) -> list[str]:
    if exchange.status != answer.status:
        return [f"status: {exchange.status} != {answer.status} ({str(answer.body)[:300]})"]
    lines = comparison.headers(exchange.headers, answer.headers, setup.skipped_headers)
    if exchange.method == "HEAD":
        return lines
    return lines + comparison.differences(setup.recorded(exchange, answer), answer.body)


def _call(bench: Bench, setup: Setup, exchange: Exchange) -> Call:
    headers: CIMultiDict[str] = CIMultiDict(bench.translated(exchange.request_headers))
    if exchange.auth:
        headers[setup.token_header] = bench.token(exchange.auth)
    headers.setdefault("Accept", "*/*" if exchange.via == "sdk" else "application/json")
    body = setup.body(exchange)
    if body is None:
        request = bench.translated(exchange.request)
        body = request.encode() if isinstance(request, str) else json.dumps(request).encode() if request is not None else b""
    if body:
        headers.setdefault("Content-Type", "application/json")
    query = [(key, bench.translated(value)) for key, value in exchange.query]
    return Call(
        method=exchange.method,
        path=bench.translated(exchange.path),
        query=MultiDict(query),
        headers=headers,
        body=body,
        base=f"http://127.0.0.1:{setup.port}",
    )
