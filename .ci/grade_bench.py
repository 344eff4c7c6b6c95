"""Measures `smith grade` as a whole process: CPU seconds, wall clock and peak memory at 1,000 and 1,000,000 rows.

Usage: grade_bench.py SMITH [METRIC…]   (SMITH is the built binary; the data are made from a fixed seed)

A case is a metric, a number of rows, and the order of the submission's rows: that of the answers, or shuffled. Every case
also compares the score with one computed here. The exit code is 1 when a median is beyond its target; the targets are for rows
in order, shuffled ones wait for memory at every row.

Linux counts the memory of the process that starts another one as that one's peak, so this script stays small: it imports
little, makes the data in processes of their own, and prints its own size, below which no peak can be measured.
"""

import os
import resource
import sys
import time

METRICS = ["accuracy", "roc_auc", "log_loss", "rmse"]
# Rows: runs, CPU seconds, bytes of memory.
TARGETS = {1_000: (9, 0.020, 20e6), 1_000_000: (3, 0.350, 150e6)}
LABELS = ["no", "yes"]

MANIFEST = """schema_version = 1
id = "bench--y-{objective}"
title = "Bench"
digest = ""
canary = ""
ladder = {{}}
task = {{ modality = "tabular", objective = "{objective}", domain = "general", tags = [] }}
split = {{ policy = "random", test_fraction = 0.4, seed = 1, reason = "made up" }}
limits = {{ wall_seconds = 60, memory_bytes = 1000000000, disk_bytes = 1000000000, output_bytes = 100000 }}
environment = {{ name = "tabular", nar_hash = "" }}
milestones = {{ bronze = 0.1, silver = 0.2, gold = 0.3, derivation = "made up" }}
provenance = {{ engine = "rules", smith_version = "0", policy_version = 1, attempts = {{}} }}
dataset = {{ name = "bench", source = "made up", licence = "CC0-1.0", redistribution = "data", files = [] }}
metric = {{ name = "{metric}", direction = "{direction}", optimum = {optimum}, digits = 9 }}

[data]
id_column = "id"
target_columns = ["y"]
feature_columns = ["x"]
train_rows = {rows}
test_rows = {rows}
dropped_rows = 0
dropped_columns = {{}}
files = []

[submission]
columns = ["id", "y"]
{submission}
"""
FORMS = {
    "accuracy": ("binary", "maximize", 1.0, 'prediction = "label"\nlabels = ["no", "yes"]'),
    "roc_auc": ("binary", "maximize", 1.0, 'prediction = "probability"\nlabels = ["no", "yes"]\npositive_label = "yes"'),
    "log_loss": ("binary", "minimize", 0.0, 'prediction = "probability"\nlabels = ["no", "yes"]\npositive_label = "yes"'),
    "rmse": ("regression", "minimize", 0.0, 'prediction = "number"\nlabels = []'),
}


def rows_of(metric: str, count: int) -> tuple[list[int], list, list]:
    """Ids as a split leaves them (ascending row numbers with gaps), truth, and predictions that are right more often than not."""
    import math
    import random

    draw = random.Random(f"{metric} {count}")
    ids, row = [], 0
    for _ in range(count):
        row += draw.randint(1, 4)
        ids.append(row)
    if metric == "rmse":
        truth = [draw.lognormvariate(4, 1) for _ in ids]
        return ids, truth, [value + draw.gauss(0, 20) for value in truth]
    truth = [draw.random() < 0.3 for _ in ids]
    if metric == "accuracy":
        return ids, truth, [value ^ (draw.random() < 0.2) for value in truth]
    return ids, truth, [1 / (1 + math.exp(-draw.gauss(0.8 if value else -0.8, 1.2))) for value in truth]


