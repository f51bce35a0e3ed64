"""The protocol: messages survive any splitting, and nothing that is no message gets past the decoder."""

from __future__ import annotations

import resource
import struct

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visgrad.recording.forms import Forms
from visgrad.recording.model import Argument, Bind, Call, Operation, Outcome, Output, Print, Span, Step, Summary
from visgrad.recording.stretch import Packer, stretch_of
from visgrad.worker.protocol import (
    MAX_FRAME,
    Array,
    Decoder,
    Fetch,
    Finished,
    FromWorker,
    Limits,
    Packed,
    ProtocolError,
    Ready,
    Run,
    Stop,
    ToWorker,
    encode,
)

OUTPUT = Output(0, Summary((2,), "float32", whole=bytes(8)), "leaf", True)
OPERATION = Operation(
    0, "tensor", (), (OUTPUT,), (Argument("data", -1, "[1, 2]"),), where=(Call("f", Span(1, 0, 1, 5)),)
)


def packed(steps: list[Step]) -> Packed:
    """The message of some steps."""
    return Packed(1, Packer().pack(stretch_of(steps, Forms())))


SAID: list[FromWorker] = [
    Ready(1, ("cpu",)),
    packed([OPERATION, Bind("w", 0, 1), Print("한글\n")]),
    Array(1, "float32", (2,), bytes(8)),
    Finished(1, Outcome("done", "", 0.1)),
]
ASKED: list[ToWorker] = [Run(1, "x = 1", limits=Limits(steps=5)), Stop(1), Fetch(1, 2, 3, "gradient")]


@given(st.lists(st.integers(1, 40), min_size=1))
def test_messages_survive_any_splitting(sizes: list[int]) -> None:
    data = b"".join(map(encode, SAID))
    decoder: Decoder[FromWorker] = Decoder(FromWorker)
    got: list[FromWorker] = []
    position = 0
    while position < len(data):
        size = sizes[position % len(sizes)]
        got += decoder.feed(data[position : position + size])
        position += size
    assert got == SAID


def test_messages_to_the_worker_survive_too() -> None:
    assert Decoder[ToWorker](ToWorker).feed(b"".join(map(encode, ASKED))) == ASKED


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_messages_or_an_error(data: bytes) -> None:
    for union in (FromWorker, ToWorker):
        decoder: Decoder[object] = Decoder(union)
        try:
            decoder.feed(struct.pack(">I", len(data)) + data)
            decoder.feed(data)
        except ProtocolError:
            continue


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SAID), st.integers(0), st.integers(0, 255), st.booleans())
def test_a_damaged_message_is_a_message_or_an_error(message: FromWorker, where: int, value: int, cut: bool) -> None:
    body = bytearray(encode(message)[4:])
    body[where % len(body)] = value
    if cut:
        del body[where % len(body) :]
    decoder: Decoder[FromWorker] = Decoder(FromWorker)
    try:
        for got in decoder.feed(struct.pack(">I", len(body)) + body):
            assert isinstance(got, FromWorker)
    except ProtocolError:
        return


@pytest.mark.parametrize(
    "body",
    [
        b"\x91" * 100_000 + b"\x00",
        b"\x82\xa4type\xa5steps\xa5steps" + b"\xdd\xff\xff\xff\xff",
        b"\x82\xa4type\xa5array\xa4data\xc6\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
    ],
    ids=["deep nesting", "a count of four billion", "bytes that do not follow", "a giant map", "a giant text"],
)
def test_a_message_that_promises_too_much_costs_nothing(body: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ProtocolError):
        Decoder[FromWorker](FromWorker).feed(struct.pack(">I", len(body)) + body)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_frame_over_the_bound_is_refused_by_its_header_alone() -> None:
    with pytest.raises(ProtocolError, match="larger than"):
        Decoder[FromWorker](FromWorker).feed(struct.pack(">I", MAX_FRAME + 1))


def test_messages_of_the_other_direction_are_refused() -> None:
    with pytest.raises(ProtocolError):
        Decoder[FromWorker](FromWorker).feed(encode(ASKED[0]))
    with pytest.raises(ProtocolError):
        Decoder[ToWorker](ToWorker).feed(encode(SAID[1]))


def test_messages_hold_values_only() -> None:
    """No message type leaves room for arbitrary objects."""
    info = msgspec.inspect.type_info(FromWorker)
    assert "AnyType" not in repr(info)


def test_half_a_character_becomes_a_question_mark() -> None:
    said = Decoder[FromWorker](FromWorker).feed(encode(packed([OPERATION, Print("a\ud800b"), Bind("w", 0)])))
    assert said == [packed([OPERATION, Print("a?b"), Bind("w", 0)])]
    assert Decoder[ToWorker](ToWorker).feed(encode(Run(1, "x = '\ud800'"))) == [Run(1, "x = '?'")]
