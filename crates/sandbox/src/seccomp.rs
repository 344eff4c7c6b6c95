//! The system call filter: what no confined program has a use for, and what would widen the kernel's surface.
//!
//! It is a deny-list on top of namespaces and dropped capabilities, not the confinement itself. Each filter
//! answers with one error number, so there are several; the kernel applies them all.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Width, SeccompCmpOp as Compare,
    SeccompCondition, SeccompFilter, SeccompRule, TargetArch, sock_filter,
};

/// How many filters [`programs`] gives; known beforehand because arguments name their descriptors.
pub(crate) const FILTERS: usize = 4;

/// Refused with `EPERM`, whatever the arguments: a program that tries one of these should see that it may not.
#[rustfmt::skip]
const DENIED: &[i64] = &[
    // Mounts and namespaces: the confinement itself.
    libc::SYS_mount, libc::SYS_umount2, libc::SYS_pivot_root, libc::SYS_chroot,
    libc::SYS_move_mount, libc::SYS_open_tree, libc::SYS_fsopen, libc::SYS_fsconfig,
    libc::SYS_fsmount, libc::SYS_fspick, libc::SYS_mount_setattr,
    libc::SYS_unshare, libc::SYS_setns,
    // Other processes' memory and descriptors.
    libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev,
    libc::SYS_process_madvise, libc::SYS_kcmp, libc::SYS_pidfd_getfd,
    // Files by handle: around every mount point.
    libc::SYS_name_to_handle_at, libc::SYS_open_by_handle_at,
    // Parts of the kernel with a long record of holes, and of no use here.
    libc::SYS_bpf, libc::SYS_userfaultfd, libc::SYS_perf_event_open,
    libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register,
    libc::SYS_keyctl, libc::SYS_add_key, libc::SYS_request_key,
    libc::SYS_fanotify_init, libc::SYS_lookup_dcookie, libc::SYS_vhangup,
    // The machine as a whole.
    libc::SYS_kexec_load, libc::SYS_kexec_file_load, libc::SYS_reboot,
    libc::SYS_init_module, libc::SYS_finit_module, libc::SYS_delete_module,
    libc::SYS_swapon, libc::SYS_swapoff, libc::SYS_acct, libc::SYS_syslog,
    libc::SYS_quotactl, libc::SYS_quotactl_fd,
    libc::SYS_settimeofday, libc::SYS_clock_settime, libc::SYS_clock_adjtime, libc::SYS_adjtimex,
    libc::SYS_sethostname, libc::SYS_setdomainname,
    // Memory that belongs to no process and no mount, so that no limit would see it.
    libc::SYS_shmget, libc::SYS_shmat, libc::SYS_msgget, libc::SYS_semget, libc::SYS_mq_open,
    libc::SYS_memfd_secret,
    #[cfg(target_arch = "x86_64")] libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")] libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")] libc::SYS_uselib,
    #[cfg(target_arch = "x86_64")] libc::SYS_modify_ldt,
];

/// Refused with `ENOSYS`, as if the kernel were older: callers then take the way that can be judged.
///
/// `clone3` hides its flags behind a pointer, where no filter can see them; libraries fall back to `clone`.
/// `memfd_create` makes files that no mount's size bounds; libraries fall back to `/tmp` or `/dev/shm`.
const ABSENT: &[i64] = &[libc::SYS_clone3, libc::SYS_memfd_create];