def expected(metric: str, truth: list, predicted: list) -> float:
    import collections
    import math

    pairs = list(zip(truth, predicted))
    if metric == "accuracy":
        return sum(t == p for t, p in pairs) / len(pairs)
    if metric == "rmse":
        return math.sqrt(math.fsum((t - p) ** 2 for t, p in pairs) / len(pairs))
    if metric == "log_loss":
        return math.fsum(-math.log(p if t else 1 - p) for t, p in pairs) / len(pairs)
    # The rank sum of Mann and Whitney; ties share the mean of their ranks.
    ranks, below = {}, 0
    for score, equal in sorted(collections.Counter(predicted).items()):
        ranks[score] = below + (equal + 1) / 2
        below += equal
    positives = sum(truth)
    rank_sum = math.fsum(ranks[p] for t, p in pairs if t)
    return (rank_sum - positives * (positives + 1) / 2) / (positives * (len(pairs) - positives))


def cell(value: object) -> str:
    return LABELS[value] if isinstance(value, bool) else repr(value)


def write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write_task(folder: str, metric: str, count: int) -> float:
    """Makes a package with no more than `grade` reads, and two submissions; returns the score that both must get."""
    import random

    ids, truth, predicted = rows_of(metric, count)
    objective, direction, optimum, submission = FORMS[metric]
    filled = MANIFEST.format(
        metric=metric, rows=count, objective=objective, direction=direction, optimum=optimum, submission=submission
    )
    os.makedirs(f"{folder}/private")
    write(f"{folder}/task.toml", filled)
    write(f"{folder}/MANIFEST", "")
    draw = random.Random(count)
    usages = (draw.choice(["feedback", "final"]) for _ in ids)
    answers = (f"{i},{cell(t)},{usage}\n" for i, t, usage in zip(ids, truth, usages))
    write(f"{folder}/private/test_answer.csv", "id,y,usage\n" + "".join(answers))
    lines = [f"{i},{cell(p)}\n" for i, p in zip(ids, predicted)]
    write(f"{folder}/in_order.csv", "id,y\n" + "".join(lines))
    draw.shuffle(lines)
    write(f"{folder}/shuffled.csv", "id,y\n" + "".join(lines))
    return expected(metric, truth, predicted)


def in_a_process_of_its_own(work) -> float:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, repr(work()).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as result:
        text = result.read()
    os.waitpid(child, 0)
    return float(text)


def run(command: list[str], out: str) -> tuple[float, float, float, str]:
    """CPU seconds, wall seconds, peak bytes and standard output of a process."""
    to_file = [(os.POSIX_SPAWN_OPEN, 1, out, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=to_file)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    with open(out) as file:
        text = file.read()
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with {status}: {text}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, text


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def main(smith: str, metrics: list[str]) -> int:
    base = f"{os.environ.get('TMPDIR', '/tmp')}/grade-bench-{os.getpid()}"
    print(f"{'metric':<10} {'rows':>9} {'order':<9} {'CPU s':>7} {'wall s':>7} {'peak MB':>8}")
    beyond = 0
    try:
        for count, target in TARGETS.items():
            for metric in metrics:
                task = f"{base}/{metric}-{count}"
                score = in_a_process_of_its_own(lambda: write_task(task, metric, count))
                for order in ("in_order", "shuffled"):
                    beyond += measure([smith, "grade", task, f"{task}/{order}.csv"], metric, count, order, score, target)
    finally:
        in_a_process_of_its_own(lambda: remove(base))
    print(f"this script itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6:.1f} MB")
    return min(beyond, 1)


def measure(command: list[str], metric: str, count: int, order: str, score: float, target: tuple) -> bool:
    """Prints a line; whether a median is beyond the target."""
    runs, most_seconds, most_bytes = target
    measured = [run(command, f"{command[2]}/out") for _ in range(runs)]
    cpu, wall, peak = (median([one[place] for one in measured]) for place in range(3))
    if abs(float(measured[0][3]) - score) > 1e-8:
        sys.exit(f"{metric}: {measured[0][3].strip()}, not {score}")
    beyond = order == "in_order" and (cpu > most_seconds or peak > most_bytes)
    mark = "  beyond the target" if beyond else ""
    print(f"{metric:<10} {count:>9} {order:<9} {cpu:>7.3f} {wall:>7.3f} {peak / 1e6:>8.1f}{mark}", flush=True)
    return beyond


def remove(folder: str) -> float:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    return 0.0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2:] or METRICS))
