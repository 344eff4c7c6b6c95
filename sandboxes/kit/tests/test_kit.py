"""Tests of the task kit: `python -m unittest discover sandboxes/kit/tests` with the kit on PYTHONPATH and pandas installed.

`cargo test -p e2e` runs them in the pinned environment.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from taskkit import InvalidSubmissionError, check_columns, check_ids, check_labels, check_numbers
from taskkit.arff import read_arff
from taskkit.grade import main as grade
from taskkit.resample import intervals
from taskkit.submission import read_table

METRIC = '''
from taskkit import CompetitionMetrics, align, check_columns, check_ids, check_numbers

class Error(CompetitionMetrics):
    higher_is_better = False

    def validate_submission(self, submission, answers):
        check_columns(submission, ["id", "y"])
        check_ids(submission, answers, "id")
        check_numbers(submission, "y")

    def evaluate(self, y_true, y_pred):
        truth, predicted = align(y_true, y_pred, "id", "y")
        if (predicted == "13").any():
            raise MemoryError("unlucky")
        return (predicted.astype(float) - truth.astype(float)).abs().mean()
'''


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


class Grading(Folder):
    def outcomes(self, submissions, metric=METRIC, resamples=0):
        metric = self.write("metric.py", metric)
        answers = self.write("answers.csv", "id,y,usage\n1,2,final\n2,4,feedback\n")
        for name, text in submissions.items():
            self.write(f"given/{name}", text)
        out = self.folder / "scores.json"
        arguments = ["--metric", metric, "--answers", answers, "--submissions", self.folder / "given", "--out", out]
        if resamples:
            arguments += ["--draws", self.write("draws.json", json.dumps({"resamples": resamples, "id_column": "id"}))]
        self.assertEqual(grade([str(argument) for argument in arguments]), 0)
        return json.loads(out.read_text())

    def test_every_file_gets_its_outcome(self):
        outcomes = self.outcomes(
            {
                "perfect.csv": "id,y\n1,2\n2,4\n",
                "other_order.csv": "y,id\n5,2\n2,1\n",
                "unlucky.csv": "id,y\n1,13\n2,4\n",
                "missing.csv": "id,y\n1,2\n",
                "zip.csv": b"PK\x03\x04\0\0",
                "latin.csv": b"id,y\n1,\xe9\n",
                "ragged.csv": "id,y\n1\n2,4\n",
                "empty.csv": "",
                "huge.csv": "id,y\n1,1e308\n2,-1e308\n",
                "nan.csv": "id,y\n1,nan\n2,4\n",
                "inf.csv": "id,y\n1,inf\n2,4\n",
                "words.csv": "id,y\n1,two\n2,4\n",
                "long.csv": "id,y\n" + "1,2\n" * 9,
            }
        )
        self.assertEqual(outcomes["perfect.csv"], {"kind": "score", "value": 0.0})
        self.assertEqual(outcomes["other_order.csv"], {"kind": "score", "value": 0.5})
        self.assertEqual(outcomes["unlucky.csv"]["kind"], "broken")
        reasons = {name: outcome.get("reason") for name, outcome in outcomes.items() if outcome["kind"] == "invalid"}
        expected = {
            "missing.csv": "missing_ids",
            "zip.csv": "not_csv",
            "latin.csv": "not_utf8",
            "ragged.csv": "ragged",
            "empty.csv": "empty",
            "nan.csv": "missing_value",
            "inf.csv": "infinite",
            "words.csv": "not_a_number",
            "long.csv": "too_many_rows",
        }
        self.assertEqual({name: reasons.get(name) for name in expected}, expected)

    def test_intervals_are_paired_and_ids_of_drawn_rows_are_unique(self):
        given = {"near.csv": "id,y\n1,3\n2,5\n", "far.csv": "y,id\n8,2\n6,1\n", "missing.csv": "id,y\n1,2\n"}
        outcomes = self.outcomes(given, resamples=20)
        self.assertEqual(outcomes["near.csv"]["interval"], [1, 1])
        self.assertEqual(outcomes["near.csv"]["differences"], {"far.csv": [-3, -3]})
        self.assertNotIn("interval", outcomes["missing.csv"])

    def test_a_metric_sees_tables_and_no_files(self):
        reads = METRIC.replace("        truth,", "        open(PATH).close()\n        truth,")
        answers = self.folder / "answers.csv"
        outcomes = self.outcomes({"a.csv": "id,y\n1,2\n2,4\n"}, metric=f"PATH = {str(answers)!r}\n{reads}")
        self.assertEqual(outcomes["a.csv"]["kind"], "broken")
        self.assertIn("must not read", outcomes["a.csv"]["detail"])

    def test_a_submission_that_lacks_an_id_gets_no_interval_and_stops_no_others(self):
        kind = METRIC.replace('        check_ids(submission, answers, "id")\n', "")
        kind = kind.replace("return (predicted", "predicted = predicted.fillna('0')\n        return (predicted")
        given = {"near.csv": "id,y\n1,3\n2,5\n", "short.csv": "id,y\n1,2\n"}
        outcomes = self.outcomes(given, metric=kind, resamples=20)
        self.assertEqual(outcomes["short.csv"], {"kind": "score", "value": 2.0})
        self.assertEqual(outcomes["near.csv"]["interval"], [1, 1])

    def test_what_is_no_list_of_scores_has_no_intervals(self):
        for said in (None, 7, {}, [["1.0", "1.0"]], [[1.0]], [[1.0, True]], [[1.0, float("inf")]]):
            self.assertEqual(intervals(["a"], said, 2), {}, said)
        self.assertEqual(intervals(["a", "b"], [None, [1.0, 1.0], [2.0, 2.0]], 2)["b"], {"interval": [1, 1], "differences": {}})

    def test_a_metric_that_exits_stops_no_others(self):
        exits = METRIC.replace("raise MemoryError", "raise SystemExit")
        outcomes = self.outcomes({"a.csv": "id,y\n1,13\n2,4\n", "b.csv": "id,y\n1,2\n2,4\n"}, metric=exits)
        self.assertEqual([outcomes[name]["kind"] for name in ("a.csv", "b.csv")], ["broken", "score"])

    def test_a_link_is_no_submission(self):
        answers = self.write("answers.csv", "id,y\n1,2\n")
        (self.folder / "link.csv").symlink_to(answers)
        with self.assertRaises(InvalidSubmissionError) as caught:
            read_table(self.folder / "link.csv")
        self.assertEqual(caught.exception.reason, "not_a_file")


#: Runs before the tables are compared.
ATTACK = METRIC.replace("        truth,", "        attack()\n        truth,")
GIVEN = {"a.csv": "id,y\n1,2\n2,4\n", "b.csv": "id,y\n1,3\n2,5\n"}


class HostileMetrics(Grading):
    """Metrics that want to decide more than the score of the submission that they are given."""

    def attacked(self, attack, metric=ATTACK):
        """Outcomes of a perfect submission, and of one that is off by 1 everywhere."""
        folder = f"FOLDER = {str(self.folder)!r}\n"
        outcomes = self.outcomes(GIVEN, metric=f"{folder}{attack}\n{metric}")
        self.assertEqual(sorted(outcomes), ["a.csv", "b.csv"])
        return outcomes

    def assert_honest(self, outcomes):
        self.assertEqual(outcomes["a.csv"], {"kind": "score", "value": 0.0})
        self.assertEqual(outcomes["b.csv"], {"kind": "score", "value": 1.0})

    def assert_broken(self, outcomes, *words):
        for name, outcome in outcomes.items():
            self.assertEqual(outcome["kind"], "broken", name)
            for word in words:
                self.assertIn(word, outcome["detail"])

    def test_at_exit_nothing_is_rewritten(self):
        rewrite = "lambda: open(FOLDER + '/scores.json', 'w').write('{}')"
        self.assert_honest(self.attacked(f"import atexit\nattack = lambda: atexit.register({rewrite})"))

    def test_a_process_that_is_left_behind_is_ended(self):
        left = """
