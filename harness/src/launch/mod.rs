//! Starts a service for a run, and stops it with all its children.
//!
//! The service gets a process group of its own, so that its children can be found. A child that leaves the group (a
//! daemon, a job of an interactive shell) has left the run, too.

mod apart;
mod clock;
mod last_words;
mod launch_command;
#[cfg(target_os = "linux")]
mod listening;
mod mark;
mod port;
mod reaper;
mod recipe;
mod relaunch;
mod store;
mod store_command;
mod switch;

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpgid};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use last_words::LastWords;
pub use launch_command::LaunchCommand;
pub use mark::Mark;
use port::Port;
use reaper::Reaper;
pub use recipe::{PEERS_LIFETIME, Recipe};
pub use relaunch::{Others, StartedAgain};
pub use store::StoreOfService;
pub use switch::StoreSwitch;

use crate::store_proxy::WayToStore;

/// How long a service may take to end after it was asked to.
const FAREWELL: Duration = Duration::from_secs(5);

/// What becomes the port at which a service finds its store.
const STORE_PORT: &str = "{store_port}";

/// How often is looked for what sends no event: a port that is listened on, a process group that is gone.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A service that was started for a run. Dropping it kills it and all its children.
pub struct Launched {
    child: Child,
    group: Option<Pid>,
    port: Port,
    last_words: LastWords,
    /// What stands between it and its store. It ends with the service.
    way: Option<Arc<WayToStore>>,
    /// Kills it where this process cannot.
    _reaper: Option<Reaper>,
}

/// Why a service could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// The command itself could not be run.
    #[error("`{command}` cannot be started: {error}")]
    Start {
        /// The command.
        command: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// It ended before it listened.
    #[error(
        "`{command}` ended ({status}) before it listened on port {port}{}; {last_words}",
        if .status.success() { ", but has to stay in the foreground" } else { "" }
    )]
    Ended {
        /// The command.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// The port that it was given.
        port: u16,
        /// What it said on standard error.
        last_words: String,
    },
    /// It does not listen.
    #[error(
        "`{command}` does not listen on 127.0.0.1:{port} after {} s; it gets the port as {{port}} and in PORT; \
         {last_words}",
        .patience.as_secs_f64()
    )]
    Silent {
        /// The command.
        command: String,
        /// The port that it was given.
        port: u16,
        /// How long was waited.
        patience: Duration,
        /// What it said on standard error.
        last_words: String,
    },
    /// Nothing can stand between it and its store.
    #[error("nothing can stand between the service and its store: {0}")]
    NoProxy(std::io::Error),
    /// There is no free port.
    #[error("there is no free port: {0}")]
    NoPort(std::io::Error),
}

/// How a service is started, whichever its command is.
pub struct Start<'a> {
    /// What stands between it and its store, where something does.
    pub way: Option<WayToStore>,
    /// What all that it starts is known by.
    pub mark: &'a Mark,
    /// By how many seconds its clock is ahead.
    pub ahead: u32,
    /// How long it may take until it listens.
    pub patience: Duration,
}

impl Launched {
    /// Starts a program in this folder, with these variables beside those of this process, and waits until it listens. `{port}`
    /// in an argument becomes the port that it has to serve.
    ///
    /// # Errors
    ///
    /// Where it cannot be started, ends, or does not listen in time.
    pub async fn start(
        arguments: &[String],
        folder: &Path,
        environment: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
        how: Start<'_>,
    ) -> Result<Self, LaunchError> {
        let port = Port::claim().map_err(LaunchError::NoPort)?;
        let filled = |argument: &String| with_ports(argument, port.number(), how.way.as_ref());
        let arguments: Vec<String> = arguments.iter().map(filled).collect();
        let mut command = Command::new(&arguments[0]);
        command.args(&arguments[1..]).current_dir(folder).envs(environment);
        command.envs(clock::environment(how.ahead)).envs([how.mark.variable()]);
        Self::spawn(command, arguments.join(" "), port, how.way, how.patience).await
    }

