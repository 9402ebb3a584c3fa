"""Fuzzing in its short form, and payloads of every kind against a live server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fuzz import FRAMES, mutated, run
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import Closed, Launched, Peer
from judge.peer import encode, frame
from judge.shapes import wrong

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.fixed_dictionaries(
    {"type": st.sampled_from(["line", "ping", "complete", "hello", "board", ""]) | JSON},
    optional={"text": st.text(max_size=60) | JSON, "id": st.integers() | JSON, "version": JSON, "name": JSON},
)
PAYLOADS = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | FIELDS.map(lambda value: json.dumps(value).encode())
    | st.builds(mutated, st.sampled_from(FRAMES).map(lambda framed: framed[4:]), st.randoms(use_true_random=False))
)


@pytest.mark.timeout(120)
def test_some_thousand_executions() -> None:
    said: list[str] = []
    assert run(6_000, seed=11, say=said.append) == 0, said


@settings(max_examples=150)
@given(payloads=st.lists(PAYLOADS, min_size=1, max_size=8))
def test_payloads_get_documented_answers_and_the_connection_goes_on(live: Launched, payloads: list[bytes]) -> None:
    peer = live.join(None, "fuzz")
    try:
        for payload in payloads:
            if not 1 <= len(payload) <= 16_384:
                continue
            peer.send_payload(payload)
            try:
                got = peer.barrier()
            except Closed:
                assert peer.seen[-1]["type"] == "bye"
                assert peer.seen[-1]["reason"] in ("quit", "protocol")
                break
            for message in got:
                assert wrong(message) is None
                assert message.get("code") != "internal", (payload, message)
    finally:
        peer.close()
        live.peers.remove(peer)


@settings(max_examples=80)
@given(data=st.binary(max_size=64), cut=st.integers(0, 64))
def test_bytes_of_any_kind_are_answered_or_end_the_connection(live: Launched, data: bytes, cut: int) -> None:
    peer = live.peer(timeout=3.0)
    try:
        peer.send_bytes(data[:cut])
        peer.send_bytes(data[cut:])
        peer.sock.shutdown(1)
        _read_all(peer)
    finally:
        peer.close()
        live.peers.remove(peer)
    assert live.canaries is not None
    live.canaries.turn()


def _read_all(peer: Peer) -> None:
    try:
        while peer.sock.recv(65_536):
            pass
    except ConnectionError:
        pass


@settings(max_examples=40)
@given(
    texts=st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=6), chance=st.randoms(use_true_random=False)
)
def test_any_cutting_of_the_stream_is_the_same_to_a_live_server(live: Launched, texts: list[str], chance: Any) -> None:
    lines = [{"type": "complete", "text": text.replace("\0", ""), "id": n} for n, text in enumerate(texts, 1)]
    data = b"".join(encode(line) for line in lines) + frame(b'{"type":"ping","id":0}')
    answers = []
    for whole in (True, False):
        peer = live.join(None, "cuts")
        at = 0
        while at < len(data):
            step = len(data) if whole else chance.randint(1, 30)
            peer.send_bytes(data[at : at + step])
            at += step
        answers.append([m for m in peer.until("pong") if m["type"] == "completions"])
        peer.close()
        live.peers.remove(peer)
    assert [m["id"] for m in answers[0]] == [m["id"] for m in answers[1]] == [line["id"] for line in lines]
