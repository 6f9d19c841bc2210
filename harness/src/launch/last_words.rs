//! What a service says on standard error, kept in a file that has no name.
//!
//! A file and not a pipe: nobody has to read along, so that a talkative service never waits for the harness, and what
//! it wrote before it answered is there when the answer is.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::process::{self, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// How much of the end is looked at, in bytes.
const TAIL: u64 = 16 * 1024;

/// How much of a line is quoted, in characters.
const LINE: usize = 400;

/// What a service has said so far.
pub(super) struct LastWords(File);

impl LastWords {
    /// Nothing yet, and where to say it.
    pub(super) fn new() -> io::Result<(Self, Stdio)> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sessionspec-{}-{count}.stderr", process::id()));
        let file = OpenOptions::new().read(true).append(true).create_new(true).open(&path)?;
        // Without its name it goes away with the last process that has it open.
        fs::remove_file(&path)?;
        let stderr = Stdio::from(file.try_clone()?);
        Ok((Self(file), stderr))
    }

    /// The last line that says anything.
    pub(super) fn last_line(&self) -> Option<String> {
        let tail = self.tail().ok()?;
        let text = String::from_utf8_lossy(&tail);
        let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
        Some(line.chars().take(LINE).collect())
    }

    fn tail(&self) -> io::Result<Vec<u8>> {
        let length = self.0.metadata()?.len();
        let start = length.saturating_sub(TAIL);
        let mut tail = vec![0; usize::try_from(length - start).unwrap_or_default()];
        // Reading at a place leaves alone where the service writes.
        self.0.read_exact_at(&mut tail, start)?;
        Ok(tail)
    }
}