    /// Starts a command as one writes it in a shell, in the folder and environment of this process, and waits until it listens.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn shell(command: &str, how: Start<'_>) -> Result<Self, LaunchError> {
        let port = Port::claim().map_err(LaunchError::NoPort)?;
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(with_ports(command, port.number(), how.way.as_ref()));
        shell.envs(clock::environment(how.ahead)).envs([how.mark.variable()]);
        let shown = command.split_whitespace().collect::<Vec<_>>().join(" ");
        Self::spawn(shell, shown, port, how.way, how.patience).await
    }

    async fn spawn(
        mut command: Command,
        shown: String,
        port: Port,
        way: Option<WayToStore>,
        patience: Duration,
    ) -> Result<Self, LaunchError> {
        adopt_orphans();
        let cannot = |error| LaunchError::Start { command: shown.clone(), error };
        let (last_words, stderr) = LastWords::new().map_err(cannot)?;
        if let Some(way) = &way {
            command.env("STORE_PORT", way.port().to_string());
        }
        let child = command
            .env("PORT", port.number().to_string())
            .env("SESSIONSPEC_PROBE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .process_group(0)
            .spawn()
            .map_err(cannot)?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        // A machine without a shell has to do without.
        let reaper = group.and_then(|group| Reaper::of(group).ok());
        let way = way.map(Arc::new);
        let number = port.number();
        let mut launched = Self { child, group, port, last_words, way, _reaper: reaper };
        let error = match timeout(patience, launched.listens_or_ends()).await {
            Ok(None) => return Ok(launched),
            Ok(Some(status)) => {
                LaunchError::Ended { command: shown, status, port: number, last_words: launched.last_words() }
            }
            Err(_) => LaunchError::Silent {
                command: shown,
                port: number,
                patience,
                last_words: launched.last_words(),
            },
        };
        launched.stop().await;
        Err(error)
    }

    /// Where the service listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port.number()))
    }

    /// What stands between the service and its store, if anything does.
    #[must_use]
    pub fn way(&self) -> Option<&Arc<WayToStore>> {
        self.way.as_ref()
    }

    /// What the service last wrote to standard error, as the end of a sentence.
    #[must_use]
    pub fn last_words(&self) -> String {
        match self.last_words.complaint() {
            Some(line) => format!("its last words: {line}"),
            None => "it said nothing on standard error".to_owned(),
        }
    }

    /// Asks the service and its children to end, waits for them, and kills what is left; whether nothing was.
    pub async fn stop(self) -> bool {
        self.stop_after(&|| {}).await
    }

    /// As [`stop`](Self::stop), with something that is done once they were asked.
    pub async fn stop_after(mut self, then: &dyn Fn()) -> bool {
        self.signal(Signal::TERM);
        // One that was stopped ends no sooner than it goes on.
        self.signal(Signal::CONT);
        then();
        if timeout(FAREWELL, self.gone()).await.is_ok() {
            return true;
        }
        self.signal(Signal::KILL);
        // The kernel ends them now; one that hangs in it cannot be waited for.
        let _ = timeout(FAREWELL, self.gone()).await;
        false
    }

    /// Kills the service and its children, and waits for them; with something that is done once they were.
    pub async fn kill(mut self, then: &dyn Fn()) {
        self.signal(Signal::KILL);
        then();
        // The kernel ends them now; one that hangs in it cannot be waited for.
        let _ = timeout(FAREWELL, self.gone()).await;
    }

    /// Stops the service and its children where they are, or lets them go on.
    pub fn pause(&self, is_paused: bool) {
        self.signal(if is_paused { Signal::STOP } else { Signal::CONT });
    }

    /// How it ended, if it ended before it listened.
    async fn listens_or_ends(&mut self) -> Option<ExitStatus> {
        let mut attempts = interval(LOOK_AGAIN);
        loop {
            attempts.tick().await;
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if TcpStream::connect(self.address()).await.is_ok() {
                return None;
            }
        }
    }

    /// Ready when the service and all its children have ended.
    async fn gone(&mut self) {
        let mut attempts = interval(LOOK_AGAIN);
        loop {
            attempts.tick().await;
            let leader_is_gone = !matches!(self.child.try_wait(), Ok(None));
            if leader_is_gone && self.group.is_none_or(is_empty) {
                // Its number may be given to others from now on.
                self.group = None;
                return;
            }
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // A group that is gone needs no signal.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

fn with_ports(argument: &str, port: u16, way: Option<&WayToStore>) -> String {
    let filled = argument.replace("{port}", &port.to_string());
    match way {
        Some(way) => filled.replace(STORE_PORT, &way.port().to_string()),
        None => filled,
    }
}

/// Makes children whose own parent has ended children of this process: otherwise only the first process of the
/// machine could reap them, and in containers that one often does not.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    // Where it is not permitted, an orphan may count as alive, and is waited for in vain, until it is killed.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Whether a process group, whose leader was reaped, has no members any more.
fn is_empty(group: Pid) -> bool {
    while let Ok(Some(_)) = waitpgid(group, WaitOptions::NOHANG) {}
    test_kill_process_group(group).is_err()
}
