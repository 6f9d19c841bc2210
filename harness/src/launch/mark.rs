//! Processes that a service has started and that have left its process group, as the workers of a daemon do. Where such a service
//! is killed, nobody ends them.
//!
//! Everything that a service starts inherits a mark in its environment, by which it is known. Linux alone shows the environment
//! of processes; elsewhere such processes outlive the run.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;

/// The name of the variable that is the mark.
const NAME: &str = "SESSIONSPEC_LAUNCHED_BY";

/// What all processes have in their environment that were started for one run.
#[derive(Debug, Clone)]
pub struct Mark(Arc<str>);

impl Default for Mark {
    fn default() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self(format!("{}-{random:016x}", std::process::id()).into())
    }
}

impl Mark {
    /// The variable, and its value.
    pub(super) fn variable(&self) -> (&'static str, &str) {
        (NAME, &self.0)
    }

    /// Kills whatever has the mark. While a run goes on, that may be the store of a service that was ended on purpose.
    #[cfg(target_os = "linux")]
    pub fn kill_all(&self) {
        use rustix::process::{Signal, WaitOptions, kill_process, waitpid};

        // One that is killed may have started others just before.
        for _ in 0..3 {
            let marked = self.marked();
            for process in &marked {
                // One that is gone needs no signal.
                let _ = kill_process(*process, Signal::KILL);
            }
            for process in &marked {
                // Those that nobody else waits for are children of this process. Others are not, and that is no harm.
                let _ = waitpid(Some(*process), WaitOptions::empty());
            }
            if marked.is_empty() {
                return;
            }
        }
    }

    /// Kills nothing: here nobody can see the environment of processes.
    #[cfg(not(target_os = "linux"))]
    pub fn kill_all(&self) {}

    /// Where whatever has the mark listens.
    #[cfg(target_os = "linux")]
    pub(crate) fn listens_at(&self) -> BTreeSet<SocketAddr> {
        super::listening::addresses(&self.marked())
    }

    /// Nothing is known of it: here nobody can see the sockets of processes.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn listens_at(&self) -> BTreeSet<SocketAddr> {
        BTreeSet::new()
    }

    #[cfg(target_os = "linux")]
    fn marked(&self) -> Vec<rustix::process::Pid> {
        use rustix::process::Pid;

        let entry = format!("{NAME}={}", self.0);
        let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
        let numbers = processes.filter_map(|process| process.ok()?.file_name().to_str()?.parse::<i32>().ok());
        // Those of other users cannot be read, and have been started by nobody here.
        let has_mark = |number: &i32| {
            let environment = std::fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == entry.as_bytes())
        };
        numbers.filter(has_mark).filter_map(Pid::from_raw).collect()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_that_has_left_its_group_is_known_by_its_mark() {
        let [mark, other] = [Mark::default(), Mark::default()];
        let (name, value) = mark.variable();
        let mut orphan =
            Command::new("cat").env(name, value).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        // It is no process of this program until it has become `cat`.
        while mark.marked().is_empty() {
            std::thread::yield_now();
        }
        other.kill_all();
        assert!(orphan.try_wait().unwrap().is_none());
        mark.kill_all();
        assert!(mark.marked().is_empty());
    }
}