import os, time
def attack():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            # The pipe stays open, and the result is awaited.
            while not os.path.exists(FOLDER + "/scores.json"):
                time.sleep(0.001)
            open(FOLDER + "/left", "w").write("still here")
            open(FOLDER + "/scores.json", "w").write("{}")
        os._exit(0)
"""
        self.assert_honest(self.attacked(left))
        self.assertFalse((self.folder / "left").exists())

    def test_names_and_outcomes_of_others_are_out_of_reach(self):
        frames = """
import sys
def attack():
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict):
                value.update({name: {"kind": "score", "value": 0.0} for name in ("a.csv", "b.csv")})
        frame = frame.f_back
"""
        self.assert_honest(self.attacked(frames))

    def test_another_process_memory_is_out_of_reach(self):
        memory = "import os\ndef attack():\n    open(f'/proc/{os.getppid()}/mem', 'rb')"
        self.assert_broken(self.attacked(memory), "PermissionError")

    def test_code_that_is_not_python_opens_no_answers(self):
        for name in ("answers.csv", "given/a.csv"):
            by_c = f"""
import ctypes
def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.open((FOLDER + "/{name}").encode(), 0) < 0:
        raise PermissionError(ctypes.get_errno())
"""
            self.assert_broken(self.attacked(by_c), "PermissionError: 13")

    def test_a_score_is_the_same_when_asked_again(self):
        counts = ATTACK.replace(").abs().mean()", ").abs().mean() + asked")
        outcomes = self.attacked("asked = 0\ndef attack():\n    global asked\n    asked += 1", counts)
        self.assert_broken(outcomes, "asked again")

    def test_the_pipe_carries_no_more_than_an_outcome(self):
        for said in ("no JSON", '{"answer": {"a.csv": 1}, "error": null}', "[" * 100000, '{"answer": {"scores": ["1", "x"]}}'):
            says = f"import os\ndef attack():\n    os.write(3, {said!r}.encode())\n    os._exit(0)"
            self.assert_broken(self.attacked(says))

    def test_a_process_that_dies_is_an_outcome(self):
        for attack, word in (("os._exit(7)", "exited with 7"), ("os.kill(os.getpid(), 9)", "signal 9")):
            self.assert_broken(self.attacked(f"import os\ndef attack():\n    {attack}"), word)

    def test_a_script_that_does_not_load_fails_as_a_whole(self):
        said = io.StringIO()
        with self.assertRaises(AssertionError), contextlib.redirect_stderr(said):
            self.attacked("def (:")
        self.assertEqual(said.getvalue().splitlines()[-1], "SyntaxError: invalid syntax")
        self.assertFalse((self.folder / "scores.json").exists())


PREPARE = """
import glob, json, multiprocessing, os

