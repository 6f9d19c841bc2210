//! A command for `--launch` that can be watched: it tells its port, so that the test serves there in its place, and a
//! child of it tells when it has survived the run.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::sessionspec;

/// A command, and the other end of the pipe that all its processes hold.
pub(crate) struct Launch {
    fifo: PathBuf,
    told: RefCell<Option<BufReader<File>>>,
}

impl Launch {
    /// A command that is not started yet. The name is for its file.
    pub(crate) fn new(name: &str) -> Self {
        let fifo = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", std::process::id()));
        let _ = fs::remove_file(&fifo);
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        Self { fifo, told: RefCell::new(None) }
    }

    /// Runs `sessionspec` with these arguments on the command, which does `first` before anything else.
    pub(crate) fn start(&self, arguments: &str, first: &str) -> Child {
        let fifo = self.fifo();
        // Each process writes when it has lived for too long; the pipe ends when the last of them does.
        let command = format!(
            "{first}exec 3>'{fifo}'; (sleep 30; echo a child >&3) & echo $PORT >&3; sleep 30; echo the service >&3"
        );
        let mut run = sessionspec(arguments);
        run.arg("--launch").arg(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Where the command has to listen. Waits until it was started.
    pub(crate) fn port(&self) -> SocketAddr {
        let mut told = BufReader::new(File::open(&self.fifo).unwrap());
        let mut port = String::new();
        told.read_line(&mut port).unwrap();
        self.told.replace(Some(told));
        SocketAddr::from((Ipv4Addr::LOCALHOST, port.trim().parse().unwrap()))
    }

    /// Who has survived. Waits until all its processes are gone.
    pub(crate) fn survivors(&self) -> String {
        let mut survivors = String::new();
        self.told
            .borrow_mut()
            .as_mut()
            .expect("the port comes first")
            .read_to_string(&mut survivors)
            .unwrap();
        survivors
    }

    /// The path of the pipe.
    pub(crate) fn fifo(&self) -> String {
        self.fifo.to_string_lossy().into_owned()
    }
}

impl Drop for Launch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.fifo);
    }
}
