"""Which encoding a text file is in, decided from all of its bytes, and the file as plain UTF-8.

An encoding is chosen only if it decodes the whole file: a byte that does not fit is an error with its line, never a
replacement character. Order: byte order mark, the pattern of zero bytes (UTF-16/32), strict UTF-8, then GB18030,
Big5 or Windows-1252 by how plausible the decoded characters are.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duebook.core.errors import DuebookError

CHUNK = 4 << 20
_EVIDENCE = 512 << 10
"""Bytes of non-ASCII lines that are enough to judge an encoding by."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16LE",
    "utf-16-be": "UTF-16BE",
    "utf-32-le": "UTF-32LE",
    "utf-32-be": "UTF-32BE",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp1252": "Windows-1252",
}
# GB18030 contains GB2312 and GBK; Windows-1252 contains the printable part of Latin-1. Files are labelled loosely.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "iso8859-1": "cp1252", "utf-8-sig": "utf-8"}

_LEDGER_WORDS = [
    "客户",
    "客戶",
    "发票",
    "發票",
    "金额",
    "金額",
    "日期",
    "到期",
    "币种",
    "幣別",
    "编码",
    "編號",
    "名称",
    "名稱",
    "公司",
    "应收",
    "應收",
    "付款",
    "余额",
    "備註",
    "备注",
]
_ADVICE = "GB18030, Big5, windows-1252, windows-1251, shift_jis, euc_kr"


@dataclass(frozen=True)
class Encoding:
    """`codec` is Python's name; `mark` the length of the byte order mark; `given` when the user named it."""

    codec: str
    mark: int = 0
    given: bool = False

    @property
    def label(self) -> str:
        return _NAMES.get(self.codec, self.codec)


