//! A command of the user that does something to the store. It ends soon, or is ended.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;
use tokio::time::{interval, timeout};

use super::last_words::LastWords;
use super::{FAREWELL, LOOK_AGAIN, LaunchCommand, is_empty};

/// How long such a command may take.
const LONGEST: Duration = Duration::from_secs(10);

/// What a command has started, and has left running. It is killed when this is dropped.
pub(super) struct LeftRunning(Option<Pid>);

/// The program that this command starts, with nothing to read and nothing to say. What a terminal sends to the harness is not for
/// it.
pub(super) fn program(command: &LaunchCommand) -> Command {
    let mut program = match command {
        LaunchCommand::Shell(shell) => {
            let mut program = Command::new("sh");
            program.arg("-c").arg(shell);
            program
        }
        LaunchCommand::Program { arguments, folder, environment } => {
            let mut program = Command::new(&arguments[0]);
            program.args(&arguments[1..]).current_dir(folder).envs(environment);
            program
        }
    };
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    program
}

/// Runs the command of this option until it has ended, and returns what it has left running.
///
/// # Errors
///
/// Where it cannot be started, fails, or does not end in time. Nothing of it is left running then.
pub(super) async fn run(command: &LaunchCommand, option: &str) -> Result<LeftRunning, String> {
    let cannot = |error| format!("the command of {option} cannot be started: {error}");
    let (last_words, stderr) = LastWords::new().map_err(cannot)?;
    let mut child = program(command).stderr(stderr).spawn().map_err(cannot)?;
    let left = LeftRunning(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let said = || match last_words.complaint() {
        Some(line) => format!("its last words: {line}"),
        None => "it said nothing on standard error".to_owned(),
    };
    match timeout(LONGEST, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(left),
        Ok(Ok(status)) => Err(format!("the command of {option} has failed ({status}); {}", said())),
        Ok(Err(error)) => Err(format!("the command of {option} cannot be waited for: {error}")),
        Err(_) => {
            Err(format!("the command of {option} did not end within {} s; {}", LONGEST.as_secs(), said()))
        }
    }
}

impl LeftRunning {
    /// The process group, where anything is left of it.
    pub(super) fn group(&self) -> Option<Pid> {
        self.0.filter(|group| !is_empty(*group))
    }

    /// Leaves it alone.
    pub(super) fn forget(mut self) {
        self.0 = None;
    }

    /// Asks it to end, waits for it, and kills what is left.
    pub(super) async fn end(self) {
        let Some(group) = self.group() else { return self.forget() };
        // One that was stopped ends no sooner than it goes on.
        for signal in [Signal::TERM, Signal::CONT] {
            // A group that is gone needs no signal.
            let _ = kill_process_group(group, signal);
        }
        let gone = async {
            let mut attempts = interval(LOOK_AGAIN);
            while !is_empty(group) {
                attempts.tick().await;
            }
        };
        if timeout(FAREWELL, gone).await.is_ok() {
            self.forget();
        }
    }
}

impl Drop for LeftRunning {
    fn drop(&mut self) {
        if let Some(group) = self.group() {
            // As above.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
