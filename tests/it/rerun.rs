//! `rerun`: a published task executes again to the same bytes, and a changed one is told from it.

use crate::support::{exit, published};

#[test]
fn a_task_reruns_to_the_same_digests() {
    let env = published().env();
    let id = published().of("parcels")[0];
    let ran = env
        .rerun(&[&format!("tasks/{id}"), "--raw", "data/parcels"])
        .expect(exit::OK);
    insta::assert_snapshot!(ran.document());
}

#[test]
fn one_changed_byte_is_found_and_named() {
    let env = published().env();
    let id = published().of("parcels")[0];
    let path = format!("tasks/{id}/public/train.csv");
    let mut content = fs_err::read(env.path(&path)).unwrap();
    let at = content.iter().rposition(u8::is_ascii_digit).unwrap();
    content[at] = if content[at] == b'0' { b'1' } else { b'0' };
    env.write(&path, content);
    let ran = env
        .rerun(&[&format!("tasks/{id}"), "--raw", "data/parcels"])
        .expect(exit::DIFFERS);
    assert!(
        ran.stdout.contains("public/train.csv") || ran.stderr.contains("public/train.csv"),
        "{}",
        ran.document()
    );
    insta::assert_snapshot!(ran.document());
}

#[test]
fn other_raw_data_is_refused() {
    let env = published().env();
    let id = published().of("parcels")[0];
    let ran = env.rerun(&[&format!("tasks/{id}"), "--raw", "data/greenhouse"]);
    assert!(
        matches!(ran.code, Some(exit::USAGE | exit::DIFFERS)),
        "{}",
        ran.document()
    );
}
