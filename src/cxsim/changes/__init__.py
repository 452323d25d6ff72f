"""What differs between two organisations: number by number, and as a planner reads it.

`changes` is exact and is what files keep; `told` is for reading: whole steps, ``× 1.3`` where a table was scaled.
"""

from cxsim.changes.exact import Change, changes
from cxsim.changes.told import told

__all__ = ["Change", "changes", "told"]
