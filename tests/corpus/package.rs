//! A copy of a good package while it is being broken: files, tables and manifest, sealed again at the end so that only
//! what was broken on purpose is wrong.

use camino::{Utf8Path, Utf8PathBuf};
use task_format::{
    ANSWERS, DESCRIPTION, MANIFEST, Manifest, PUBLIC_DESCRIPTION, PUBLIC_TEST, PUBLIC_TRAIN,
    SAMPLE_SUBMISSION, seal,
};

use crate::kitchen::Kitchen;
use crate::table::Table;

/// A package that is being broken.
pub(crate) struct Package {
    root: Utf8PathBuf,
    /// Written to `task.toml` at the end.
    pub(crate) manifest: Manifest,
    sealing: bool,
    preparing: bool,
    reviewed: bool,
}

/// Where a package keeps its review.
const REVIEW: &str = "evidence/review.json";

impl Package {
    /// The copy at `root`.
    pub(crate) fn open(root: Utf8PathBuf) -> Self {
        let text = fs_err::read_to_string(root.join(MANIFEST)).unwrap();
        Self {
            manifest: Manifest::parse(&text).unwrap(),
            root,
            sealing: true,
            preparing: false,
            reviewed: false,
        }
    }

    /// Publishes what the mutated `prepare.py` makes of the raw data, as it would have been published.
    pub(crate) fn prepare_again(&mut self) {
        self.preparing = true;
    }

    /// Runs `prepare.py` where that was asked for, then writes the manifest, the public copy of the description, and
    /// `MANIFEST` with the new digests.
    pub(crate) fn finish(mut self, kitchen: &Kitchen, raw: &Utf8Path) {
        if self.preparing {
            for (file, made) in kitchen.prepare(&self.root, raw) {
                fs_err::copy(made, self.path(&file)).unwrap();
            }
            let (train, test, answers) = (self.train(), self.test(), self.answers());
            self.recount(train.rows.len(), test.rows.len());
            assert_eq!(test.rows.len(), answers.rows.len());
        }
        if self.sealing {
            if !self.reviewed {
                // It speaks of the good package, and so quotes what may be gone.
                let _ = fs_err::remove_file(self.path(REVIEW));
            }
            fs_err::copy(self.path(DESCRIPTION), self.path(PUBLIC_DESCRIPTION)).unwrap();
            seal(&self.root, &self.manifest).unwrap();
        }
    }

    /// Leaves everything as the mutation wrote it: it breaks what sealing would repair or stumble over.
    pub(crate) fn leave_unsealed(&mut self) {
        self.sealing = false;
    }

    /// A path in the package.
    pub(crate) fn path(&self, file: &str) -> Utf8PathBuf {
        self.root.join(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs_err::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }

    /// Replaces a text that must occur.
    #[track_caller]
    pub(crate) fn replace(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "`{from}` is not in `{file}`:\n{text}");
        self.write(file, text.replace(from, to));
    }

    pub(crate) fn table(&self, file: &str) -> Table {
        Table::parse(&self.read(file))
    }

    pub(crate) fn train(&self) -> Table {
        self.table(PUBLIC_TRAIN)
    }

    pub(crate) fn test(&self) -> Table {
        self.table(PUBLIC_TEST)
    }

    pub(crate) fn answers(&self) -> Table {
        self.table(ANSWERS)
    }

    pub(crate) fn put(&self, file: &str, table: &Table) {
        self.write(file, table.render());
    }

    /// Name of the target column.
    pub(crate) fn target(&self) -> String {
        self.manifest.data.target_columns[0].clone()
    }

    /// Name of the id column.
    pub(crate) fn id(&self) -> String {
        self.manifest.data.id_column.clone()
    }

    /// The true values of train and of test.
    pub(crate) fn truth(&self) -> (Vec<String>, Vec<String>) {
        let target = self.target();
        (self.train().column(&target), self.answers().column(&target))
    }

    /// Adds a feature to train and test, the manifest and the description, computed from the row's place and its true
    /// value; baselines that don't know it leave it alone.
    pub(crate) fn add_feature(&mut self, name: &str, mut value: impl FnMut(&str) -> String) {
        let (in_train, in_test) = self.truth();
        let in_train = in_train.iter().map(|truth| value(truth)).collect();
        let in_test = in_test.iter().map(|truth| value(truth)).collect();
        self.add_column(name, in_train, in_test);
    }

