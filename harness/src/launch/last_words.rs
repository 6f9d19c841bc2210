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

/// How much is quoted, in characters.
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

    /// What was said last, in one line.
    pub(super) fn complaint(&self) -> Option<String> {
        let tail = tail(&self.file).ok()?;
        complaint(&String::from_utf8_lossy(&tail))
    }
}

/// The last line that says anything, with what belongs to it. Where an error is followed by indented lines, as in the
/// stack traces of Node, Java and Ruby, that is the error; the calls are left out, and so is the version with which Node
/// ends every crash. Go tells the error before its traces, each of which begins with the number of a goroutine.
fn complaint(said: &str) -> Option<String> {
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_trace = |line: &&str| line.starts_with("goroutine ") && line.ends_with("]:");
    let is_panic = |line: &&&str| line.contains("panic") || line.starts_with("fatal error:");
    let before_a_trace = lines.iter().rposition(is_trace).map_or(&[][..], |trace| &lines[..trace]);
    if let Some(panic) = before_a_trace.iter().rfind(is_panic) {
        return Some(panic.chars().take(LINE).collect());
    }
    let last = match lines.as_slice() {
        [lines @ .., last] if last.starts_with("Node.js v") && !lines.is_empty() => lines,
        lines => lines,
    };
    let is_end = |line: &str| matches!(line.trim(), "}" | "]" | "})");
    let goes_on = |line: &str| line.starts_with(char::is_whitespace) || is_end(line);
    let first = last.iter().rposition(|line| !goes_on(line)).unwrap_or_default();
    let is_call = |line: &&str| {
        let line = line.trim();
        line.starts_with("at ") || line.starts_with("from ") || line.starts_with("... ") || is_end(line)
    };
    let (first, rest) = last.get(first..)?.split_first()?;
    let told = [first].into_iter().chain(rest.iter().filter(|line| !is_call(line)));
    let told: Vec<&str> = told.map(|line| line.trim()).collect();
    Some(told.join(" ").chars().take(LINE).collect())
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
        assert_eq!(words.complaint().as_deref(), Some("a short complaint"));
        for _ in 0..=MOST / 1024 {
            service.write_all(&[b'x'; 1024]).unwrap();
        }
        service.write_all(b"\nthe last of many\n").unwrap();
        cut(&words.file).unwrap();
        assert_eq!(service.metadata().unwrap().len(), TAIL);
        assert_eq!(words.complaint().as_deref(), Some("the last of many"));
        service.write_all(b"one more\n").unwrap();
        assert_eq!(words.complaint().as_deref(), Some("one more"));
    }

    #[test]
    fn an_error_is_told_and_not_where_it_was_thrown() {
        let node = "Listening\n/app/server.js:3\n    throw new TypeError('no store');\n    ^\n\n\
                    TypeError: no store\n    at open (/app/server.js:3:9)\n    at node:internal/main:1 {\n  \
                    code: 'ENOSTORE'\n}\n\nNode.js v20.20.2\n";
        assert_eq!(complaint(node).as_deref(), Some("TypeError: no store code: 'ENOSTORE'"));
        let java =
            "started\nException in thread \"main\" java.io.IOException: no disk\n\tat App.main(App.java:3)\n";
        let told = "Exception in thread \"main\" java.io.IOException: no disk";
        assert_eq!(complaint(java).as_deref(), Some(told));
        let python =
            "Traceback (most recent call last):\n  File \"app.py\", line 1, in <module>\nKeyError: 'id'\n";
        assert_eq!(complaint(python).as_deref(), Some("KeyError: 'id'"));
        let go = "2026/11/28 02:36:14 http: panic serving 127.0.0.1:41234: interface conversion: no session\n\
                  goroutine 18 [running]:\nnet/http.(*conn).serve.func1()\n\t/usr/lib/go/server.go:1854\n\
                  created by net/http.(*Server).Serve\n\t/usr/lib/go/server.go:3102 +0x4db\n";
        let told =
            "2026/11/28 02:36:14 http: panic serving 127.0.0.1:41234: interface conversion: no session";
        assert_eq!(complaint(go).as_deref(), Some(told));
        let go =
            "panic: no store\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:3 +0x1d\nexit status 2\n";
        assert_eq!(complaint(go).as_deref(), Some("panic: no store"));
        assert_eq!(complaint("Node.js v20.20.2\n").as_deref(), Some("Node.js v20.20.2"));
        assert_eq!(complaint("  only this\n\n").as_deref(), Some("only this"));
        assert_eq!(complaint(" \n"), None);
    }
}
