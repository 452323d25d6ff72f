"""The files of an answer, each made by itself: one that cannot be made is named with its reason, the others stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cxsim.command.output import tell
from cxsim.files.writing import write_files

Make = Callable[[], str | bytes]


class Parts:
    """Files in the folder of a run, as they are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.missing: dict[str, str] = {}
        """By name: why it is not there."""

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Within, a part is made; whatever fails is noted, and the next part is made all the same."""
        try:
            yield
        except Exception as error:  # whatever it is: what was simulated is worth more than the reason
            self.missing[name] = reason_of(error)

    def write(self, files: Mapping[str, Make]) -> None:
        """Make and write files by their path inside the folder."""
        for name, make in files.items():
            with self.part(name):
                write_files(self.folder, {name: make()})

    def tell_missing(self) -> None:
        """Name what could not be made on stderr, a line for each reason: a full disk is one."""
        for reason in dict.fromkeys(self.missing.values()):
            names = ", ".join(name for name, why in self.missing.items() if why == reason)
            tell(f"cxsim: not written to {self.folder}: {names}: {reason}")


def reason_of(error: Exception) -> str:
    """Why something failed, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
