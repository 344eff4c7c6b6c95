//! Turns a typed policy into confinement: bubblewrap arguments, seccomp, rlimits, supervision of the running tree.
//!
//! It knows nothing of Python, tasks or scores, and gives up nothing silently: a guarantee that the host can't
//! give is a [`SandboxError`] that names the fix, or a substitute that [`doctor`] names.
//!
//! Where the bounds come from:
//! - *Reading and network*: only what [`Policy::mounts`] names exists inside, and the network namespace is empty.
//! - *Writing*: hostile programs write into memory file systems whose size the kernel enforces
//!   ([`Mount::Output`], [`Mount::Tmpfs`]); nothing of them reaches the host but what [`collect`] takes out.
//! - *Memory and processes*: rlimits, and a supervisor that samples the whole tree every [`TICK`] and kills it.
//!   With a delegated cgroup v2 the kernel enforces both; without one the overshoot is what the tree can
//!   allocate or fork in one tick.
//! - *Root*: started by root, the program is root to files of the kernel that belong to root, without any capability.
//!   So `/proc` is read-only and devices are read-only mounts; and because no kernel limits root's processes, the
//!   supervisor takes precedence over them.
//! - *Time*: TERM, a grace, then KILL to the first process of the PID namespace, which takes everything with it.

mod arguments;
mod captured;
mod cgroup;
pub mod collect;
mod denial;
pub mod doctor;
mod error;
mod fork_server;
mod hold;
mod launcher;
mod policy;
mod record;
pub mod roles;
mod run;
mod seccomp;
mod start;
mod supervise;
#[expect(
    unsafe_code,
    reason = "calls to the kernel that no safe wrapper offers; nowhere else in the workspace"
)]
mod sys;
mod tree;
mod usage;
mod waiting;

pub use arguments::arguments;
pub use captured::Captured;
pub use error::SandboxError;
pub use fork_server::ForkServer;
pub use launcher::Launcher;
pub use policy::{Limits, Mount, Policy};
pub use record::{Completed, Outcome, Outputs, RunRecord};
pub use run::{attach, run};
pub use supervise::TICK;
