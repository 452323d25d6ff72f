"""The flags, and the text of --help."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

HELP = """\
What a redesign, training or a policy will do to customers' effort, waits and loyalty, and to cost.

  python -m cxsim                                          the bank's redesign against its baseline
  python -m cxsim scenario=training                        another scenario: a file of scenarios/, or a path
  python -m cxsim 'scenario=[redesign,training]'           several side by side
  python -m cxsim scenario=baseline                        the baseline alone, as it is ([] and none mean the same)
  python -m cxsim organisation=my_department scenario=my_department_first
  python -m cxsim organisation.behaviour.p_redial=0.6 study.replications=40 seed=7
  python -m cxsim -m scenario=redesign,training organisation.teams.front_line.agents=18,19,20
                                                           a sweep: every combination, one table at the end
  python -m cxsim do=show what=organisation                what would run, before it runs; what=scenario,
                                                           assumptions, measures, hot_spots (which runs it), case
                                                           (with case=...)
  python -m cxsim do=trace                                 every visit and every entry of effort of one replication,
                                                           as Parquet; replication=1 takes another one
  python -m cxsim do=new name=my_department                a commented organisation and scenario, to edit
  python -m cxsim do=reach scenario=low_effort_programme   what a programme needs to reach nps=7 and favourable=17
                                                           points over its last years=4, and how likely it is
  python -m cxsim do=calibrate                             the constants between effort and answers, refitted

Arguments are Hydra's: key=value sets, +key=value adds, ~key removes. Keys:
  do            compare (default), show, trace, new, calibrate, reach
  organisation  a file of conf/organisation, or a path; organisation.a.b=value changes a number in it
  scenario      a file of scenarios/, or a path
  study         a file of conf/study; study.replications=40 changes a number in it
  seed          same seed, same customers, same random numbers
  engine        auto, simpy, compiled
  workers       processes at once (default: the machine's cores); results do not depend on it
  output        where each run leaves a folder of its own (default: outputs)

Your own conf/ and scenarios/ in the working directory, and $CXSIM_SCENARIOS, are found before those that came
with cxsim.

Flags:
  -m, --multirun    sweep: each value of a comma list in turn, all combinations
  -c, --cfg job     print the configuration instead of running; -c hydra, -c all: Hydra's own
  --info            how Hydra composed the configuration
  -sc install=bash  completion for the shell: eval "$(cxsim -sc install=bash)"
  --version         versions of cxsim and Hydra
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Flags and overrides. Raises ValueError, one line, for a flag that does not exist."""
    parser = _Parser(prog="cxsim", add_help=False, allow_abbrev=False)
    parser.add_argument("overrides", nargs="*")
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--version", action="store_true")
    parser.add_argument("-m", "--multirun", action="store_true")
    parser.add_argument("-r", "--run", action="store_true")
    parser.add_argument("-c", "--cfg", choices=["job", "hydra", "all"])
    parser.add_argument("--resolve", action="store_true")
    parser.add_argument("-i", "--info", nargs="?", const="all")
    parser.add_argument("--hydra-help", action="store_true")
    parser.add_argument("-sc", "--shell-completion", action="store_true")
    return parser.parse_intermixed_args(list(argv))
