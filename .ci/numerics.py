"""Compares numerical results of the pinned environment between this CPU and emulated ones, bit for bit.

Usage: numerics.py LOCK         compare; LOCK is an environment's lock.json, its store paths must exist
       numerics.py --probe      compute and print digests (run inside the environment)

Run it after every re-lock: another build of OpenBLAS or NumPy can break this silently. Needs qemu-x86_64.
HistGradientBoosting is missing on purpose: its OpenMP crashes under this emulator.
"""

import json
import pathlib
import subprocess
import sys

# One with AVX2 and no more, one of another maker, one with a newer instruction set.
PROCESSORS = ["Haswell-noTSX-IBRS", "Skylake-Client", "EPYC"]


def probe() -> None:
    import hashlib
    import warnings

    warnings.simplefilter("error")
    import lightgbm
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    def show(name: str, *arrays) -> None:
        digest = hashlib.sha256()
        for array in arrays:
            digest.update(np.ascontiguousarray(array).tobytes())
        print(f"{name:<14} {digest.hexdigest()}")

    random = np.random.default_rng(0)
    wide, tall = random.standard_normal((300, 200)), random.standard_normal((200, 150))
    number = wide[:, 0] + wide[:, 1] * wide[:, 2]
    label = (number > 0).astype(int)
    boosted = {"n_estimators": 40, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1}

    show("element-wise", np.exp(wide), np.log1p(np.abs(wide)), np.sin(wide), np.tanh(wide))
    show("sums", wide.sum(0), wide.mean(), wide.std(1))
    show("products", wide @ tall, wide.T @ wide, wide[0] @ wide[1])
    show("decomposition", np.linalg.cholesky(wide.T @ wide + np.eye(200)), *np.linalg.svd(wide[:60]))
    model = LogisticRegression(max_iter=200).fit(wide, label)
    show("logistic", model.coef_, model.predict_proba(wide))
    ridges = [Ridge(solver=solver, random_state=0).fit(wide, number) for solver in ("lsqr", "sag")]
    show("ridge", *(ridge.coef_ for ridge in ridges))
    forest = RandomForestClassifier(30, random_state=0, n_jobs=1).fit(wide, label)
    show("forest", forest.predict_proba(wide))
    show("forest, number", RandomForestRegressor(30, random_state=0, n_jobs=1).fit(wide, number).predict(wide))
    model = lightgbm.LGBMClassifier(**boosted, random_state=0).fit(wide, label)
    show("boosted", model.booster_.predict(wide))


def compare(lock_file: str) -> int:
    lock = json.loads(pathlib.Path(lock_file).read_text(encoding="utf-8"))
    root, environment = (pathlib.Path(lock["outputs"][part]["path"]) for part in ("root", "environment"))
    python = [
        str(root / "lib64/ld-linux-x86-64.so.2"),
        *("--argv0", str(environment / "bin/python3")),
        *("--library-path", str(root / "usr/lib/x86_64-linux-gnu")),
        str(root / f"usr/bin/python{lock['python']}"),
        *(__file__, "--probe"),
    ]
    variables = {**lock["numerics"]["variables"], "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC"}

    def run(*emulator: str) -> str:
        return subprocess.run([*emulator, *python], env=variables, stdout=subprocess.PIPE, text=True, check=True).stdout

    here = run()
    print(here, end="")
    different = [name for name in PROCESSORS if run("/usr/bin/qemu-x86_64", "-cpu", name) != here]
    print(f"different on: {', '.join(different)}" if different else f"the same on: {', '.join(PROCESSORS)}")
    return int(bool(different))


if __name__ == "__main__":
    if sys.argv[1:] == ["--probe"]:
        probe()
    else:
        sys.exit(compare(sys.argv[1]))
