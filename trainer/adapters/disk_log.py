"""What a SQLite file's writes and fsyncs were, in order: the material of a simulated power cut.

`install` puts a thin layer under the SQLite library of *this* process, between it and the file system: every
write, truncation and fsync goes on as it was, and is noted with its time and bytes. Nothing above it knows.
It needs the library to be a shared one, as it is in Debian's and pyenv's Python; elsewhere `install` says no.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEAD = struct.Struct("<cqqiH")
"""Kind, start (monotonic ns), offset, length of the data, length of the name."""
_OK = 0
_LIBRARY = "libsqlite3"


class NoSharedLibrary(RuntimeError):
    """Python's SQLite is built in: nothing can be put under it."""


@dataclass(frozen=True)
class Entry:
    """One thing done to a file.

    Attributes:
        kind: ``w`` write, ``t`` truncate (to `offset`), ``s`` fsync, ``d`` delete.
        at: When it began, in nanoseconds of the machine's monotonic clock.
        name: The file's path.
    """

    kind: str
    at: int
    name: str
    offset: int = 0
    data: bytes = b""


def read_log(file: Path) -> Iterator[Entry]:
    """Read the entries of a log; a last one that is not whole is left out."""
    raw = file.read_bytes()
    at = 0
    while at + _HEAD.size <= len(raw):
        kind, began, offset, length, name_length = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        if at + name_length + length > len(raw):
            return
        name = raw[at : at + name_length].decode()
        data = raw[at + name_length : at + name_length + length]
        at += name_length + length
        yield Entry(kind.decode(), began, name, offset, data)


# -- the layer -------------------------------------------------------------------------------------------------

_Pointer = ctypes.c_void_p
_Close = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int)
_Open = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, _Pointer, ctypes.c_int, ctypes.POINTER(ctypes.c_int))
_Delete = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_char_p, ctypes.c_int)


class _Methods(ctypes.Structure):
    """``sqlite3_io_methods``; what is not named here goes straight to the file system's own functions."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("close", _Close),
        ("read", _Pointer),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("rest", _Pointer * 13),
    )


class _File(ctypes.Structure):
    """``sqlite3_file``."""

    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs``."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", _Pointer),
        ("name", ctypes.c_char_p),
        ("data", _Pointer),
        ("open", _Open),
        ("delete", _Delete),
        ("rest", _Pointer * 16),
    )


class _Layer:
    """The layer of this process; lives as long as the process."""

    def __init__(self, library: ctypes.CDLL, log: Path, wanted: Callable[[str], bool]) -> None:
        self._log = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._wanted = wanted
        self._names: dict[int, str] = {}
        self._lock = threading.Lock()
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        library.sqlite3_vfs_find.argtypes = (ctypes.c_char_p,)
        library.sqlite3_vfs_register.argtypes = (ctypes.POINTER(_Vfs), ctypes.c_int)
        self._base = library.sqlite3_vfs_find(None)
        self._tables: dict[int, _Methods] = {}
        self._vfs = _Vfs()
        ctypes.pointer(self._vfs)[0] = self._base[0]
        self._vfs.name = b"logged"
        self._vfs.next = None
        self._vfs.open = _Open(self._open)
        self._vfs.delete = _Delete(self._delete)
        if library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) != _OK:
            raise NoSharedLibrary(_LIBRARY)

    def _open(self, _vfs: int, path: int | None, file: int, flags: int, out: Any) -> int:  # noqa: ANN401  # a pointer
        code: int = self._base[0].open(ctypes.addressof(self._base[0]), path, file, flags, out)
        if code == _OK and path:
            name = ctypes.string_at(path).decode()
            if self._wanted(name):
                self._names[file] = name
                held = _File.from_address(file)
                held.methods = ctypes.pointer(self._over(held.methods))
        return code

    def _over(self, methods: Any) -> _Methods:  # noqa: ANN401  # a pointer
        """Return our table over one of the file system's; both live for good."""
        address = ctypes.addressof(methods[0])
        if address not in self._tables:
            under = methods[0]
            over = _Methods()
            ctypes.pointer(over)[0] = under
            over.close = _Close(lambda file: self._close(under, file))
            over.write = _Write(lambda file, data, size, at: self._write(under, file, data, size, at))
            over.truncate = _Truncate(lambda file, size: self._truncate(under, file, size))
            over.sync = _Sync(lambda file, flags: self._sync(under, file, flags))
            self._tables[address] = over
        return self._tables[address]

    def _close(self, under: _Methods, file: int) -> int:
        self._names.pop(file, None)
        code: int = under.close(file)
        return code

    def _write(self, under: _Methods, file: int, data: int, size: int, at: int) -> int:
        self._note(b"w", self._names[file], at, ctypes.string_at(data, size))
        code: int = under.write(file, data, size, at)
        return code

    def _truncate(self, under: _Methods, file: int, size: int) -> int:
        self._note(b"t", self._names[file], size)
        code: int = under.truncate(file, size)
        return code

    def _sync(self, under: _Methods, file: int, flags: int) -> int:
        began = time.monotonic_ns()
        code: int = under.sync(file, flags)
        if code == _OK:
            self._note(b"s", self._names[file], began=began)
        return code

    def _delete(self, _vfs: int, path: bytes, sync_folder: int) -> int:
        name = path.decode()
        if self._wanted(name):
            self._note(b"d", name)
        code: int = self._base[0].delete(ctypes.addressof(self._base[0]), path, sync_folder)
        return code

    def _note(self, kind: bytes, name: str, offset: int = 0, data: bytes = b"", began: int = 0) -> None:
        said = name.encode()
        head = _HEAD.pack(kind, began or time.monotonic_ns(), offset, len(data), len(said))
        with self._lock:
            os.write(self._log, head + said + data)


def install(log: Path, folder: Path, *, weak: bool = False) -> None:
    """Note from now on what this process's SQLite does to files in and below `folder`.

    Args:
        log: Grows by an entry for each thing done.
        folder: Whose files are noted; shared-memory files are not, as no power cut leaves them.
        weak: For a control experiment: whoever asks for ``synchronous=FULL`` gets NORMAL.

    Raises:
        NoSharedLibrary: The layer cannot be put under this Python's SQLite.
    """
    within = str(folder.resolve()) + os.sep
    layer = _Layer(find_library(), log, lambda name: name.startswith(within))
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(layer))  # SQLite calls it as long as there is a process
    if weak:
        _weaken()


def find_library() -> ctypes.CDLL:
    """Return the SQLite library that this process uses; raises `NoSharedLibrary` where it is built in."""
    try:
        mapped = Path("/proc/self/maps").read_text("utf-8").splitlines()
    except OSError as error:
        raise NoSharedLibrary(_LIBRARY) from error
    for line in mapped:
        path = line[line.find("/") :] if "/" in line else ""
        if _LIBRARY in Path(path).name:
            return ctypes.CDLL(path)
    raise NoSharedLibrary(_LIBRARY)


def _weaken() -> None:
    class Weak(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:  # noqa: ANN401  # as its base
            return super().execute(sql.replace("synchronous=FULL", "synchronous=NORMAL"), *parameters)

    real = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401  # as the original
        opened: sqlite3.Connection = real(*arguments, **{"factory": Weak, **options})
        return opened

    sqlite3.connect = connect  # type: ignore[assignment]