/// Flags of `clone` that make namespaces. (`CLONE_NEWTIME` exists for `clone3` and `unshare` only.)
const NAMESPACE_FLAGS: &[i32] = &[
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

/// Kinds of socket that stay: those that the empty network namespace confines. `AF_VSOCK`, for one, it does not.
const SOCKET_FAMILIES: &[i32] = &[libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];

/// `personality` values that change nothing of security: the default, and the query.
const PERSONALITIES: &[u64] = &[0, 0xffff_ffff];

/// The filters, each as the kernel's array of instructions in bytes.
pub(crate) fn programs() -> [Vec<u8>; FILTERS] {
    let denied = with_every(DENIED)
        .into_iter()
        .chain([
            (libc::SYS_clone, namespace_flags()),
            (libc::SYS_ioctl, terminal_injection()),
            (libc::SYS_personality, other_personalities()),
        ])
        .collect();
    [
        compile(denied, libc::EPERM),
        compile(with_every(ABSENT), libc::ENOSYS),
        compile(
            BTreeMap::from([(libc::SYS_socket, other_families())]),
            libc::EAFNOSUPPORT,
        ),
        other_calling_conventions(),
    ]
    .map(|program| bytes(&program))
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// An empty list of rules matches every call.
fn with_every(calls: &[i64]) -> Rules {
    calls.iter().map(|&call| (call, Vec::new())).collect()
}

fn namespace_flags() -> Vec<SeccompRule> {
    NAMESPACE_FLAGS
        .iter()
        .map(|&flag| {
            let flag = u64::from(flag.cast_unsigned());
            all_of(vec![condition(
                0,
                Width::Qword,
                Compare::MaskedEq(flag),
                flag,
            )])
        })
        .collect()
}

/// Writing into the input of a terminal: there is none, but one could be inherited by mistake.
fn terminal_injection() -> Vec<SeccompRule> {
    [libc::TIOCSTI, libc::TIOCLINUX]
        .map(|request| all_of(vec![condition(1, Width::Dword, Compare::Eq, request)]))
        .into()
}

fn other_personalities() -> Vec<SeccompRule> {
    let differs = PERSONALITIES
        .iter()
        .map(|&value| condition(0, Width::Dword, Compare::Ne, value));
    vec![all_of(differs.collect())]
}

fn other_families() -> Vec<SeccompRule> {
    let differs = SOCKET_FAMILIES.iter().map(|family| {
        let family = u64::from(family.unsigned_abs());
        condition(0, Width::Dword, Compare::Ne, family)
    });
    vec![all_of(differs.collect())]
}

fn condition(argument: u8, width: Width, compare: Compare, value: u64) -> SeccompCondition {
    SeccompCondition::new(argument, width, compare, value)
        .expect("a system call has arguments 0 to 5, and only those are asked for")
}

fn all_of(conditions: Vec<SeccompCondition>) -> SeccompRule {
    SeccompRule::new(conditions).expect("no rule here is without a condition")
}

fn compile(rules: Rules, errno: i32) -> BpfProgram {
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, ARCHITECTURE)
        .expect("allow and refuse are different actions");
    filter
        .try_into()
        .expect("the rules are constants and far below the kernel's limit of 4,096 instructions")
}

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: TargetArch = TargetArch::x86_64;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: TargetArch = TargetArch::aarch64;

/// The x32 calling convention passes as x86-64 but numbers its calls from 2^30, so that no rule above would match.
/// (32-bit x86 is another architecture: every compiled filter kills it.)
fn other_calling_conventions() -> BpfProgram {
    const X32: u32 = 0x4000_0000;
    let load_number = statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0);
    let is_x32 = sock_filter {
        code: instruction(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K),
        jt: 0,
        jf: 1,
        k: X32,
    };
    let give = libc::BPF_RET | libc::BPF_K;
    let refuse = statement(give, libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs());
    let allow = statement(give, libc::SECCOMP_RET_ALLOW);
    vec![load_number, is_x32, refuse, allow]
}

fn statement(code: u32, k: u32) -> sock_filter {
    sock_filter {
        code: instruction(code),
        jt: 0,
        jf: 0,
        k,
    }
}

fn instruction(code: u32) -> u16 {
    u16::try_from(code).expect("instruction codes have 16 bits")
}

