"""Time importing each package in a fresh interpreter, over a bare one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from statistics import median

from benchmarks.units.packages import PACKAGES, installed


def milliseconds(rounds: int) -> dict[str, float]:
    """Return what importing ours and each installed package adds to a bare interpreter."""
    modules = {"ours": "units", **{name: PACKAGES[name][0] for name in installed()}}
    if "dependency-injector" in modules:  # its package is empty: what is used is in a module
        modules["dependency-injector"] = "dependency_injector.providers"
    return over_bare(modules, rounds)


def over_bare(modules: dict[str, str], rounds: int) -> dict[str, float]:
    """Return, under the same names, the milliseconds that importing each of *modules* adds."""
    texts = {"bare": "pass", **{name: f"import {module}" for name, module in modules.items()}}
    times: dict[str, list[float]] = {name: [] for name in texts}
    with tempfile.TemporaryDirectory() as cache:  # compiled once, as installed packages are
        environment = {"PYTHONPYCACHEPREFIX": cache, "PYTHONPATH": os.pathsep.join(sys.path)}
        for number in range(rounds + 1):
            names = list(texts)
            random.shuffle(names)
            for name in names:
                start = time.perf_counter()
                subprocess.run([sys.executable, "-c", texts[name]], check=True, env=environment)
                if number:  # the first one compiles
                    times[name].append(time.perf_counter() - start)
    bare = median(times.pop("bare"))
    return {name: (median(found) - bare) * 1e3 for name, found in times.items()}
