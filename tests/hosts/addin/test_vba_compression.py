"""Compression of MS-OVBA, unpacked by the standard's rules and by oletools."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import decompress_stream
from tests.hosts.addin.vba_reader import unpacked

from duebook.hosts.addin.vba_compression import compressed

# MS-OVBA 3.2.1, 3.2.2, 3.2.3: text and container as published
PUBLISHED = [
    (b"abcdefghijklmnopqrstuv.", "0119B000 6162636465666768 00 696A6B6C6D6E6F70 00 7172737475762E"),
    (
        b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
        "012FB000 2361616162636465 82 660070616768696A0138 08 616B6C00306D6E6F70 06 710270041072737475 76"
        "10 7778797A003C",
    ),
    (b"a" * 73, "0103B002 614500"),
]


@pytest.mark.parametrize(("text", "container"), PUBLISHED)
def test_the_published_examples(text: bytes, container: str) -> None:
    """The reader of these tests reads them as printed; ours are as short (of equal copies ours are the nearest)."""
    assert unpacked(bytes.fromhex(container)) == text
    assert len(compressed(text)) == len(bytes.fromhex(container))
    assert unpacked(compressed(text)) == text


def test_what_does_not_repeat_and_what_repeats_come_out_as_printed() -> None:
    for text, container in (PUBLISHED[0], PUBLISHED[2]):
        assert compressed(text) == bytes.fromhex(container)


@given(st.text("Sub EndFunction()\r\n\"'=_ abcXYZ", max_size=9000).map(str.encode))
def test_text_round_trips(text: bytes) -> None:
    assert unpacked(compressed(text)) == text
    assert bytes(decompress_stream(bytearray(compressed(text)))) == text


@given(st.binary(max_size=3000))
def test_any_bytes_round_trip(data: bytes) -> None:
    assert unpacked(compressed(data)) == data


@pytest.mark.parametrize("size", [0, 1, 2, 3, 16, 17, 4095, 4096, 4097, 8191, 8192, 8193, 12288])
@pytest.mark.parametrize("pattern", [b"a", b"ab", b"Public Function DSO(Optional days)\r\n"])
def test_edges_of_chunks(size: int, pattern: bytes) -> None:
    text = (pattern * (size // len(pattern) + 1))[:size]
    assert unpacked(compressed(text)) == text
    assert bytes(decompress_stream(bytearray(compressed(text)))) == text


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_whole_chunks_that_do_not_shrink_are_stored(chunks: int) -> None:
    noise = random.Random(7).randbytes(4096 * chunks)
    made = compressed(noise)
    assert len(made) == 1 + 4098 * chunks
    assert unpacked(made) == noise and bytes(decompress_stream(bytearray(made))) == noise
    assert unpacked(compressed(noise + b"x" * 50)) == noise + b"x" * 50


@pytest.mark.parametrize("size", range(3636, 3646))
def test_a_partial_chunk_that_does_not_shrink_is_refused(size: int) -> None:
    """3,641 literals need 4,097 bytes with their flags; the standard would fill the chunk up with NULs."""
    noise = bytes(random.Random(1).choices(range(256), k=size))
    tokens = size + -(-size // 8)
    if tokens <= 4096:
        assert unpacked(compressed(noise)) == noise
    else:
        with pytest.raises(ValueError, match="does not shrink"):
            compressed(noise)
