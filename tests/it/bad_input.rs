//! Input that no task can be made from: an exit code and a reason, never a panic and never a task.

use crate::support::{TestEnv, exit};

#[test]
fn what_can_not_be_a_dataset_is_refused() {
    let env = TestEnv::new();
    env.write("empty.csv", "");
    env.write("head.csv", "a,b,c\n");
    env.write(
        "binary.csv",
        (0..4096_u32)
            .map(|it| (it * 7919 % 251) as u8)
            .collect::<Vec<_>>(),
    );
    env.write("column.csv", format!("value\n{}", "1\n2\n3\n".repeat(100)));
    env.write("few.csv", "a,b\n1,2\n3,4\n");
    env.write("same.csv", format!("a,b\n{}", "1,x\n".repeat(300)));
    env.write(
        "ragged.csv",
        format!("a,b,c\n{}", "1,2\n1,2,3,4,5\n\"1,2\n".repeat(60)),
    );
    env.write("broken.json", "[{\"a\": 1}, {\"a\": ");
    env.write("broken.parquet", "PAR1 and nothing else");
    env.write("broken.zip", "PK\x03\x04 and nothing else");
    fs_err::create_dir_all(env.path("nothing")).unwrap();
    let mut text = String::new();
    for (dataset, code) in [
        ("missing.csv", exit::USAGE),
        ("sklearn:nobody", exit::USAGE),
        ("empty.csv", exit::REJECTED),
        ("head.csv", exit::REJECTED),
        ("binary.csv", exit::REJECTED),
        ("column.csv", exit::REJECTED),
        ("few.csv", exit::REJECTED),
        ("same.csv", exit::REJECTED),
        ("ragged.csv", exit::REJECTED),
        ("broken.json", exit::REJECTED),
        ("broken.parquet", exit::REJECTED),
        ("broken.zip", exit::REJECTED),
        ("nothing", exit::REJECTED),
    ] {
        let out = format!("out-{}", dataset.replace([':', '.'], "-"));
        let ran = env
            .smith(&["generate", dataset, "--out", &out])
            .expect(code);
        let made = fs_err::read_dir(env.path(&out)).map_or(0, Iterator::count);
        assert_eq!(made, 0, "{}", ran.document());
        text += &format!("{}\n\n", ran.document().trim_end());
    }
    insta::assert_snapshot!(text);
}

#[test]
fn an_archive_never_writes_outside() {
    let env = TestEnv::new();
    env.write("climb.tar", tar_with("../../climbed.csv", b"a,b\n1,2\n"));
    let ran = env
        .smith(&["generate", "climb.tar", "--out", "out"])
        .expect(exit::REJECTED);
    assert!(
        !env.path("../climbed.csv").exists() && !env.path("climbed.csv").exists(),
        "{}",
        ran.document()
    );
    insta::assert_snapshot!(ran.document());
}

/// A tar archive of one file, written by hand because no careful library writes such a name.
fn tar_with(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].fill(b' ');
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = vec![0_u8; content.len().next_multiple_of(512) - content.len() + 1024];
    [&header[..], content, &padding].concat()
}
