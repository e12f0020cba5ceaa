#!/usr/bin/env python3
"""Write tests/data/wilcoxon_vectors.json: 200 signed-rank tests and effect sizes, computed by SciPy and NumPy.

    .venv/bin/python scripts/write_wilcoxon_vectors.py

It needs SciPy, which `requirements-test.txt` installs. Its exact distribution is asked for where there are at most 50
differences without zeros and ties, and its normal approximation elsewhere.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

_TARGET = Path(__file__).resolve().parents[1] / "tests" / "data" / "wilcoxon_vectors.json"
_CASES = 200
_SEED = 20260426


def _differences(case: int, rng: Any) -> list[float]:
    """Differences of one of five kinds: few integers, distinct ones, fractions, one sign only, and all equal."""
    n = int(rng.integers(1, 12)) if case % 2 else int(rng.integers(12, 90))
    kind = case % 5
    if kind == 0:
        return [float(value) for value in rng.integers(-3, 4, n)]
    if kind == 1:
        signs = rng.choice([-1, 1], n)
        return [float(value) for value in signs * (rng.permutation(n) + 1)]
    if kind == 2:
        return [float(value) for value in rng.integers(0, 7, n) / 6 - rng.integers(0, 5, n) / 4]
    if kind == 3:
        return [float(value) for value in rng.integers(0, 4, n)]
    return [float(rng.integers(-1, 2))] * n


def _vector(differences: list[float]) -> dict[str, Any]:
    import numpy as np
    from scipy.stats import wilcoxon

    magnitudes = {abs(value) for value in differences}
    statistic, p_value = 0.0, 1.0
    if any(differences):
        distinct = len(magnitudes) == len(differences) and 0.0 not in magnitudes
        method = "exact" if distinct and len(differences) <= 50 else "asymptotic"
        result = wilcoxon(differences, zero_method="wilcox", correction=False, method=method)
        statistic, p_value = float(result.statistic), float(result.pvalue)
    dz = None
    if len(set(differences)) > 1:
        dz = float(np.mean(differences) / np.std(differences, ddof=1))
    return {"differences": differences, "statistic": statistic, "p_value": p_value, "cohens_d_z": dz}


def main() -> int:
    """Writes the file."""
    import numpy as np

    warnings.simplefilter("error")
    rng = np.random.default_rng(_SEED)
    lines = [json.dumps(_vector(_differences(case, rng))) for case in range(_CASES)]
    _TARGET.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
