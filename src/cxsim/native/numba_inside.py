"""What is used of numba that numba does not promise to keep: imported here, and nowhere else.

`tests/unit/test_numba_inside.py` checks what is relied on.  A minor version of numba is allowed in `pyproject.toml`
once that test and those of the engines pass with it.

The promised way, one `numba.njit` for each rule, compiles each rule anew within each caller, which takes minutes
instead of one (docs/performance.md, "Machinery").
"""

from numba.core import cgutils, config, event
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, Flags, compile_extra
from numba.core.registry import cpu_target
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer, infer_getattr, infer_global
from numba.np.numpy_support import from_dtype

__all__ = [
    "AbstractTemplate",
    "AttributeTemplate",
    "Compiler",
    "Flags",
    "JITCodeLibrary",
    "cgutils",
    "compile_extra",
    "config",
    "cpu_target",
    "event",
    "from_dtype",
    "infer",
    "infer_getattr",
    "infer_global",
]
