//! A policy as bubblewrap's arguments: a pure function, so that what is tested is what is run.
//!
//! It neither starts anything nor looks at the host. Written for bubblewrap 0.8: no `--overlay`, no `--argv0`.

use std::ffi::OsString;

use crate::{Mount, Policy};

/// Where bubblewrap finds what is handed over by descriptor. The numbers are ours to choose: everything else
/// that is open is closed on the way into bubblewrap.
pub(crate) mod descriptor {
    pub(crate) const ARGUMENTS: i32 = 3;
    pub(crate) const INFORMATION: i32 = 4;
    pub(crate) const GATE: i32 = 5;
    pub(crate) const SYNC: i32 = 6;
    pub(crate) const FIRST_FILTER: i32 = 7;
    /// The fork server's user namespace, where one is joined.
    pub(crate) const USERS: i32 = 20;
    /// The fork server's socket.
    pub(crate) const CONTROL: i32 = 21;
}

/// What bubblewrap builds the confinement for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenant {
    /// The program that it starts itself.
    Program,
    /// A process of the fork server, which enters from outside. bubblewrap stays at the gate for ever, as the first
    /// process inside.
    Forked,
    /// The fork server. It runs only what it was shipped with, and has the rights that it takes to move its children
    /// into what belongs to its own user namespace.
    ForkServer,
}

/// What entering a namespace takes, and what dropping capabilities for good takes.
const FORK_SERVER_CAPABILITIES: [&str; 3] = ["CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SETPCAP"];

/// User and group inside, the same on every host: the process can't tell who runs it.
const USER: &str = "1000";

/// Devices that a program may expect anywhere. No terminal, no disk, no `/dev/pts`.
pub(crate) const DEVICES: [&std::ffi::CStr; 5] = [
    c"/dev/null",
    c"/dev/zero",
    c"/dev/full",
    c"/dev/random",
    c"/dev/urandom",
];

/// The device folder holds only mount points and links.
const DEVICE_FOLDER_BYTES: u64 = 64 << 10;

/// The arguments for this policy, in order; mount order is part of the policy.
///
/// They are handed to bubblewrap through a descriptor (`--args`), because the command line of its process can be
/// read inside the sandbox and would tell paths of the host.
#[must_use]
pub fn arguments(policy: &Policy) -> Vec<OsString> {
    arguments_for(Tenant::Program, policy)
}

/// The same for any tenant: a forked process gets exactly the mounts and namespaces that a started program gets.
pub(crate) fn arguments_for(tenant: Tenant, policy: &Policy) -> Vec<OsString> {
    let mut arguments = Arguments::default();
    namespaces(&mut arguments, tenant);
    confine(&mut arguments, tenant);
    processes(&mut arguments, tenant);
    standard_mounts(&mut arguments, policy.limits.temporary_bytes);
    for mount in &policy.mounts {
        add_mount(&mut arguments, mount);
    }
    // Last: the root is a file system in memory too, and would otherwise be one without a size.
    arguments.add(["--remount-ro", "/"]);
    arguments.add(["--chdir", policy.directory.as_str()]);
    for (name, value) in &policy.variables {
        arguments.add(["--setenv", name, value]);
    }
    arguments.0
}

#[derive(Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn add<const N: usize>(&mut self, words: [&str; N]) {
        self.0.extend(words.map(OsString::from));
    }
}

fn namespaces(arguments: &mut Arguments, tenant: Tenant) {
    match tenant {
        Tenant::Program | Tenant::ForkServer => arguments.add(["--unshare-user"]),
        // So that the server may move its children into all that follows.
        Tenant::Forked => arguments.add(["--userns", &descriptor::USERS.to_string()]),
    }
    match tenant {
        Tenant::Program | Tenant::Forked => arguments.add(["--unshare-pid"]),
        // A PID namespace can be entered only from the one that it was made in, or above: that is ours.
        Tenant::ForkServer => {}
    }
    arguments.add(["--unshare-net", "--unshare-ipc", "--unshare-uts"]);
    // Hides the names of the host's control groups; protects nothing, so a kernel without it is no reason to stop.
    arguments.add(["--unshare-cgroup-try"]);
}

fn confine(arguments: &mut Arguments, tenant: Tenant) {
    arguments.add(["--die-with-parent", "--new-session"]);
    // When started by root, bubblewrap keeps all capabilities unless told otherwise.
    arguments.add(["--cap-drop", "ALL"]);
    if tenant == Tenant::ForkServer {
        for capability in FORK_SERVER_CAPABILITIES {
            arguments.add(["--cap-add", capability]);
        }
    }
    arguments.add(["--uid", USER, "--gid", USER, "--hostname", "sandbox"]);
    arguments.add(["--clearenv"]);
    arguments.add(["--info-fd", &descriptor::INFORMATION.to_string()]);
    if tenant == Tenant::ForkServer {
        return;
    }
    arguments.add(["--block-fd", &descriptor::GATE.to_string()]);
    if tenant == Tenant::Forked {
        // The first process inside stands at the gate, deaf to the end of whoever started it. When we end, the gate's other
        // end goes with us; it then tries to become a program that is none, and the kernel ends all that is inside.
        arguments.add(["--as-pid-1"]);
    }
    if tenant == Tenant::Program {
        // The gate's own other end, held open by the first process inside: if we are killed before we open the gate,
        // it stays shut, where the end of the pipe would have let an unlimited program through.
        arguments.add(["--sync-fd", &descriptor::SYNC.to_string()]);
        for index in (descriptor::FIRST_FILTER..).take(crate::seccomp::FILTERS) {
            arguments.add(["--add-seccomp-fd", &index.to_string()]);
        }
    }
}

