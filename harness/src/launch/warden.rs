//! Somebody who outlives the harness: a shell that kills a service when nobody is left to stop it.
//!
//! A process that is killed cannot clean up. The shell waits at a pipe whose other end only this process has; the system
//! closes it however this process ends.

use std::io;
use std::process::Stdio;

use rustix::process::Pid;
use tokio::process::{Child, ChildStdin, Command};

/// Reading fails at the end of the pipe, and a newline never comes.
const KILL_AT_THE_END: &str = r#"read -r _ || kill -s KILL -- "-$1""#;

/// The shell. It is dismissed when this is dropped.
pub(super) struct Warden {
    shell: Child,
    /// It ends with this process.
    _pipe: Option<ChildStdin>,
}

impl Warden {
    /// Watches over a process group.
    pub(super) fn of(group: Pid) -> io::Result<Self> {
        let mut shell = Command::new("sh")
            .args(["-c", KILL_AT_THE_END, "sh", &group.as_raw_nonzero().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What a terminal sends to the harness is not for it.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let pipe = shell.stdin.take();
        Ok(Self { shell, _pipe: pipe })
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        // The pipe must not end before the shell has been told to.
        let _ = self.shell.start_kill();
    }
}
