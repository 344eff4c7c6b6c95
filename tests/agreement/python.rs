//! Runs `fixtures/agreement.py` on the cases: in the sandbox, with the Python of the environment `tabular`.

use std::collections::BTreeMap;

use camino::Utf8Path;
use sandbox::roles::{self, Closure};
use serde_json::{Map, Value};

use crate::cases::Form;

/// Most bytes of the file of scores: some 20 for each of 20,000.
const MOST_BYTES: u64 = 4 << 20;

/// Python's score of every case, by metric, in the order of the form's cases; nothing where it has none.
pub(crate) async fn scores(forms: &[Form]) -> BTreeMap<String, Vec<Option<f64>>> {
    let temporary = tempfile::Builder::new()
        .prefix("agreement-")
        .tempdir()
        .unwrap();
    let folder = Utf8Path::from_path(temporary.path()).unwrap();
    for name in ["public", "code"] {
        fs_err::create_dir(folder.join(name)).unwrap();
    }
    let script = include_str!("../fixtures/agreement.py");
    fs_err::write(folder.join("code/agreement.py"), script).unwrap();
    let cases: Map<String, Value> = forms
        .iter()
        .map(|form| {
            let cases = form.cases.iter().map(|case| case.json.clone());
            (form.name.to_owned(), cases.collect())
        })
        .collect();
    let cases = serde_json::to_vec(&cases).unwrap();
    fs_err::write(folder.join("public/cases.json"), cases).unwrap();

    let settings = environment::Settings::from_env().unwrap();
    let realised = environment::realise("tabular", &settings, &environment::Silent)
        .await
        .unwrap_or_else(|error| panic!("the environment can't be realised: {error:?}"));
    let closure = Closure {
        paths: realised
            .closure()
            .iter()
            .map(|path| (path.inside.clone(), path.host.clone()))
            .collect(),
        variables: realised.variables().clone(),
    };
    let policy = roles::solver(
        &closure,
        &folder.join("public"),
        &folder.join("code"),
        roles::standard_limits(),
    );
    let command = [
        realised.python().into_string(),
        format!("{}/agreement.py", roles::CODE),
    ];
    let completed = sandbox::run(&realised.launcher(), &policy, &command)
        .await
        .unwrap_or_else(|error| panic!("{error:?}; {:?}", error.hint()));
    let record = &completed.record;
    assert!(
        record.outcome.is_success(),
        "the script {}:\n{}",
        record.outcome,
        record.stderr.last_lines(30)
    );
    println!("Python took {:.1} s", record.wall.as_secs_f64());
    let target = folder.join("scores.json");
    completed
        .outputs
        .folder(Utf8Path::new(roles::WORK))
        .take_file(Utf8Path::new("scores.json"), MOST_BYTES, &target)
        .unwrap()
        .unwrap();
    serde_json::from_slice(&fs_err::read(target).unwrap()).unwrap()
}
