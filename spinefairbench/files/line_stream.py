"""The lines of a file that is not trusted, plain or gzip, read as a stream and within limits.

Neither a decompression bomb nor a line that never ends takes more memory than the lines that are worth keeping.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.foreign_formats import foreign_format
from spinefairbench.files.reading import BYTE_ORDER_MARK, reason
from spinefairbench.problems import Problem, ProblemKind

__all__ = ["MAX_LINE_BYTES", "LineStream"]

MAX_LINE_BYTES: Final = 16 * 1024 * 1024

_MAX_BYTES: Final = 1024 * 1024 * 1024
_MAX_LINES: Final = 4_000_000
# A text of reports seldom shrinks to less than a tenth; deflate's limit is a thousandth.
_BOMB_BYTES: Final = 64 * 1024 * 1024
_BOMB_RATIO: Final = 200
_GZIP_MAGIC: Final = b"\x1f\x8b"
_BOM: Final = BYTE_ORDER_MARK.encode()


class LineStream:
    """The lines of a file as bytes, unpacked and counted.

    `name` is what messages call the file, `number` the number of the last line read (from 1), `packing` what to add
    to a description of the file (`, gzip` or nothing), `start` some of the file's first bytes. Reading raises `error` where the file cannot be read on or is
    beyond a limit; so does opening one that is packed twice or, by its first bytes, no text in UTF-8.
    """

    def __init__(self, name: str, raw: BinaryIO, error: type[SpineFairBenchError]) -> None:
        self.name = name
        self.number = 0
        self.packing = ""
        self._error = error
        self._bytes = 0
        self._ahead = b""
        self._packed = _CountingReader(raw)
        self._handle: io.BufferedReader = io.BufferedReader(self._packed)
        start = self._peek()
        if start[:2] == _GZIP_MAGIC:
            self.packing = ", gzip"
            self._handle = io.BufferedReader(gzip.GzipFile(fileobj=self._handle))
            start = self._peek()
        if self.packing and start[:2] == _GZIP_MAGIC:
            raise self._fault("compressed twice; expected text in one layer of gzip")
        foreign = foreign_format(start)
        if foreign is not None:
            raise self._fault(foreign)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:4]:
            raise self._fault("looks like UTF-16 or UTF-32; expected UTF-8 (save it as UTF-8)")
        if start.startswith(_BOM):
            self._handle.read(len(_BOM))
        self.start = start.removeprefix(_BOM)

    @property
    def place(self) -> str:
        """The last line read, as a message names it."""
        return f"{self.name}: line {self.number}"

    def first(self) -> bytes:
        """The first line that is not blank, unread; empty where there is none."""
        for line in self:
            if not line.isspace():
                self.number -= 1
                self._ahead = line
                return line
        return b""

    def pieces(self, limit: int) -> Iterator[bytes]:
        """All that is left, in pieces. Raises `error`, also where it is more than `limit` bytes."""
        # Blank lines that were skipped count in the line numbers of faults.
        if self.number or self._ahead:
            yield b"\n" * self.number + self._ahead
        while piece := self._read(lambda: self._handle.read(1024 * 1024)):
            self._count(piece, limit)
            yield piece

    def texts(self) -> Iterator[str]:
        """The lines as text. Raises `error` at the first that is not UTF-8."""
        for line in self:
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError as fault:
                raise self._fault(
                    f"not UTF-8 at byte {fault.start + 1} of the line (0x{line[fault.start]:02x}); "
                    "if it is Windows-1252 or Latin-1, save it as UTF-8",
                    line=self.number,
                ) from None

    def __iter__(self) -> Iterator[bytes]:
        while line := self._ahead or self._read_line():
            self._ahead = b""
            self.number += 1
            if self.number > _MAX_LINES:
                raise self._fault(f"more than {_MAX_LINES:,} lines; not read further")
            yield line

    def _read_line(self) -> bytes:
        line = self._read(lambda: self._handle.readline(MAX_LINE_BYTES))
        self._count(line, _MAX_BYTES)
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            raise self._fault(f"longer than {MAX_LINE_BYTES:,} bytes; not read further", line=self.number + 1)
        return line

    def _peek(self) -> bytes:
        return self._read(lambda: self._handle.peek(4))

    def _read(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except EOFError:
            problem = f"the gzip data is cut off after line {self.number}"
        except (zlib.error, gzip.BadGzipFile):
            problem = f"the gzip data is damaged after line {self.number}"
        except OSError as error:
            problem = f"cannot be read: {reason(error)}"
        raise self._fault(problem, kind=ProblemKind.UNREADABLE)

    def _count(self, piece: bytes, limit: int) -> None:
        self._bytes += len(piece)
        if self._bytes > limit:
            raise self._fault(f"more than {limit:,} bytes of text; not read further")
        if self.packing and self._bytes > max(_BOMB_BYTES, _BOMB_RATIO * self._packed.count):
            raise self._fault(
                f"unpacks to more than {_BOMB_RATIO} times its size ({self._bytes:,} bytes so far), as a "
                "decompression bomb does; not read further"
            )

    def _fault(
        self, message: str, *, line: int | None = None, kind: ProblemKind = ProblemKind.INVALID
    ) -> SpineFairBenchError:
        place = self.name if line is None else f"{self.name}: line {line}"
        return self._error(Problem(place, message, kind))


class _CountingReader(io.RawIOBase):
    """A stream that counts the bytes taken from it. Closing it leaves the stream below to whoever opened that."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)
