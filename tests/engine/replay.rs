//! Cassettes are replayed offline: verified tasks, the same bytes each time, and a ledger that shows every repair.

use crate::{
    replayed::{command, course, models, replayed, tasks, user, words},
    support::{TestEnv, datasets, exit, first_difference, listing, read_tree},
};

/// Datasets for which replies are written.
const DATASETS: [&str; 4] = ["clinic", "greenhouse", "parcels", "studio"];

/// Everything that a reader sees of a run, and its packages.
fn shows(dataset: &str) {
    let replayed = replayed(dataset);
    insta::assert_snapshot!(format!("run_{dataset}"), replayed.ran.document());
    insta::assert_snapshot!(format!("course_{dataset}"), course(&replayed.events));
    insta::assert_snapshot!(format!("status_{dataset}"), replayed.status.document());
    for (id, task) in tasks(&replayed.tree) {
        let mut text = listing(&task);
        for name in ["task.toml", "description.md"] {
            let content = std::str::from_utf8(&task[name]).unwrap();
            text.push_str(&format!("\n======== {name}\n{content}"));
        }
        insta::assert_snapshot!(format!("package_{id}"), text);
    }
}

/// A second run in another place gives the same bytes.
fn repeats(dataset: &str) {
    let env = user();
    env.smith(&words(&command(dataset, "elsewhere")))
        .expect(exit::OK);
    let elsewhere = read_tree(&env.path("elsewhere"));
    let difference = first_difference(&replayed(dataset).tree, &elsewhere);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

/// A published task is executed again without any model, to the same digests.
fn reruns(dataset: &str) {
    let replayed = replayed(dataset);
    let published = tasks(&replayed.tree);
    let (id, task) = published.first_key_value().unwrap();
    let env = TestEnv::with_data();
    for (path, content) in task {
        env.write(&format!("tasks/{id}/{path}"), content);
    }
    let ran = env.rerun(&[&format!("tasks/{id}"), "--raw", &format!("data/{dataset}")]);
    let ran = ran.expect(exit::OK);
    assert!(ran.stdout.contains("identical"), "{}", ran.document());
}

macro_rules! each_dataset {
    ($($dataset:ident),*) => {$(
        mod $dataset {
            #[test]
            fn shows_its_run_and_its_packages() {
                super::shows(stringify!($dataset));
            }

            #[test]
            fn repeats_to_the_byte() {
                super::repeats(stringify!($dataset));
            }

            #[test]
            fn reruns_to_the_same_digests() {
                super::reruns(stringify!($dataset));
            }
        }
    )*};
}

each_dataset!(clinic, greenhouse, parcels, studio);

#[test]
fn every_dataset_has_replies_and_a_cassette() {
    let names = |folder: camino::Utf8PathBuf| -> Vec<String> {
        let mut names: Vec<String> = fs_err::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(datasets(), DATASETS);
    assert_eq!(names(models("replies")), DATASETS);
    assert_eq!(names(models("cassettes")), DATASETS);
}

#[test]
fn a_request_that_was_not_recorded_is_an_error_that_shows_the_difference() {
    let env = user();
    // One cell more, and every prompt is another.
    let path = env.path("data/greenhouse/greenhouse.csv");
    let mut text = fs_err::read_to_string(&path).unwrap();
    text.push_str("GH-9999,2023-02-15,B,coral,9.9,11.6,6.78,medium,8,3,no\n");
    fs_err::write(&path, text).unwrap();
    let ran = env.smith(&words(&command("greenhouse", "tasks")));
    let ran = ran.expect(exit::HOST_NOT_SET_UP);
    let said = &ran.stdout;
    assert!(
        said.contains("the cassette has no reply to this request: at `body.messages[")
            && said.contains("recorded is")
            && said.contains("asked is")
            && said.contains("record the cassette again"),
        "{}",
        ran.document()
    );
}