def decide(path: Path, wanted: str | None = None) -> Encoding:
    """The encoding of the file; `wanted` is the user's word for it. Raises DuebookError where none fits."""
    with path.open("rb") as file:
        start = file.read(CHUNK)
    for mark, codec in _MARKS:
        if start.startswith(mark):
            marked = Encoding(codec, len(mark))
            break
    else:
        marked = None
    if wanted is not None:
        codec = _known(path, wanted)
        if marked and marked.codec.startswith(codec):  # "utf-16" leaves the byte order to the mark
            return Encoding(marked.codec, marked.mark, given=True)
        return Encoding({"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(codec, codec), given=True)
    if marked:
        return marked
    if b"\0" in start:
        return _wide(path, start)
    return _narrow(path)


def _known(path: Path, wanted: str) -> str:
    """Python's name of the encoding that the user asks for."""
    try:
        codec = codecs.lookup(wanted).name
        ",".encode(codec)  # raises LookupError for what is no text encoding, such as base64
    except (LookupError, UnicodeError) as error:
        raise DuebookError(
            "ledger_files.unknown_codec", file=path.name, encoding=wanted, advice=f"UTF-8, {_ADVICE}"
        ) from error
    return _WIDER.get(codec, codec)


def _wide(path: Path, start: bytes) -> Encoding:
    """UTF-16 or UTF-32 without a mark, by where the zero bytes stand; otherwise the file is no text."""
    size = path.stat().st_size
    zeros = [start[place::4].count(0) for place in range(4)]
    quarter = max(len(start) // 4, 1)
    if size % 4 == 0 and zeros[3] == quarter and zeros[2] > quarter * 0.9 and zeros[0] < quarter * 0.1:
        return Encoding("utf-32-le")
    if size % 4 == 0 and zeros[0] == quarter and zeros[1] > quarter * 0.9 and zeros[3] < quarter * 0.1:
        return Encoding("utf-32-be")
    if size % 2 == 0:
        even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
        # Delimiters, digits and line ends have a zero high byte in every language; a zero low byte is rare (U+4E00).
        if odd > 8 * even and odd > len(start) // 200:
            return Encoding("utf-16-le")
        if even > 8 * odd and even > len(start) // 200:
            return Encoding("utf-16-be")
    raise DuebookError("ledger_files.not_text", file=path.name)


def _narrow(path: Path) -> Encoding:
    """UTF-8 or one of the older encodings. The whole file is looked at: one foreign byte in its last line counts."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    utf8, clean, evidence, gathered, carry = True, True, [], 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise DuebookError("ledger_files.not_text", file=path.name)
            if chunk.isascii() and clean and not carry:
                continue
            if utf8:
                try:
                    decoder.decode(chunk)
                    clean = not decoder.getstate()[0]
                except UnicodeDecodeError:
                    utf8, clean = False, True
            if gathered < _EVIDENCE:
                *lines, carry = (carry + chunk).splitlines()
                found = [line for line in lines if not line.isascii()]
                evidence += found
                gathered += sum(map(len, found))
                carry = b"" if carry.isascii() else carry
    if utf8 and clean:
        return Encoding("utf-8")
    if carry:
        evidence.append(carry)
    return _judged(path, evidence)


def _judged(path: Path, evidence: list[bytes]) -> Encoding:
    """The encoding in which the non-ASCII lines read as language."""
    if _fitting(evidence, "utf-8") > 0.5:  # UTF-8 with damage; any other reading would be garbage in every line
        line, value = _first_bad(path, "utf-8")
        raise DuebookError("ledger_files.bad_byte", file=path.name, line=line, encoding="UTF-8", value=value)
    chinese = [(_chinese(evidence, codec, table), codec) for codec, table in (("gb18030", "gb2312"), ("big5", "big5"))]
    score, codec = max(chinese, key=lambda found: found[0])
    if score >= 0.5:
        if _fitting(evidence, codec) < 1:
            line, value = _first_bad(path, codec)
            raise DuebookError("ledger_files.bad_byte", file=path.name, line=line, encoding=_NAMES[codec], value=value)
        return Encoding(codec)
    if _western(evidence):
        return Encoding("cp1252")
    raise DuebookError("ledger_files.unknown_encoding", file=path.name, advice=_ADVICE)


def _fitting(evidence: list[bytes], codec: str) -> float:
    """Share of the lines that decode."""

    def fits(line: bytes) -> bool:
        try:
            line.decode(codec)
        except UnicodeDecodeError:
            return False
        return True

    return sum(map(fits, evidence)) / max(len(evidence), 1)


def _chinese(evidence: list[bytes], codec: str, table: str) -> float:
    """0…1: how Chinese the lines read in `codec`: the share of everyday characters, ledger words making it sure.

    Every byte pair of a French or German text is some rare character in GB18030; everyday ones stand in the first
    half of GB2312 (and of Big5), which only 4 % of random pairs hit.
    """
    if _fitting(evidence, codec) < 0.9:
        return 0.0
    text = b"\n".join(evidence).decode(codec, "ignore")
    foreign = [letter for letter in text if letter >= "\x80"]
    if not foreign:
        return 0.0
    share = sum(1 for letter in foreign if _everyday(letter, table)) / len(foreign)
    words = sum(text.count(word) for word in _LEDGER_WORDS)
    return share + (0.5 if words * 50 >= len(foreign) else 0.0) - (0.1 if table == "big5" else 0.0)


def _everyday(letter: str, table: str) -> bool:
    try:
        lead = letter.encode(table)[0]
    except UnicodeEncodeError:
        return False
    # Punctuation and full-width forms, then the characters in everyday use (level 1 of each standard).
    return 0xA1 <= lead <= 0xA3 or (0xB0 <= lead <= 0xD7 if table == "gb2312" else 0xA4 <= lead <= 0xC6)


def _western(evidence: list[bytes]) -> bool:
    """Whether the lines read as a Western language in Windows-1252: accents are single and stand among ASCII letters.

    Cyrillic, Greek, Thai or Korean text in its own encoding has long runs of high bytes and is not taken for Western.
    """
    if _fitting(evidence, "cp1252") < 1:
        return False
    text = b"\n".join(evidence).decode("cp1252")
    runs = re.findall("[\x80-\U0010ffff]+", text)
    letters = "".join(runs)
    plausible = sum(1 for letter in letters if letter.isalpha() or letter in "€£§°º ª·«»–—‘’“”„…•™®©±²³¢¥½¼¾¿¡´¨¬")
    return plausible >= 0.9 * len(letters) and len(letters) <= 1.6 * len(runs)


def _first_bad(path: Path, codec: str) -> tuple[int, str]:
    """Line and bytes of the first place that `codec` cannot decode."""
    lines = 1
    with path.open("rb") as file:
        for line in file:  # no encoding judged here uses the line feed byte inside a character
            try:
                line.decode(codec)
            except UnicodeDecodeError as error:
                return lines, line[error.start : error.start + 4].hex(" ").upper()
            lines += 1
    return lines, ""


def decoded(path: Path, encoding: Encoding) -> Iterator[str]:
    """The text in pieces, strictly decoded. Raises DuebookError with the line of the first byte that does not fit."""
    decoder = codecs.getincrementaldecoder(encoding.codec)("strict")
    lines, returns = 1, 1
    with path.open("rb") as file:
        file.seek(encoding.mark)
        final = False
        while not final:
            chunk = file.read(CHUNK)
            final = not chunk
            try:
                text = decoder.decode(chunk, final)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding.codec, "ignore")
                line = lines + before.count("\n") if lines > 1 or "\n" in before else returns + before.count("\r")
                raise DuebookError(
                    "ledger_files.bad_byte",
                    file=path.name,
                    line=line,
                    encoding=encoding.label,
                    value=error.object[error.start : error.start + 4].hex(" ").upper(),
                ) from error
            if "\0" in text:
                raise DuebookError("ledger_files.not_text", file=path.name)
            lines += text.count("\n")
            returns += text.count("\r")
            if text:
                yield text


def as_utf8(path: Path, encoding: Encoding, copy: Path) -> Path:
    """The file itself if it is UTF-8 already (its byte order mark may stay), else a UTF-8 copy at `copy`."""
    if encoding.codec == "utf-8":
        if encoding.mark or encoding.given:  # otherwise `decide` has decoded it all
            for _ in decoded(path, encoding):
                pass
        return path
    with copy.open("wb") as file:
        for text in decoded(path, encoding):
            file.write(text.encode("utf-8"))
    return copy