fn processes(arguments: &mut Arguments, tenant: Tenant) {
    if tenant == Tenant::ForkServer {
        // A new one can't be mounted for a PID namespace that is not ours alone.
        arguments.add(["--ro-bind", "/proc", "/proc"]);
        return;
    }
    arguments.add(["--proc", "/proc"]);
    // Started by root, the process is root to the files of /proc/sys: it could set the host's kernel parameters,
    // `core_pattern` (a program that the host's kernel then starts) among them. bubblewrap leaves them writable.
    arguments.add(["--remount-ro", "/proc"]);
}

fn standard_mounts(arguments: &mut Arguments, temporary_bytes: u64) {
    // Not bubblewrap's own `--dev`: its file system in memory has no size, and is writable.
    add_tmpfs(arguments, "/dev", DEVICE_FOLDER_BYTES, "0755");
    for device in DEVICES {
        let path = device.to_str().expect("names of devices are ASCII");
        arguments.add(["--dev-bind", path, path]);
    }
    for (link, target) in [
        ("/dev/fd", "/proc/self/fd"),
        ("/dev/stdin", "/proc/self/fd/0"),
        ("/dev/stdout", "/proc/self/fd/1"),
        ("/dev/stderr", "/proc/self/fd/2"),
    ] {
        arguments.add(["--symlink", target, link]);
    }
    // Python's multiprocessing keeps its semaphores there.
    add_tmpfs(arguments, "/dev/shm", temporary_bytes, "1777");
    arguments.add(["--remount-ro", "/dev"]);
    add_tmpfs(arguments, "/tmp", temporary_bytes, "1777");
}

fn add_mount(arguments: &mut Arguments, mount: &Mount) {
    match mount {
        Mount::ReadOnly { host, inside } => {
            arguments.add(["--ro-bind", host.as_str(), inside.as_str()]);
        }
        Mount::Writable { host, inside } => {
            arguments.add(["--bind", host.as_str(), inside.as_str()]);
        }
        Mount::Tmpfs { inside, max_bytes } | Mount::Output { inside, max_bytes } => {
            add_tmpfs(arguments, inside.as_str(), *max_bytes, "0755");
        }
        Mount::Folder { inside } => arguments.add(["--dir", inside.as_str()]),
        Mount::Symlink { target, inside } => {
            arguments.add(["--symlink", target.as_str(), inside.as_str()]);
        }
    }
}

fn add_tmpfs(arguments: &mut Arguments, inside: &str, max_bytes: u64, mode: &str) {
    // A size of zero means "no limit" to the kernel: the smallest real one is a page.
    let size = max_bytes.max(4096).to_string();
    arguments.add(["--perms", mode, "--size", &size, "--tmpfs", inside]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mounts(list: Vec<Mount>) -> Vec<OsString> {
        let mut arguments = Arguments::default();
        for mount in &list {
            add_mount(&mut arguments, mount);
        }
        arguments.0
    }

    #[test]
    fn each_kind_of_mount_says_what_it_means() {
        let path = |text: &str| camino::Utf8PathBuf::from(text);
        let given = mounts(vec![
            Mount::ReadOnly {
                host: path("/h/a"),
                inside: path("/a"),
            },
            Mount::Writable {
                host: path("/h/b"),
                inside: path("/b"),
            },
            Mount::Output {
                inside: path("/work"),
                max_bytes: 1 << 20,
            },
            Mount::Folder {
                inside: path("/work/public"),
            },
            Mount::Symlink {
                target: path("/a/sh"),
                inside: path("/bin/sh"),
            },
            Mount::Tmpfs {
                inside: path("/build"),
                max_bytes: 0,
            },
        ]);
        let expected = "--ro-bind /h/a /a --bind /h/b /b \
            --perms 0755 --size 1048576 --tmpfs /work --dir /work/public \
            --symlink /a/sh /bin/sh --perms 0755 --size 4096 --tmpfs /build";
        let expected: Vec<_> = expected.split(' ').map(OsString::from).collect();
        assert_eq!(given, expected);
    }

    #[test]
    fn the_root_is_closed_after_the_last_mount() {
        let arguments = arguments(&crate::roles::tests::example_solver());
        let last_mount = arguments
            .iter()
            .rposition(|word| word == "--tmpfs" || word == "--ro-bind" || word == "--bind");
        let closed = arguments
            .windows(2)
            .position(|pair| pair[0] == "--remount-ro" && pair[1] == "/");
        assert!(last_mount < closed, "{arguments:?}");
    }
}
