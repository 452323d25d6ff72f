"""Machine code for the parts that run millions of times: the one module that knows numba.

Compiled code is kept on disk in a folder named after a hash of this package's own source, because numba's cache
notices an edit only in the file that holds the function, not in the files it calls.  With ``NUMBA_DISABLE_JIT=1``
every function runs as plain Python and gives the same numbers.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("NUMBA_OPT", "1")  # same speed here as 3, compiled in half the time; before numba is imported

import numba  # noqa: E402
from numba.core import config as numba_config  # noqa: E402

F = TypeVar("F", bound=Callable[..., Any])

ENABLED: bool = not numba_config.DISABLE_JIT


def source_hash() -> str:
    """Hash of every source file of the package and of numba's version, 16 hexadecimal digits."""
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where compiled code of exactly this source lies: under $CXSIM_CACHE, else the user's cache folder."""
    root = os.environ.get("CXSIM_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "cxsim"
    )
    return Path(root) / source_hash()


numba_config.CACHE_DIR = str(cache_folder())


def compiled(function: F) -> F:
    """Compile `function` on its first call; keep the result on disk; release the interpreter lock while it runs."""
    decorated: F = numba.njit(cache=True, nogil=True)(function)
    return decorated
