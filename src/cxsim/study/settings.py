"""How long and how often a study runs: the keys of conf/study, and the three next to them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from cxsim.engines.runs import ENGINES
from cxsim.files.problems import nearest
from cxsim.measures.catalogue import BY_NAME
from cxsim.organisation.base import Positive, Record
from cxsim.probability.intervals import LEAST
from cxsim.scenario.interventions.dates import MOST_REPLICATIONS, MOST_WEEKS

MOST_WORKERS = 1_024


class Settings(Record):
    """How long and how often; nothing in here changes the results of a replication of a given length."""

    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS)] = 26
    """Measured weeks, after the warm-up."""
    warm_up_weeks: Annotated[int, Field(ge=0, le=MOST_WEEKS // 10)] = 8
    """Weeks run first and not measured."""
    follow_up_weeks: Annotated[int, Field(ge=0)] | None = None
    """Weeks at the end whose new cases are left out, because their end is not seen; none: see `follow_up`."""
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] = 30
    """Runs with random numbers of their own; with a precision: at least this many, and at least 30."""
    vary: Literal["nothing", "scenario", "everything"] = "nothing"
    """Whose numbers with a range each replication draws anew: nobody's, the scenarios', or the organisation's too."""
    runs_per_draw: Annotated[int, Field(ge=1, le=100)] = 2
    """Replications of each draw of numbers, where numbers are drawn: two or more tell chance from not knowing."""
    precision: dict[str, Positive] | None = None
    """Half-widths to reach by measure, as printed: of the simultaneous interval of the difference to the baseline
    (without scenarios: of its mean)."""
    max_replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] = 300
    """Where a study stops though the precision is not reached."""
    confidence: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.95
    """Of all intervals."""
    worthwhile: dict[str, Positive] = {}
    """Smallest worthwhile differences by measure, in its unit, instead of the assumed ones."""
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] | None = None
    """Replications at once, on threads (compiled engine) or in processes; none: one for each core.

    Results do not depend on it.
    """
    seed: Annotated[int, Field(ge=0, lt=2**64)] = 1
    """Same seed, same customers, same random numbers."""
    engine: Literal["auto", "simpy", "compiled"] = "auto"

    @field_validator("precision", "worthwhile")
    @classmethod
    def _measures_exist(cls, given: dict[str, float] | None) -> dict[str, float] | None:
        for name in given or {}:
            if name not in BY_NAME:
                raise ValueError(f"no measure '{name}'{nearest(name, BY_NAME)}")
        return given

    @field_validator("engine")
    @classmethod
    def _engine_exists(cls, engine: str) -> str:
        if engine != "auto" and engine not in ENGINES:
            raise ValueError(f"there is no engine '{engine}' yet{nearest(engine, ENGINES)}")
        return engine

    @model_validator(mode="after")
    def _weeks_are_left(self) -> Settings:
        if self.follow_up >= self.weeks:
            raise ValueError(
                f"follow_up_weeks: {self.follow_up} of {self.weeks} weeks; no week would be left to look at"
            )
        return self

    @property
    def follow_up(self) -> int:
        """Weeks at the end whose new cases are left out: as given, else a quarter of the weeks, at most four.

        From six weeks on at least three: with fewer, cases that take long would often be open at the end, and what
        makes them faster would seem to earn more.
        """
        if self.follow_up_weeks is not None:
            return self.follow_up_weeks
        return min(4, max(self.weeks // 4, 3 if self.weeks >= 6 else 0))

    @property
    def first_batch(self) -> int:
        """Replications before anything is looked at."""
        if self.precision is None:
            return self._whole_draws(self.replications)
        return self._whole_draws(min(max(self.replications, LEAST), max(self.max_replications, self.replications)))

    def _whole_draws(self, replications: int) -> int:
        """So many replications that every draw of numbers has all its runs."""
        return -(-replications // self.together) * self.together

    @property
    def together(self) -> int:
        """Replications that share what is drawn."""
        return 1 if self.vary == "nothing" else self.runs_per_draw

    @property
    def engine_name(self) -> str:
        """The engine that runs: the compiled one where there is one."""
        return ("compiled" if "compiled" in ENGINES else "simpy") if self.engine == "auto" else self.engine
