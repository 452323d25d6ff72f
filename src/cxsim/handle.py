"""A world in one piece: compiled rules take this handle, because handing over fifty arrays one by one costs more
than most rules do.  Without compilation the world itself is the handle."""

from __future__ import annotations

import hashlib
from typing import Any

from numba import types
from numba.experimental import structref

from cxsim.jit import ENABLED, compiled
from cxsim.state import World

if ENABLED:

    @structref.register
    class WorldType(types.StructRef):
        """numba's type of a handle.

        Its name is a hash of its fields: numba writes the name into every symbol it makes, and fifty record types
        spelt out there took a third of the compilation.
        """

        def __init__(self, fields: Any) -> None:
            super().__init__(fields)
            self.name = "World" + hashlib.blake2b(repr(fields).encode(), digest_size=8).hexdigest()

        def preprocess_fields(self, fields: Any) -> Any:
            return tuple((name, types.unliteral(kind)) for name, kind in fields)

    class WorldHandle(structref.StructRefProxy):
        """The world as compiled functions see it."""

    structref.define_proxy(WorldHandle, WorldType, list(World._fields))

    @compiled
    def _handle(world: Any) -> Any:
        return WorldHandle(*world)


def handle(world: Any) -> Any:
    """The world as rules take it: same arrays, attribute by attribute."""
    return _handle(world) if ENABLED else world
