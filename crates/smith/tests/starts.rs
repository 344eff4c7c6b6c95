//! The binary starts and tells its version. That this test exists makes `cargo test --workspace` build the
//! binary, which the end-to-end tests then find beside themselves.

#[test]
fn the_binary_tells_its_version() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test of the binary starts the binary"
    )]
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_smith"))
        .arg("--version")
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        concat!("smith ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
