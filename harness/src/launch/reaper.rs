//! Somebody who outlives the harness: a shell that kills a service when nobody is left to stop it, or mends a store when nobody
//! is left to do that.
//!
//! A process that is killed cannot clean up. The shell waits at a pipe whose other end only this process has; the system
//! closes it however this process ends.

use std::io;
use std::process::Stdio;

use rustix::process::Pid;
use tokio::process::{Child, ChildStdin, Command};

use super::LaunchCommand;
use super::store_command::program;

/// Reading fails at the end of the pipe, and a newline never comes.
const KILL_AT_THE_END: &str = r#"read -r _ || kill -s KILL -- "-$1""#;

/// As above, with a command in the place of a signal.
const RUN_AT_THE_END: &str = r#"read -r _ || exec "$@""#;

/// The shell. It is dismissed when this is dropped.
pub(super) struct Reaper {
    shell: Child,
    /// It ends with this process.
    _pipe: Option<ChildStdin>,
}

impl Reaper {
    /// Watches over a process group.
    pub(super) fn of(group: Pid) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", KILL_AT_THE_END, "sh", &group.as_raw_nonzero().to_string()]);
        Self::waiting(shell)
    }

    /// Runs a command in the end.
    pub(super) fn running(command: &LaunchCommand) -> io::Result<Self> {
        let program = program(command);
        let program = program.as_std();
        let mut shell = Command::new("sh");
        shell.args(["-c", RUN_AT_THE_END, "sh"]).arg(program.get_program()).args(program.get_args());
        if let Some(folder) = program.get_current_dir() {
            shell.current_dir(folder);
        }
        shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self::waiting(shell)
    }

    fn waiting(mut shell: Command) -> io::Result<Self> {
        let mut shell = shell
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

impl Drop for Reaper {
    fn drop(&mut self) {
        // The pipe must not end before the shell has been told to.
        let _ = self.shell.start_kill();
    }
}