def prepare(raw, public, private):
    times = [os.path.getmtime(raw / "a"), (raw / "a").stat().st_mtime]
    walked = [name for _, _, names in os.walk(raw) for name in names]
    found = [[path.name for path in raw.iterdir()], [path.name for path in raw.glob("*")], walked, os.listdir(raw)]
    with os.scandir(raw) as entries:
        entries = list(entries)
    found.append([entry.name for entry in entries])
    times += [entry.stat().st_mtime_ns for entry in entries if entry.name == "a" and entry.is_file()]
    assert [open(entry).read() for entry in entries] == [entry.name for entry in entries]
    assert all(os.fspath(entry) == entry.path for entry in entries)
    cores = [os.cpu_count(), multiprocessing.cpu_count(), sorted(os.sched_getaffinity(0))]
    (public / "seen.json").write_text(json.dumps({"times": times, "found": found, "cores": cores}))
"""


class Preparing(Folder):
    def seen(self, surroundings):
        script = self.write("code/prepare.py", PREPARE)
        for name in "abc":
            self.write(f"raw/{name}", name)
        public, private = self.folder / surroundings / "public", self.folder / surroundings / "private"
        command = [sys.executable, "-m", "taskkit.prepare", script, self.folder / "raw", public, private]
        variables = {**os.environ, "TASKKIT_SURROUNDINGS": surroundings}
        subprocess.run([str(word) for word in command], check=True, env=variables)
        return json.loads((public / "seen.json").read_text())

    def test_elsewhere_looks_different(self):
        here, elsewhere = self.seen("reference"), self.seen("elsewhere")
        for own, other in zip(here["found"], elsewhere["found"], strict=True):
            self.assertEqual(own, other[::-1])
        for what in ("times", "cores"):
            for own, other in zip(here[what], elsewhere[what], strict=True):
                self.assertNotEqual(own, other)


class Checks(Folder):
    def check(self, reason, call, text):
        submission = read_table(self.write("s.csv", text))
        if reason is None:
            call(submission)
            return
        with self.assertRaises(InvalidSubmissionError) as caught:
            call(submission)
        self.assertEqual(caught.exception.reason, reason, str(caught.exception))

    def test_columns(self):
        self.check(None, lambda s: check_columns(s, ["id", "y"]), "y,id\n1,1\n")
        self.check("missing_columns", lambda s: check_columns(s, ["id", "y"]), "id\n1\n")
        self.check("extra_columns", lambda s: check_columns(s, ["id"]), "id,z\n1,1\n")
        self.check("header_only", lambda s: check_columns(s, ["id"]), "id\n")

    def test_what_is_no_table(self):
        texts = {
            "not_csv": ['y\n"1"2\n', 'y\n"1\n', "y\n1\0\n"],
            "empty": ["", "\n \n"],
            "ragged": ["x,y\n1\n"],
            "repeated_columns": ["y,y\n1,2\n", "x," * 100_000 + "y\n"],
        }
        for reason, cases in texts.items():
            for text in cases:
                with self.assertRaises(InvalidSubmissionError) as caught:
                    read_table(self.write("s.csv", text))
                self.assertEqual(caught.exception.reason, reason, text[:20])
        long = "x" * 200_000
        self.assertEqual(read_table(self.write("s.csv", f"\n\ny\n{long}\n\n"))["y"].tolist(), [long])

    def test_ids(self):
        answers = read_table(self.write("a.csv", "id\n1\n02\n"))
        self.check(None, lambda s: check_ids(s, answers, "id"), "id\n02\n1\n")
        self.check("unknown_ids", lambda s: check_ids(s, answers, "id"), "id\n2\n1\n")
        self.check("duplicate_ids", lambda s: check_ids(s, answers, "id"), "id\n1\n1\n")

    def test_values(self):
        self.check("out_of_range", lambda s: check_numbers(s, "y", low=0, high=1), "y\n0.5\n1.5\n")
        self.check("out_of_range", lambda s: check_numbers(s, "y", above=-1), "y\n-1\n")
        self.check("not_a_number", lambda s: check_numbers(s, "y"), "y\n1_000\n")
        for cell in ("-nan", "+NaN", " nan ", " ", "null"):
            self.check("missing_value", lambda s: check_numbers(s, "y"), f"y,z\n1,1\n{cell},1\n")
        for cell in ("\u0661", "\u00a01", "1\x1c", "twelve"):
            self.check("not_a_number", lambda s: check_numbers(s, "y"), f"y\n1\n{cell}\n")
        self.check("infinite", lambda s: check_numbers(s, "y"), "y\n1\n-inf\n")
        self.check(None, lambda s: check_numbers(s, "y"), "y\n 1e3 \n+.5\n-7.\n")
        self.check("unknown_label", lambda s: check_labels(s, "y", ["a", "b"]), "y\na\nc\n")
        self.check("missing_value", lambda s: check_labels(s, "y", ["a", "b"]), "y,z\na,1\n,1\n")
        self.check(None, lambda s: check_labels(s, "y", ["a", "NA"]), "y\na\nNA\n")


class Arff(Folder):
    def test_quotes_blanks_and_missing_cells(self):
        text = """% a comment
@RELATION x
@attribute 'first name' { 'O\\'Hara', b }
@ATTRIBUTE size\treal
@attribute kind{a, b}

@DATA
'O\\'Hara', 1.50 ,a
 b,?, '?'
% another
"""
        table = read_arff(self.write("x.arff", text))
        self.assertEqual(list(table.columns), ["first name", "size", "kind"])
        self.assertEqual(table["first name"].tolist(), ["O'Hara", "b"])
        self.assertEqual(table["size"].tolist()[0], "1.50")
        self.assertTrue(table["size"].isna().tolist()[1])
        self.assertEqual(table["kind"].tolist(), ["a", "?"])


class Prepare(Folder):
    def test_runs_the_script_and_makes_the_folders(self):
        script = self.write("prepare.py", "def prepare(raw, public, private):\n    (public / 'x').write_text(raw.name)\n")
        arguments = [script, self.folder / "raw", self.folder / "out/public", self.folder / "out/private"]
        subprocess.run([sys.executable, "-m", "taskkit.prepare", *map(str, arguments)], check=True)
        self.assertEqual((self.folder / "out/public/x").read_text(), "raw")
        self.assertTrue((self.folder / "out/private").is_dir())


if __name__ == "__main__":
    unittest.main()
