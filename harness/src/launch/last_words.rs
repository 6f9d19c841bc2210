//! What a service says on standard error, kept in a file that has no name.
//!
//! A file and not a pipe: nobody has to read along, so that a talkative service never waits for the harness, and what
//! it wrote before it answered is there when the answer is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::process::{self, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::interval;

/// How much of the end is looked at, in bytes.
const TAIL: u64 = 16 * 1024;

/// How much of a line is quoted, in characters.
const LINE: usize = 400;

/// The most that is kept, in bytes: a service that never stops to complain must not fill the disk.
const MOST: u64 = 8 * 1024 * 1024;

/// How often is looked whether there is more.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What a service has said so far.
pub(super) struct LastWords {
    file: File,
    /// Cuts off what is too much.
    cutting: JoinHandle<()>,
}

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
        let watched = file.try_clone()?;
        let cutting = tokio::spawn(async move {
            let mut looks = interval(LOOK_AGAIN);
            loop {
                looks.tick().await;
                // What cannot be cut today may be cut at the next look.
                let _ = cut(&watched);
            }
        });
        Ok((Self { file, cutting }, stderr))
    }

    /// The last line that says anything.
    pub(super) fn last_line(&self) -> Option<String> {
        let tail = tail(&self.file).ok()?;
        let text = String::from_utf8_lossy(&tail);
        let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
        Some(line.chars().take(LINE).collect())
    }
}

impl Drop for LastWords {
    fn drop(&mut self) {
        self.cutting.abort();
    }
}

/// The end of what was said.
fn tail(file: &File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    let start = length.saturating_sub(TAIL);
    let mut tail = vec![0; usize::try_from(length - start).unwrap_or_default()];
    // Reading at a place leaves alone where the service writes.
    file.read_exact_at(&mut tail, start)?;
    Ok(tail)
}

/// Leaves nothing but the end, where more was said than is kept. Whoever writes goes on behind it.
fn cut(mut file: &File) -> io::Result<()> {
    if file.metadata()?.len() > MOST {
        let end = tail(file)?;
        file.set_len(0)?;
        file.write_all(&end)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_never_stops_to_complain_fills_no_disk() {
        let (words, _) = LastWords::new().unwrap();
        let mut service = words.file.try_clone().unwrap();
        service.write_all(b"a short complaint\n").unwrap();
        cut(&words.file).unwrap();
        assert_eq!(words.last_line().as_deref(), Some("a short complaint"));
        for _ in 0..=MOST / 1024 {
            service.write_all(&[b'x'; 1024]).unwrap();
        }
        service.write_all(b"\nthe last of many\n").unwrap();
        cut(&words.file).unwrap();
        assert_eq!(service.metadata().unwrap().len(), TAIL);
        assert_eq!(words.last_line().as_deref(), Some("the last of many"));
        service.write_all(b"one more\n").unwrap();
        assert_eq!(words.last_line().as_deref(), Some("one more"));
    }
}
