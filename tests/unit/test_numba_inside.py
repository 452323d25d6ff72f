"""What `cxsim.native` relies on in numba beyond what numba promises: a version that moves it is named here first."""

from __future__ import annotations

import inspect
from typing import Any

import numba
import pytest

from cxsim.native import numba_inside
from cxsim.native.compiling import ENABLED, compiled, inlined

pytestmark = pytest.mark.skipif(not ENABLED, reason="nothing is compiled")

EXPECTED: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "a library of code, whose optimising is put off until it is a program",
        numba_inside.JITCodeLibrary,
        ("_optimize_functions", "_optimize_final_module", "finalize", "enable_object_caching"),
    ),
    ("the compiler that a program comes from", numba_inside.Compiler, ("define_pipelines", "compile_extra")),
    ("what a part is compiled for", numba_inside.cpu_target, ("target_context", "typing_context", "options")),
    ("how options become flags", numba_inside.cpu_target.options, ("parse_as_flags",)),
    ("how one part calls another", numba_inside.cpu_target.target_context, ("insert_user_function", "codegen")),
    ("flags of a part", numba_inside.Flags(), ("no_compile", "no_cpython_wrapper", "no_cfunc_wrapper")),
    (
        "a function's own compiler",
        getattr(numba.njit(lambda x: x), "_compiler", None),  # none where nothing is compiled
        ("fold_argument_types", "targetoptions"),
    ),
    ("structures in machine code", numba_inside.cgutils, ("create_struct_proxy", "unpack_tuple", "voidptr_t")),
    ("news of compiling", numba_inside.event, ("Listener", "install_listener")),
    ("settings", numba_inside.config, ("CACHE_DIR", "DISABLE_JIT", "OPT")),
)
HOW = f"numba {numba.__version__} does not work with cxsim.native: "


@pytest.mark.parametrize(("what", "of", "names"), EXPECTED, ids=[what for what, _, _ in EXPECTED])
def test_it_is_there(what: str, of: Any, names: tuple[str, ...]) -> None:
    missing = [name for name in names if not hasattr(of, name)]
    assert not missing, f"{HOW}{what}: no {missing}"


def test_a_part_is_compiled_with_these_arguments() -> None:
    names = list(inspect.signature(numba_inside.compile_extra).parameters)
    expected = ["typingctx", "targetctx", "func", "args", "return_type", "flags", "locals", "library", "pipeline_class"]
    assert names == expected, HOW + "compile_extra"


@inlined
def _half(x: float) -> float:
    return x / 2.0


@compiled
def _part(x: float) -> float:
    return _half(x) + 1.0


@compiled
def _whole(x: float) -> float:
    return _part(x) * _part(2.0 * x)


def test_parts_are_taken_into_the_program_that_python_calls() -> None:
    """(x/2 + 1)(x + 1) at 3 is 2.5 x 4; of three functions one is a program, and its code calls none of the others."""
    assert _whole(3.0) == 10.0
    programs = [f.py_func.__name__ for f in (_half, _part, _whole) if "program" in f.__dict__]
    assert programs == ["_whole"], HOW + "parts are compiled as programs of their own"
    code = next(iter(_whole.program.inspect_llvm().values()))
    own = [row for row in code.splitlines() if row.startswith("define") and "_part" in row]
    assert not own, HOW + "parts are not taken in"