/// `struct sock_filter` as the kernel reads it: code, two jump distances, operand; native byte order.
fn bytes(program: &[sock_filter]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for step in program {
        bytes.extend(step.code.to_ne_bytes());
        bytes.extend([step.jt, step.jf]);
        bytes.extend(step.k.to_ne_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One system call as the kernel shows it to a filter.
    struct Call {
        number: i64,
        architecture: u32,
        arguments: [u64; 6],
    }

    #[cfg(target_arch = "x86_64")]
    const NATIVE: u32 = 0xc000_003e;
    #[cfg(target_arch = "aarch64")]
    const NATIVE: u32 = 0xc000_00b7;

    fn call(number: i64, arguments: &[u64]) -> Call {
        let mut all = [0; 6];
        all[..arguments.len()].copy_from_slice(arguments);
        Call {
            number,
            architecture: NATIVE,
            arguments: all,
        }
    }

    impl Call {
        /// A 32-bit word of `struct seccomp_data`, little-endian.
        fn word(&self, offset: u32) -> u32 {
            let mut data = Vec::new();
            data.extend(u32::try_from(self.number).unwrap().to_le_bytes());
            data.extend(self.architecture.to_le_bytes());
            data.extend(0_u64.to_le_bytes());
            data.extend(self.arguments.iter().flat_map(|word| word.to_le_bytes()));
            let at = offset as usize;
            u32::from_le_bytes(data[at..at + 4].try_into().unwrap())
        }
    }

    /// Runs one program as the kernel does, for the instructions that filters use.
    fn answer(program: &[u8], call: &Call) -> u32 {
        let steps: Vec<_> = program.chunks(8).collect();
        let (mut at, mut accumulator) = (0, 0_u32);
        loop {
            let step = steps[at];
            let code = u32::from(u16::from_ne_bytes([step[0], step[1]]));
            let k = u32::from_ne_bytes(step[4..8].try_into().unwrap());
            at += 1;
            let jump = match code {
                0x20 => {
                    accumulator = call.word(k);
                    continue;
                }
                0x54 => {
                    accumulator &= k;
                    continue;
                }
                0x06 => return k,
                0x05 => {
                    at += k as usize;
                    continue;
                }
                0x15 => accumulator == k,
                0x25 => accumulator > k,
                0x35 => accumulator >= k,
                _ => panic!("instruction {code:#x} is not known here"),
            };
            at += usize::from(if jump { step[2] } else { step[3] });
        }
    }

    /// The kernel applies every filter and takes the strictest answer: the smallest as a signed number.
    fn verdict(call: &Call) -> u32 {
        let answers = programs().map(|program| answer(&program, call));
        answers
            .into_iter()
            .min_by_key(|answer| answer.cast_signed())
            .unwrap()
    }

    const ALLOWED: u32 = libc::SECCOMP_RET_ALLOW;

    fn refused(errno: i32) -> u32 {
        libc::SECCOMP_RET_ERRNO | errno.unsigned_abs()
    }

    #[test]
    fn what_a_program_needs_is_allowed() {
        let threads = libc::CLONE_VM | libc::CLONE_THREAD | libc::CLONE_SIGHAND | libc::SIGCHLD;
        let calls = [
            call(libc::SYS_read, &[0, 1, 2]),
            call(libc::SYS_execve, &[]),
            call(libc::SYS_mmap, &[]),
            call(libc::SYS_clone, &[u64::from(threads.unsigned_abs())]),
            call(libc::SYS_socket, &[1, 1]),
            call(libc::SYS_socket, &[2, 1]),
            call(libc::SYS_socket, &[10, 1]),
            call(libc::SYS_ioctl, &[0, 0x5401]),
            call(libc::SYS_personality, &[0xffff_ffff]),
            call(libc::SYS_prctl, &[]),
            call(libc::SYS_kill, &[]),
        ];
        for call in calls {
            assert_eq!(verdict(&call), ALLOWED, "call {}", call.number);
        }
    }

    #[test]
    fn what_nobody_needs_is_refused() {
        for &number in DENIED {
            assert_eq!(
                verdict(&call(number, &[])),
                refused(libc::EPERM),
                "{number}"
            );
        }
        for &number in ABSENT {
            assert_eq!(
                verdict(&call(number, &[])),
                refused(libc::ENOSYS),
                "{number}"
            );
        }
    }

    #[test]
    fn arguments_decide_where_a_call_is_needed_too() {
        for &flag in NAMESPACE_FLAGS {
            let flags = u64::from(flag.cast_unsigned() | libc::SIGCHLD.cast_unsigned());
            assert_eq!(
                verdict(&call(libc::SYS_clone, &[flags])),
                refused(libc::EPERM),
                "{flag:#x}"
            );
        }
        // The kernel looks at 32 bits of these: what stands above them must not hide anything.
        let above = 1_u64 << 40;
        for family in [
            libc::AF_NETLINK,
            libc::AF_PACKET,
            libc::AF_VSOCK,
            libc::AF_ALG,
        ] {
            let family = u64::from(family.unsigned_abs());
            for family in [family, family | above] {
                assert_eq!(
                    verdict(&call(libc::SYS_socket, &[family])),
                    refused(libc::EAFNOSUPPORT)
                );
            }
        }
        for request in [libc::TIOCSTI, libc::TIOCSTI | above, libc::TIOCLINUX] {
            assert_eq!(
                verdict(&call(libc::SYS_ioctl, &[0, request])),
                refused(libc::EPERM)
            );
        }
        let no_randomisation = 0x0004_0000;
        assert_eq!(
            verdict(&call(libc::SYS_personality, &[no_randomisation])),
            refused(libc::EPERM)
        );
    }

    #[test]
    fn no_other_numbering_leads_around() {
        let mut x86_32 = call(libc::SYS_read, &[]);
        x86_32.architecture = 0x4000_0003;
        assert_eq!(verdict(&x86_32), libc::SECCOMP_RET_KILL_PROCESS);

        let x32_ptrace = call(0x4000_0000 + 521, &[]);
        assert_eq!(verdict(&x32_ptrace), refused(libc::ENOSYS));
    }

    #[test]
    fn programs_fit_into_the_kernel() {
        for program in programs() {
            assert_eq!(program.len() % 8, 0);
            assert!(program.len() / 8 <= 4096);
        }
    }
}