    /// Adds a feature with these values to train and test, the manifest and the description.
    pub(crate) fn add_column(&mut self, name: &str, in_train: Vec<String>, in_test: Vec<String>) {
        for (file, values) in [(PUBLIC_TRAIN, in_train), (PUBLIC_TEST, in_test)] {
            let mut table = self.table(file);
            let place = 1 + self.manifest.data.feature_columns.len();
            table.insert(place, name, values);
            self.put(file, &table);
        }
        self.manifest.data.feature_columns.push(name.to_owned());
        let target = self.target();
        let line = format!("| `{target}` | target |");
        self.replace(
            DESCRIPTION,
            &line,
            &format!("| `{name}` | feature | as recorded |\n{line}"),
        );
    }

    /// Takes other rows as train, and as test with their answers; ids, counts and sample submission follow.
    pub(crate) fn divide(&mut self, train: Table, test: Table, answers: Table) {
        let kept: Vec<String> = test.column(&self.id());
        let mut sample = self.table(SAMPLE_SUBMISSION);
        let pattern = sample.rows.clone();
        sample.rows = kept
            .iter()
            .zip(pattern.iter().cycle())
            .map(|(id, row)| {
                std::iter::once(id.clone())
                    .chain(row[1..].iter().cloned())
                    .collect()
            })
            .collect();
        self.recount(train.rows.len(), test.rows.len());
        self.put(PUBLIC_TRAIN, &train);
        self.put(PUBLIC_TEST, &test);
        self.put(ANSWERS, &answers);
        self.put(SAMPLE_SUBMISSION, &sample);
    }

    /// Tells other counts of rows, in the manifest and the description.
    fn recount(&mut self, train: usize, test: usize) {
        let data = &mut self.manifest.data;
        let (had_train, had_test) = (data.train_rows, data.test_rows);
        (data.train_rows, data.test_rows) = (train as u64, test as u64);
        let rows = |file: &str, count: u64| format!("`{file}`: {count} rows");
        let told = self
            .read(DESCRIPTION)
            .replace(
                &rows("train.csv", had_train),
                &rows("train.csv", train as u64),
            )
            .replace(&rows("test.csv", had_test), &rows("test.csv", test as u64));
        self.write(DESCRIPTION, told);
    }

    /// Adds a file for competitors, in the manifest and the description too.
    pub(crate) fn add_public(&mut self, file: &str, meaning: &str, bytes: impl AsRef<[u8]>) {
        self.write(&format!("public/{file}"), bytes);
        self.manifest.data.files.push(task_format::DataFile {
            path: format!("public/{file}"),
            meaning: meaning.to_owned(),
        });
        let line = "- `description.md`";
        self.replace(DESCRIPTION, line, &format!("- `{file}`: {meaning}\n{line}"));
    }

    /// Changes the review that the package is published with.
    pub(crate) fn review(&mut self, change: impl FnOnce(&mut serde_json::Value)) {
        let mut review = serde_json::from_str(&self.read(REVIEW)).unwrap();
        change(&mut review);
        self.write(REVIEW, review.to_string());
        self.reviewed = true;
    }

    /// Replaces the body of a method of `metric.py`, from its docstring on.
    pub(crate) fn metric_body(&self, method: &str, body: &str) {
        let text = self.read(task_format::METRIC);
        let start = text
            .find(&format!("def {method}("))
            .expect("metric.py has the method");
        let signature = text[start..]
            .find("\n")
            .map(|end| start + end + 1)
            .expect("a method has a body");
        let end = text[signature..]
            .find("\n    def ")
            .map_or(text.len(), |at| signature + at + 1);
        let body: String = body
            .lines()
            .map(|line| format!("        {line}\n"))
            .collect();
        let gap = if end == text.len() { "" } else { "\n" };
        self.write(
            task_format::METRIC,
            format!("{}{body}{gap}{}", &text[..signature], &text[end..]),
        );
    }
}
