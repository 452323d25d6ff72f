"""Rules compiled as parts of one program, which is optimised once.

numba optimises and assembles every function together with all that it calls, then again within each caller.  Here a
function that compiled code calls is only translated; the function that Python calls takes all its parts in, keeps them
to itself, so that nothing is prepared for other callers, and is optimised and assembled as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any

import numba
from llvmlite.binding import Linkage
from numba import types
from numba.extending import models, register_model

from cxsim.native.numba_inside import Compiler, Flags, JITCodeLibrary, compile_extra, config, cpu_target


class _Translated(JITCodeLibrary):
    """Code of one function, as translated: to be linked into a program."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        self._finalized = True


class _Program(JITCodeLibrary):
    """Code of a function that Python calls, with all of its parts."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = "internal"
        super()._optimize_final_module()


class Linked(Compiler):
    """numba's compiler, for whole programs."""

    def __init__(self, typing_context: Any, target_context: Any, library: Any, *rest: Any) -> None:
        if library is None:
            library = _Program(target_context.codegen(), "program")
            library.enable_object_caching()
        super().__init__(typing_context, target_context, library, *rest)


class PartType(types.Callable, types.Dummy):
    """A part, as numba knows it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        super().__init__(name=f"Part({part.py_func.__module__}.{part.py_func.__qualname__})")

    @property
    def key(self) -> Any:
        return id(self.part)

    def get_call_type(self, context: Any, args: Any, kws: Any) -> Any:
        return self.part.signature_for(args, kws)

    def get_call_signatures(self) -> Any:
        return [signature for signature, _ in self.part.made.values()], True

    def get_impl_key(self, sig: Any) -> Any:
        return self.part.made[tuple(sig.args)][1][0]


register_model(PartType)(models.OpaqueModel)


class Part:
    """A function that compiled code calls as a part of itself, and Python as a program of its own.

    inline: every caller gets a copy.
    """

    def __init__(self, function: Callable[..., Any], inline: bool, options: dict[str, Any]) -> None:
        self.py_func, self.inline, self.options = function, inline, options
        self.made: dict[Any, tuple[Any, list[Any]]] = {}
        """By the types of the arguments: signature, and the libraries of this part and of all its parts."""
        self._numba_type_ = PartType(self)
        update_wrapper(self, function)

    def __call__(self, *args: Any) -> Any:
        return self.program(*args)

    @cached_property
    def _translator(self) -> Any:
        return numba.njit(forceinline=self.inline, **self.options)(self.py_func)._compiler

    @cached_property
    def program(self) -> Any:
        """The function as Python calls it."""
        return program(self.py_func, self.options)

    @property
    def signatures(self) -> list[Any]:
        """What it has been compiled for."""
        return [*self.made, *(self.program.signatures if "program" in self.__dict__ else ())]

    def compile(self, kinds: tuple[Any, ...]) -> None:
        """Compile it as a program for arguments of these kinds."""
        self.program.compile(kinds)

    def signature_for(self, args: Any, kws: Any) -> Any:
        """Translate it for arguments of these types, unless that is done, and return the type of its result.

        One translation serves every number: a constant, or a member of an `IntEnum`, is an argument like any other.
        """
        pysig, args = self._translator.fold_argument_types(args, kws)
        kinds = tuple(_number(types.unliteral(kind)) for kind in args)
        if kinds not in self.made:
            self.made[kinds] = self._translated(kinds)
        return self.made[kinds][0].replace(pysig=pysig)

    def _translated(self, kinds: tuple[Any, ...]) -> tuple[Any, list[Any]]:
        target = cpu_target.target_context
        flags = Flags()
        cpu_target.options.parse_as_flags(flags, self._translator.targetoptions)
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        library = _Translated(target.codegen(), self.py_func.__qualname__)
        made = compile_extra(cpu_target.typing_context, target, self.py_func, kinds, None, flags, {}, library, Compiler)
        libraries = [library, *dict.fromkeys(library._linking_libraries)]
        target.insert_user_function(library, made.fndesc, libraries)
        return made.signature, libraries


def _number(kind: Any) -> Any:
    return kind.dtype if isinstance(kind, types.IntEnumMember) else kind


def program(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """A function that Python calls: all its parts are taken in; the result is kept on disk, where there is a place."""
    return numba.njit(cache=bool(config.CACHE_DIR), pipeline_class=Linked, **options)(function)
