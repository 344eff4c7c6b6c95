"""Tests of `taskkit.fits`: a planted leak and its clean twin for each measurement, and files of any kind."""

import csv
import json
import random
import tempfile
import unittest
from pathlib import Path

import numpy as np
from taskkit.fits.__main__ import main, measure, rounded
from taskkit.fits.encode import encode, words
from taskkit.fits.learner import score
from taskkit.fits.power import _classes as of_classes
from taskkit.fits.table import Question
from taskkit.fits.target import Target

ROWS = 600


class Package(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.draw = random.Random(7)

    def question(self, **changes):
        given = {"id_column": "id", "target": "y", "classification": True, "policy": "random", "split_column": None}
        return {**given, **changes}

    def write(self, rows, in_test):
        """Writes a package of rows with `y`; `in_test` says which rows are the test's."""
        for folder in ("public", "private"):
            (self.folder / folder).mkdir(exist_ok=True)
        features = [name for name in rows[0] if name != "y"]
        train = [{"id": at, **row} for at, row in enumerate(rows) if not in_test(at)]
        test = [{"id": at, **row} for at, row in enumerate(rows) if in_test(at)]
        for path, columns, part in [
            ("public/train.csv", ["id", *features, "y"], train),
            ("public/test.csv", ["id", *features], test),
            ("private/test_answer.csv", ["id", "y"], test),
        ]:
            with (self.folder / path).open("w", newline="", encoding="utf-8") as text:
                table = csv.DictWriter(text, columns, extrasaction="ignore")
                table.writeheader()
                table.writerows(part)

    def facts(self, rows, in_test=None, **changes):
        chosen = set(self.draw.sample(range(len(rows)), len(rows) // 4))
        self.write(rows, in_test or chosen.__contains__)
        facts = measure(self.folder / "public", self.folder / "private", Question(**self.question(**changes)))
        self.assertIsNone(facts["incomplete"])
        return facts

    def gap(self, fact):
        return fact["gap"]["random"] - fact["gap"]["apart"], 2 * fact["gap"]["sigma"]


class Power(Package):
    def rows(self, feature):
        labels = [self.draw.choice("ab") for _ in range(ROWS)]
        return [{"x": self.draw.random(), "f": feature(label), "y": label} for label in labels]

    def power(self, rows, **changes):
        found = {fact["column"]: fact for fact in self.facts(rows, **changes)["features"]}
        return found["f"]["power"], found["f"]["score"]

    def test_a_function_of_a_feature_is_found_at_its_exact_cut(self):
        numbers = [self.draw.gauss(0, 1) for _ in range(ROWS)]
        rows = [{"x": self.draw.random(), "f": n, "y": "b" if n > 0.7 else "c" if n < -1.6 else "a"} for n in numbers]
        power, score = self.power(rows)
        self.assertGreater(power, 0.99)
        self.assertGreater(score, 0.97)

    def test_a_code_with_wrong_cells(self):
        def code(label):
            return label if self.draw.random() > 0.02 else self.draw.choice("ab")

        power, score = self.power(self.rows(lambda label: f"code {code(label)}"))
        self.assertGreater(power, 0.97)
        self.assertGreater(score, 0.94)

    def test_noise_has_no_power(self):
        power, score = self.power(self.rows(lambda _: self.draw.gauss(0, 1)))
        self.assertLess(power, 0.57)
        self.assertLess(score, 0.1)

    def test_numbers(self):
        targets = [self.draw.gauss(0, 1) for _ in range(ROWS)]
        rows = [{"x": 1, "f": 2 * y + self.draw.gauss(0, 0.1), "y": y} for y in targets]
        power, _ = self.power(rows, classification=False)
        self.assertGreater(power, 0.99)
        rows = [{"x": 1, "f": self.draw.gauss(0, 1), "y": y} for y in targets]
        self.assertLess(self.power(rows, classification=False)[0], 0.05)

    def test_a_group_that_the_split_keeps_together_knows_nothing(self):
        label = {group: self.draw.choice("ab") for group in range(60)}
        rows = [{"x": self.draw.random(), "f": f"g{at % 60}", "y": label[at % 60]} for at in range(ROWS)]
        self.assertGreater(self.power(rows)[0], 0.99)
        grouped = self.power(rows, in_test=lambda at: at % 60 < 15, policy="group", split_column="f")
        self.assertLess(grouped[0], 0.7)


class Groups(Package):
    def rows(self, own, patients=100):
        """Rows of patients, each with a level of their own that is worth `own` of the target."""
        level = [self.draw.gauss(0, 1) for _ in range(patients)]
        height = [round(self.draw.gauss(170, 10)) for _ in range(patients)]
        age = [self.draw.randint(20, 80) for _ in range(patients)]
        weight = [round(self.draw.gauss(70, 12)) for _ in range(patients)]
        rows = []
        for at in range(ROWS):
            patient, x = at % patients, self.draw.gauss(0, 1)
            y = own * level[patient] + (1 - own) * x + self.draw.gauss(0, 0.3)
            body = {"age": age[patient], "height": height[patient], "weight": weight[patient]}
            rows.append({"patient_id": f"P{patient}", **body, "x": x, "y": "ab"[y > 0]})
        return rows

    def test_patients_on_both_sides(self):
        leak = self.facts(self.rows(0.8))
        self.assertEqual([fact["column"] for fact in leak["entities"]], ["patient_id"])
        self.assertGreater(leak["entities"][0]["crossing"], 0.9)
        size, noise = self.gap(leak["entities"][0])
        self.assertGreater(size, max(0.05, noise))
        clean = self.facts(self.rows(0.0))
        size, noise = self.gap(clean["entities"][0])
        self.assertLess(size, max(0.03, noise))

    def test_patients_whose_id_is_gone(self):
        def nameless(own):
            rows = self.rows(own)
            return [{name: cell for name, cell in row.items() if name != "patient_id"} for row in rows]

        leak = self.facts(nameless(0.8))
        self.assertEqual(leak["entities"], [])
        self.assertEqual(leak["hidden_entity"]["columns"], ["age", "height", "weight"])
        size, noise = self.gap(leak["hidden_entity"])
        self.assertGreater(size, max(0.05, noise))
        size, noise = self.gap(self.facts(nameless(0.0))["hidden_entity"])
        self.assertLess(size, max(0.03, noise))

    def test_what_is_no_entity(self):
        rows = self.rows(0.5)
        for at, row in enumerate(rows):
            row["customer_type"] = row.pop("patient_id")
            row["row_id"] = at
        self.assertEqual(self.facts(rows)["entities"], [])


class Times(Package):
    def rows(self, drift):
        rows = []
        for day in range(ROWS):
            x = self.draw.gauss(0, 1)
            y = x * (1 if day % 200 < 100 or not drift else -1) + self.draw.gauss(0, 0.2)
            rows.append({"when": f"{1 + day % 28:02}/{1 + day // 28 % 12:02}/{2000 + day // 336}", "x": x, "y": y})
        return rows

    def test_a_random_split_that_knows_the_future(self):
        flattered = self.facts(self.rows(drift=True), classification=False)
        size, noise = self.gap(flattered["times"][0])
        self.assertGreater(size, max(0.1, noise))
        honest = self.facts(self.rows(drift=False), classification=False)
        size, noise = self.gap(honest["times"][0])
        self.assertLess(size, max(0.03, noise))

    def test_the_order_of_a_split_by_time(self):
        changes = {"classification": False, "policy": "time", "split_column": "when"}
        order = self.facts(self.rows(False), in_test=lambda at: at >= 450, **changes)["order"]
        self.assertEqual((order["early"], order["tied"]), (0, 0))
        self.assertLess(order["train_last"], order["test_first"])
        order = self.facts(self.rows(False), in_test=lambda at: at >= 450 or at == 3, **changes)["order"]
        self.assertEqual(order["early"], 1)
        rows = [{**row, "when": "2001" if at < 460 else "2002"} for at, row in enumerate(self.rows(False))]
        order = self.facts(rows, in_test=lambda at: at >= 450, **changes)["order"]
        self.assertEqual((order["early"], order["tied"]), (0, 460))


class Shift(Package):
    def auc(self, moved):
        rows = [{"x": self.draw.gauss(0, 1), "z": self.draw.gauss(0, 1), "y": self.draw.choice("ab")} for _ in range(ROWS)]
        for row in rows[450:]:
            row["x"] += moved
        return self.facts(rows, in_test=lambda at: at >= 450)["shift"]

    def test_sides_that_differ(self):
        moved = self.auc(1.5)
        self.assertGreater(moved["auc"], 0.75)
        self.assertEqual(moved["top"][0][0], "x")
        self.assertLess(abs(self.auc(0.0)["auc"] - 0.5), 0.08)

    def test_equal_rows_on_one_side_are_no_shift(self):
        rows = [{"x": at // 4 % 150, "z": at // 4 * 7 % 31, "y": "ab"[at % 2]} for at in range(ROWS)]
        self.assertLess(self.facts(rows, in_test=lambda at: at // 4 % 4 == 0)["shift"]["auc"], 0.65)


class Scores(unittest.TestCase):
    def test_a_fold_of_one_class_has_no_score(self):
        target = Target(values=np.array([0.0, 0, 0, 0, 1, 1]), labelled=np.ones(6, dtype=bool), classes=2)
        said = np.column_stack([1 - target.values, target.values])
        self.assertTrue(np.isnan(score(target.at(np.arange(4)), said[:4], target)))
        self.assertEqual(score(target, said, target), 1.0)
        self.assertEqual(score(target, said[::-1], target), 0.5)

    def test_a_class_without_rows_hides_no_power(self):
        labels = np.arange(300) % 2
        target = Target(values=labels.astype(float), labelled=np.ones(300, dtype=bool), classes=3)
        power, _ = of_classes(labels + 1, target, np.arange(300) % 5)
        self.assertEqual(power, 1.0)


class Noise(Package):
    def share(self, wrong):
        rows = []
        for _ in range(ROWS):
            label = self.draw.choice("abc")
            place = "abc".index(label)
            row = {"x": self.draw.gauss(4 * place, 1), "z": self.draw.gauss(-4 * place, 1), "y": label}
            if self.draw.random() < wrong:
                row["y"] = self.draw.choice("abc".replace(label, ""))
            rows.append(row)
        return self.facts(rows)["label_noise"]

    def test_wrong_labels(self):
        self.assertAlmostEqual(self.share(0.12)["share"], 0.12, delta=0.05)
        self.assertLess(self.share(0.0)["share"], 0.02)


class Files(Package):
    def test_the_same_facts_every_time(self):
        rows = Groups.rows(self, 0.5)
        self.write(rows, lambda at: at % 4 == 0)
        question = self.folder / "question.json"
        question.write_text(json.dumps(self.question()))
        written = []
        for name in ("one.json", "two.json"):
            arguments = ["--public", self.folder / "public", "--private", self.folder / "private"]
            arguments += ["--question", question, "--out", self.folder / name]
            self.assertEqual(main([str(argument) for argument in arguments]), 0)
            written.append((self.folder / name).read_text())
        self.assertEqual(*written)

    def test_what_is_missing_is_said(self):
        def incomplete(**changes):
            question = Question(**self.question(**changes))
            return measure(self.folder / "public", self.folder / "private", question)["incomplete"]

        self.assertIn("train.csv", incomplete())
        self.write([{"x": at, "y": "a"} for at in range(50)], lambda at: at % 5 == 0)
        self.assertIn("fewer than two classes", incomplete())
        self.assertIn("no column `z`", incomplete(target="z"))
        self.assertIn("most of its cells are none", incomplete(classification=False))
        (self.folder / "public/test.csv").write_text("id\n")
        self.assertIn("no rows", incomplete())
        (self.folder / "public/test.csv").write_text("")
        self.assertIn("empty", incomplete())

    def test_cells_of_any_kind(self):
        kinds = [
            lambda at: "",
            lambda at: "same",
            lambda at: f"text {at} " * 40,
            lambda at: ["inf", "-inf", "nan", "1e400", "1_000"][at % 5],
            lambda at: ["1e308", "-1e308", "0"][at % 3],
            lambda at: f"2020-02-{at % 35:02}",
            lambda at: f"{at % 25}:70",
            lambda at: "\ud7ff\U0001f600\0"[at % 3],
            lambda at: '"quoted, ""cell""\n' + str(at % 7),
            lambda at: at if at % 2 else "x",
            lambda at: 1e-320 * at,
            lambda at: f"9999-12-31T23:59:59+{at % 24:02}:00",
        ]
        for rows, classification in [(12, True), (12, False), (130, True), (130, False)]:
            for order in range(3):
                table = [
                    {**{f"c{k}": kind(at) for k, kind in enumerate(kinds)}, "user_id": at % 40, "y": at % (order + 2)}
                    for at in range(rows)
                ]
                for policy in ("random", "group", "time", "official"):
                    self.write(table, lambda at, order=order: at % 4 == order)
                    changes = {"classification": classification, "policy": policy, "split_column": f"c{order + 4}"}
                    facts = measure(
                        self.folder / "public", self.folder / "private", Question(**self.question(**changes))
                    )
                    json.dumps(rounded(facts), allow_nan=False)
                    self.assertIsNone(facts["incomplete"], (rows, policy))
                    self.assertEqual(len(facts["features"]), len(kinds) + 1)

    def test_ragged_and_repeated(self):
        for folder in ("public", "private"):
            (self.folder / folder).mkdir()
        lines = [f"{at},{at % 3}" + ",extra" * (at % 4) + f",{'ab'[at % 2]}" for at in range(60)]
        (self.folder / "public/train.csv").write_text("id,x,x,y\n" + "\n".join(lines) + "\n")
        (self.folder / "public/test.csv").write_bytes(b"\xef\xbb\xbfid,x,x\n1,\xff\n\n2\n")
        (self.folder / "private/test_answer.csv").write_text("id,y\n1,a\n")
        facts = measure(self.folder / "public", self.folder / "private", Question(**self.question()))
        self.assertIsNone(facts["incomplete"])
        self.assertIsNone(facts["shift"])


class Cells(unittest.TestCase):
    def test_kinds(self):
        for cells, kind in [
            (["1", "2.5", "", "NA"], "number"),
            (["2020-01-01", "2020-01-02 03:04:05", "?"], "time"),
            (["03/14/2020", "04/01/2020"], "time"),
            (["5 May 2020", "06 May 2021"], "time"),
            (["a", "b"], "text"),
            (["", ""], "number"),
        ]:
            self.assertEqual(encode(cells).kind, kind, cells)

    def test_words(self):
        for name in ("StoreID", "store_id", "store id"):
            self.assertEqual(words(name), ["store", "id"])


if __name__ == "__main__":
    unittest.main()
