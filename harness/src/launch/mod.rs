//! Starts a service for a run, and stops it with all its children.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

/// How many lines of standard error are kept.
const LAST_WORDS: usize = 20;

/// How long a service may take to end after it was asked to.
const FAREWELL: Duration = Duration::from_secs(5);

/// A service that was started for a run. Dropping it kills it and all its children.
pub struct Launched {
    child: Child,
    group: Option<Pid>,
    port: u16,
    last_words: LastWords,
    reader: JoinHandle<()>,
}

type LastWords = Arc<Mutex<VecDeque<String>>>;

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
    #[error("`{command}` ended ({status}) before it listened on port {port}{last_words}")]
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
        "`{command}` does not listen on port {port} after {} s; it gets the port as {{port}} and in PORT{last_words}",
        .patience.as_secs()
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
    /// There is no free port.
    #[error("there is no free port: {0}")]
    NoPort(std::io::Error),
}

impl Launched {
    /// Starts a command and waits until it listens. `{port}` in an argument becomes the port that it has to serve.
    ///
    /// # Errors
    ///
    /// Where it cannot be started, ends, or does not listen within `patience`.
    pub async fn start(
        arguments: &[String],
        folder: &Path,
        environment: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
        patience: Duration,
    ) -> Result<Self, LaunchError> {
        let port = free_port().map_err(LaunchError::NoPort)?;
        let arguments: Vec<String> =
            arguments.iter().map(|argument| argument.replace("{port}", &port.to_string())).collect();
        let shown = arguments.join(" ");
        let mut child = Command::new(&arguments[0])
            .args(&arguments[1..])
            .current_dir(folder)
            .envs(environment)
            .env("PORT", port.to_string())
            .env("SESSIONSPEC_PROBE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| LaunchError::Start { command: shown.clone(), error })?;
        let last_words = LastWords::default();
        let reader = tokio::spawn(listen(child.stderr.take(), Arc::clone(&last_words)));
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let mut launched = Self { child, group, port, last_words, reader };
        match timeout(patience, launched.listens_or_ends()).await {
            Ok(None) => Ok(launched),
            Ok(Some(status)) => {
                // What it said before it ended is still on its way.
                let _ = timeout(FAREWELL, &mut launched.reader).await;
                let last_words = quoted(&launched.last_words());
                Err(LaunchError::Ended { command: shown, status, port, last_words })
            }
            Err(_) => {
                let last_words = quoted(&launched.last_words());
                Err(LaunchError::Silent { command: shown, port, patience, last_words })
            }
        }
    }

    /// The port that the service was given.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The last lines that the service wrote to standard error.
    #[must_use]
    pub fn last_words(&self) -> Vec<String> {
        let lines = self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }

    /// Asks the service to end, waits for it, and kills what is left of it.
    pub async fn stop(mut self) {
        self.signal(Signal::TERM);
        let _ = timeout(FAREWELL, self.child.wait()).await;
    }

    /// How it ended, if it ended before it listened.
    async fn listens_or_ends(&mut self) -> Option<ExitStatus> {
        // A process that begins to listen sends no event, so its port is tried again and again.
        let mut attempts = interval(Duration::from_millis(20));
        loop {
            attempts.tick().await;
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_ok() {
                return None;
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
        self.reader.abort();
    }
}

/// A port that nobody listens on, and that the system does not give away again soon.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

async fn listen(stderr: Option<tokio::process::ChildStderr>, last_words: LastWords) {
    let Some(stderr) = stderr else { return };
    let mut lines = BufReader::new(stderr).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let mut kept = last_words.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == LAST_WORDS {
            kept.pop_front();
        }
        kept.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
    }
}

fn quoted(lines: &[String]) -> String {
    match lines.iter().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => format!("; its last words: {}", line.trim()),
        None => "; it said nothing on standard error".to_owned(),
    }
}
