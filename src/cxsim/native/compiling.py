"""Machine code for the parts that run millions of times; outside this package nothing knows numba.

Compiled code is kept on disk in a folder named after a hash of this package's own source, because numba's cache
notices an edit only in the file that holds the function, not in the files it calls.  With ``NUMBA_DISABLE_JIT=1``
every function runs as plain Python and gives the same numbers.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba import types
from numba.core.errors import NumbaError
from numba.extending import intrinsic

from cxsim.native.linking import Part, program
from cxsim.native.numba_inside import config as numba_config
from cxsim.native.numba_inside import event

F = TypeVar("F", bound=Callable[..., Any])

ENABLED: bool = not numba_config.DISABLE_JIT
CHECKED: bool = os.environ.get("CXSIM_CHECK") == "1"
"""Whether compiled code checks every index it uses."""


ABOVE = ("measures", "study", "compare", "report", "command")
"""Packages that no compiled rule can reach: imports run one way, by test, and these lie above the engines."""


def source_hash(left_out: Sequence[str] = ()) -> str:
    """Hash of every source file of the package, 16 hexadecimal digits, the same wherever it lies.

    left_out: packages inside it that do not count.
    """
    package = Path(__file__).parents[1]
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] in left_out:
            continue
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where compiled code of exactly this source at this place lies: under $CXSIM_CACHE, else the user's cache folder.

    An edit of what lies above the engines leaves it where it is.

    In it numba tells processors and versions of Python apart.
    """
    how = f"{source_hash(ABOVE)} {numba.__version__} {numba_config.OPT} {CHECKED} {Path(__file__).parents[1]}"
    name = hashlib.blake2b(how.encode(), digest_size=8).hexdigest()
    own = os.environ.get(CACHE)
    if own:
        return Path(own) / name
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cxsim" / name


def _usable(folder: Path) -> bool:
    """Whether files can be written there; it is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _makeshift(folder: Path) -> Path | None:
    """A folder for this process and those that it starts, with what can be read of the one that cannot be written.

    numba would else write next to the source, under a key that does not see edits of other files.  None: there is none.
    """
    try:
        root = Path(tempfile.mkdtemp(prefix="cxsim-"))
    except OSError:
        return None
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    os.environ[CACHE] = str(root)
    with contextlib.suppress(OSError):
        shutil.copytree(folder, root / folder.name)
    return root / folder.name


CACHE = "CXSIM_CACHE"
FOLDER = cache_folder()
KEPT = not ENABLED or _usable(FOLDER)
"""Whether compiled code is there the next time."""
_OWN = FOLDER if KEPT else _makeshift(FOLDER)
numba_config.CACHE_DIR = "" if _OWN is None else str(_OWN)


_ALL_BUT_SIGN = 0x7FFFFFFFFFFFFFFF
_OPTIONS = {"nogil": True, "error_model": "numpy"}


def compiled(function: F) -> F:
    """Compile `function` on its first call: from Python as a program, kept on disk; from compiled code as a part of it.

    It releases the interpreter lock while it runs.
    """
    if not ENABLED:
        return function
    return cast(F, Part(function, False, _OPTIONS))


def inlined(function: F) -> F:
    """Compile `function` into each place that calls it: for the short ones, where the call would cost more."""
    if not ENABLED:
        return function
    return cast(F, Part(function, True, _OPTIONS))


def entry(function: F) -> F:
    """Compile `function` for Python alone, which calls it sooner than a `compiled` one."""
    if not ENABLED:
        return function
    return cast(F, program(function, _OPTIONS))


@intrinsic
def _product(_typing: Any, a: Any, b: Any) -> Any:
    def multiply(context: Any, builder: Any, signature: Any, factors: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(factor, wide) for factor in factors))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))
        low = builder.trunc(product, ir.IntType(64))
        return context.make_tuple(builder, signature.return_type, (high, low))

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), multiply


@intrinsic
def _bits(_typing: Any, number: Any) -> Any:
    def cast_it(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), cast_it


@intrinsic
def _number(_typing: Any, bits: Any) -> Any:
    def cast_it(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), cast_it


if ENABLED:

    @inlined
    def product(a: Any, b: Any) -> Any:
        """Upper and lower 64 bits of the product of two unsigned 64-bit integers, by one machine instruction."""
        return _product(a, b)

    @inlined
    def time_key(time: float) -> int:
        """A whole number in the order of times (IEEE 754: but for the sign, the bits are in the order of numbers)."""
        bits = _bits(time + 0.0)  # no negative zero
        return int(bits ^ ((bits >> 63) & _ALL_BUT_SIGN))

    @inlined
    def time_of(key: int) -> float:
        """The time of a key."""
        return float(_number(key ^ ((key >> 63) & _ALL_BUT_SIGN)))

else:

    def product(a: Any, b: Any) -> Any:
        """Upper and lower 64 bits of the product of two unsigned 64-bit integers."""
        return type(a)(int(a) * int(b) >> 64), a * b

    def time_key(time: float) -> int:
        """A whole number in the order of times."""
        bits = int(struct.unpack("<q", struct.pack("<d", time + 0.0))[0])
        return bits ^ ((bits >> 63) & _ALL_BUT_SIGN)

    def time_of(key: int) -> float:
        """The time of a key."""
        number: float = struct.unpack("<d", struct.pack("<q", key ^ ((key >> 63) & _ALL_BUT_SIGN)))[0]
        return number


def compile_for(function: Any, *examples: Any, begins: Callable[[], None]) -> None:
    """Compile a function for arguments like these, without running it; `begins` is called if it is not on disk.

    What lies there and cannot be read is thrown away.  What cannot be written there is compiled all the same.
    """
    kinds = tuple(numba.typeof(example) for example in examples)
    with event.install_listener("numba:compile", _Listener(begins)):
        try:
            function.compile(kinds)
        except NumbaError:
            raise
        except Exception:  # whatever a damaged file makes of itself
            if kinds in function.signatures:
                return
            _throw_away()
            function.compile(kinds)


class _Listener(event.Listener):
    """Calls a function when numba begins to compile."""

    def __init__(self, begins: Callable[[], None]) -> None:
        self.begins = begins

    def on_start(self, event: Any) -> None:
        self.begins()

    def on_end(self, event: Any) -> None:
        pass


def _throw_away() -> None:
    """Compiled code on disk is not used any more."""
    if _OWN is not None:
        for path in _OWN.rglob("*.nb[ci]"):
            path.unlink(missing_ok=True)
