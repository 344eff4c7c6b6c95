"""Generates tasks from every tabular dataset of a folder, prints what became of each, verifies every published task a
second time, and fails below a bar.

Usage: datasets.py COLLECTION OUT COMMAND…   (COMMAND is `smith`, or what passes its arguments on: `cargo xtask`)
"""

import json
import pathlib
import resource
import statistics
import subprocess
import sys
from collections import defaultdict

# What the collection must give: of 43 tabular datasets two are unsuitable on purpose.
LEAST_WITH_TASKS = 38
MUST_BE_REFUSED = {"scurvy_trial", "country_codes"}


def tabular(collection: pathlib.Path) -> list[pathlib.Path]:
    stated = ((path.parent, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(collection.glob("*/dataset.json")))
    return [folder for folder, statement in stated if statement.get("modality") == "tabular"]


def run(command: list[str]) -> list[dict]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    events = [json.loads(line) for line in process.stdout]
    print(f"exit code {process.wait()}")
    return events


def table(folders: list[pathlib.Path], events: list[dict]) -> set[str]:
    """Prints a line a dataset; returns the names of those with a verified task."""
    verified, rejected, reasons, seconds = defaultdict(list), defaultdict(list), {}, defaultdict(float)
    by_task = defaultdict(float)
    for event in events:
        name = event.get("dataset")
        match event["event"]:
            case "stage_finished":
                seconds[name] += event["wall_ms"] / 1000
                by_task[event["task"]] += event["wall_ms"] / 1000
            case "task_verified":
                verified[name].append(event["task"])
            case "task_rejected":
                checks = "+".join(sorted({check for check, _ in event["failures"]}))
                rejected[name].append(f"{event['task'].split('--')[-1]}: {checks}")
            case "dataset_refused":
                reasons[name] = f"refused, {event['reason']}: {event['detail']}"
            case "dataset_failed":
                reasons[name] = f"failed: {event['error']}"
    names = sorted(set(seconds) | set(reasons) | {folder.name.replace("_", "-") for folder in folders})
    print(f"{'dataset':<28} {'proposals':>9} {'verified':>8} {'seconds':>8}  lost")
    for name in names:
        lost = "; ".join(rejected[name]) or reasons.get(name, "")
        proposals = len(verified[name]) + len(rejected[name])
        print(f"{name:<28} {proposals:>9} {len(verified[name]):>8} {seconds[name]:>8.1f}  {lost}")
    of_verified = [by_task[task] for tasks in verified.values() for task in tasks]
    if of_verified:
        slowest = max(seconds, key=seconds.get)
        print(f"{len(of_verified)} verified tasks, median {statistics.median(of_verified):.1f} s a task of its own stages")
        print(f"slowest dataset: {slowest}, {seconds[slowest]:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:.0f} MiB")
    return {name for name, tasks in verified.items() if tasks}


def verify_again(command: list[str], folders: list[pathlib.Path], events: list[dict], out: str) -> int:
    """Verifies every published task against its raw data; returns how many are rejected or were not examined."""
    tasks = defaultdict(list)
    for event in events:
        if event["event"] == "task_verified":
            tasks[event["dataset"]].append(f"{out}/{event['task']}")
    raw = {folder.name.replace("_", "-"): folder for folder in folders}
    bad = 0
    for dataset, published in sorted(tasks.items()):
        source = str(raw[dataset.replace("_", "-")])
        process = subprocess.run([*command, "verify", *published, "--raw", source, "--jobs", "2", "--json"], stdout=subprocess.PIPE, text=True, check=False)
        accepted = 0
        for line in map(json.loads, process.stdout.splitlines()):
            verdict = line.get("verdict")
            if verdict is not None and verdict["accepted"]:
                accepted += 1
            else:
                failed = [f"{f['check']}: {f['message']}" for f in (verdict or {}).get("findings", []) if f["severity"] == "hard" and f["status"] in ("fail", "error")]
                print(f"{line.get('task')}: not accepted a second time: {failed or line}")
        bad += len(published) - accepted
    total = sum(map(len, tasks.values()))
    print(f"verified a second time, with the raw data: {total - bad} of {total} accepted")
    return bad


def main(collection: str, out: str, *command: str) -> int:
    folders = tabular(pathlib.Path(collection))
    events = run([*command, "generate", *map(str, folders), "--json", "--out", out])
    with_tasks = table(folders, events)
    refused = {event["dataset"] for event in events if event["event"] == "dataset_refused"}
    named = {name.replace("_", "-") for name in MUST_BE_REFUSED}
    print(f"{len(with_tasks)} of {len(folders)} datasets gave a verified task; at least {LEAST_WITH_TASKS} must")
    missing = named - {name.replace("_", "-") for name in refused}
    if missing:
        print(f"not refused, but should be: {', '.join(sorted(missing))}")
    again = verify_again(list(command), folders, events, out)
    return int(len(with_tasks) < LEAST_WITH_TASKS or bool(missing) or bool(again))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
