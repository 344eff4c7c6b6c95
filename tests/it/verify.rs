//! `verify`, `status` and `schema checks`: what stands in a folder is judged again, counted and documented.

use crate::support::{TestEnv, exit, published};

/// The first task of the parcels, its copy after a change, a copy without its lock, and a folder that is none.
#[test]
fn tasks_made_elsewhere_changed_and_missing() {
    let env = published().env();
    let id = published().of("parcels")[0];
    let files = &published().tasks()[id];
    for (path, content) in files {
        env.write(&format!("changed/{path}"), content);
        if path != "MANIFEST" && path != "environment.lock" {
            env.write(&format!("foreign/{path}"), content);
        }
    }
    let train = env.path("changed/public/train.csv");
    let text = fs_err::read_to_string(&train).unwrap();
    let (kept, _) = text.trim_end().rsplit_once('\n').unwrap();
    fs_err::write(&train, format!("{kept}\n")).unwrap();

    let good = format!("tasks/{id}");
    let ran = env
        .smith(&[
            "verify",
            &good,
            "nowhere",
            "changed",
            "foreign",
            "--raw",
            "data/parcels",
            "--jobs",
            "2",
            "--json",
        ])
        .expect(exit::REJECTED);
    let lines = ran.json_lines();
    let tasks: Vec<&str> = lines
        .iter()
        .map(|line| line["task"].as_str().unwrap())
        .collect();
    assert_eq!(tasks, [good.as_str(), "nowhere", "changed", "foreign"]);
    let status = |line: usize, check: &str| {
        let findings = lines[line]["verdict"]["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|finding| finding["check"] == check)
            .and_then(|finding| finding["status"].as_str())
            .unwrap_or("absent")
            .to_owned()
    };

    assert_eq!(lines[0]["verdict"]["accepted"], true, "{}", lines[0]);
    assert_eq!(lines[0]["environment"]["matches"], true);
    assert_eq!(lines[0]["review"]["reviewer"]["name"], "rules");
    for check in ["A12", "B02", "B04", "F01", "F02", "F03"] {
        assert_eq!(status(0, check), "pass", "{check}: {}", lines[0]);
    }
    assert_eq!(lines[1]["exit_code"], exit::USAGE);
    assert_eq!(status(2, "A12"), "fail");
    assert_eq!(status(2, "B02"), "fail", "it is run all the same");
    // It was sealed, for its manifest states a digest; the listing and the pin are gone.
    assert_eq!(status(3, "A01"), "fail");
    assert_eq!(status(3, "A12"), "fail");
    assert_eq!(status(3, "B01"), "skip");
    assert_eq!(lines[3]["environment"]["matches"], false);
}

#[test]
fn the_funnel_of_an_output_folder() {
    let env = TestEnv::with_data();
    env.write("data/notes/readme.txt", "no table\n");
    let generate = ["generate", "data/parcels", "data/notes", "--out", "out"];
    env.smith(&generate).expect(exit::OK);
    let ran = env
        .smith(&["status", "out", "--datasets", "--json"])
        .expect(exit::OK);
    let funnel = &ran.json_lines()[0];
    assert_eq!(funnel["datasets"], 2);
    let refusals = funnel["refusals"].as_object().unwrap();
    assert_eq!(
        refusals
            .values()
            .filter_map(|count| count.as_u64())
            .sum::<u64>(),
        1
    );
    let published = funnel["published"].as_u64().unwrap();
    assert!(published > 0);
    let datasets = funnel["by_dataset"].as_array().unwrap();
    let of_parcels = datasets
        .iter()
        .find(|dataset| dataset["dataset"] == "parcels")
        .unwrap();
    assert_eq!(
        of_parcels["published"].as_array().unwrap().len() as u64,
        published
    );

    fs_err::remove_dir_all(env.path("out.ledger")).unwrap();
    let ran = env.smith(&["status", "out"]).expect(exit::USAGE);
    assert!(ran.stderr.contains("smith verify"), "{}", ran.stderr);
}

#[test]
fn every_check_is_documented() {
    let env = TestEnv::without_environment();
    let markdown = env.smith(&["schema", "checks"]).expect(exit::OK).stdout;
    let json = env.smith(&["schema", "checks", "--json"]).expect(exit::OK);
    let groups = &json.json_lines()[0]["groups"];
    let checks: Vec<&str> = groups
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["checks"].as_array().unwrap())
        .map(|check| check["id"].as_str().unwrap())
        .collect();
    assert!(checks.contains(&"A01") && checks.contains(&"F04"));
    for id in checks {
        assert!(markdown.contains(&format!("### {id}: ")), "{id}");
    }
}
