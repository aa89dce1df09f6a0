"""0/1 programs solved exactly by HiGHS; the only place that knows it.

HiGHS calculates in floating point: rows are widened by a hair, so that it never refuses what holds in decimals, and
whoever asks (core.optimise) checks what it proposes in decimals.
"""

from portal.core.errors import PortalError
from portal.core.optimise import Program

HAIR = 1e-6
SECONDS = 20.0


class SolverError(PortalError):
    """The program was neither solved nor shown to have no solution in time."""


def solve(program: Program) -> frozenset[str] | None:
    """The names that are 1 in an optimum; None where there is no solution. Raises SolverError."""
    # Imported only where it is needed: it brings numpy, which every process would pay for at its start.
    import highspy

    names = sorted({*program.costs, *(name for row in program.rows for name in row.terms)})
    places = {name: place for place, name in enumerate(names)}
    if any(not row.terms and row.least > 0 for row in program.rows):
        return None
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    for option, value in (
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", float(program.grain) / 2),  # what is nearer than half a grain is the same
        ("time_limit", SECONDS),
        # Our programs are small and solved at or near the root: searching for good sets beforehand and beginning
        # again after new bounds took half of the time. What is found is the same optimum.
        ("mip_allow_restart", False),
        ("mip_heuristic_run_rens", False),
        ("mip_heuristic_run_rins", False),
        ("mip_heuristic_run_feasibility_jump", False),
    ):
        assert highs.setOptionValue(option, value) == highspy.HighsStatus.kOk, option
    for name in names:
        highs.addCol(float(program.costs.get(name, 0)), 0.0, 1.0, 0, [], [])
    for place in range(len(names)):
        highs.changeColIntegrality(place, highspy.HighsVarType.kInteger)
    for row in program.rows:
        terms = {places[name]: float(value) for name, value in row.terms.items() if value}
        hair = HAIR * max((abs(value) for value in terms.values()), default=1.0)
        highs.addRow(
            float(row.least) - hair, highspy.kHighsInf, len(terms), list(terms), list(terms.values())
        )
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if not names:
        return frozenset()
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolverError(highs.modelStatusToString(status))
    values = highs.getSolution().col_value
    return frozenset(name for name, place in places.items() if values[place] > 0.5)
