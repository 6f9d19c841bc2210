//! Another clock for a process that is started: libfaketime, which comes between a program and the C library.
//!
//! Programs that ask the system without that library, as those in Go do, keep their clock. So whoever starts one looks at the
//! `Date` of its answers.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::DateTime;
use sessionspec::backend::{Backend, CycleRequest};
use tokio::time::timeout;

use crate::http::HttpBackend;

/// The folders in which distributions put it; on Debian the architecture stands between.
const FOLDERS: &[&str] = &["/usr/lib", "/usr/lib64", "/usr/local/lib"];

/// Its names, the one for programs with several threads first.
const NAMES: &[&str] = &["libfaketimeMT.so.1", "libfaketime.so.1"];

/// How much a `Date` may differ from what it should be, in seconds.
const LATITUDE: u64 = 60;

/// How long the answer is waited for that has it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The library, where it is on this machine.
pub(super) fn library() -> Option<PathBuf> {
    let inside = |folder: &Path| {
        let mut folders = vec![folder.join("faketime")];
        let there = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        folders.extend(there.map(|entry| entry.path().join("faketime")));
        folders.sort();
        folders
    };
    let folders: Vec<PathBuf> = FOLDERS.iter().flat_map(|folder| inside(Path::new(folder))).collect();
    let files = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}

/// What a process has in its environment whose clock is so many seconds ahead.
pub(super) fn environment(ahead: u32) -> Vec<(&'static str, OsString)> {
    if ahead == 0 { Vec::new() } else { with_library(ahead, library()) }
}

fn with_library(ahead: u32, library: Option<PathBuf>) -> Vec<(&'static str, OsString)> {
    let Some(library) = library else { return Vec::new() };
    let mut preloaded = library.into_os_string();
    if let Some(others) = std::env::var_os("LD_PRELOAD") {
        preloaded.push(":");
        preloaded.push(others);
    }
    vec![
        ("LD_PRELOAD", preloaded),
        ("FAKETIME", format!("+{ahead}").into()),
        // Timers, and the times of files, are those of the machine.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ("DONT_FAKE_MONOTONIC", "1".into()),
        ("NO_FAKE_STAT", "1".into()),
    ]
}

/// Whether the clock of this process is so far ahead, as its answers have it.
///
/// # Errors
///
/// Where it is not, or nobody can say.
pub(super) async fn is_ahead(http: &HttpBackend, ahead: u32) -> Result<(), String> {
    let answer = timeout(PATIENCE, http.cycle(CycleRequest::default())).await;
    let answer = answer.map_err(|_| "a node with another clock does not answer".to_owned())?;
    let answer = answer.map_err(|_| "a node with another clock does not answer".to_owned())?;
    let date = answer.headers.all("Date").next().map(String::from_utf8_lossy);
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(&date).ok());
    let Some(date) = date else {
        return Err(
            "the service says no Date, so that nobody can tell whether its clock was moved".to_owned()
        );
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let said = u64::try_from(date.timestamp()).unwrap_or_default();
    if said.abs_diff(now + u64::from(ahead)) <= LATITUDE {
        return Ok(());
    }
    Err("the clock of the service cannot be moved by libfaketime: its Date is that of this machine"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_of_its_own_needs_the_library() {
        assert!(with_library(300, None).is_empty() && environment(0).is_empty());
        let set = with_library(300, Some(PathBuf::from("/lib/libfaketime.so.1")));
        assert!(set.contains(&("FAKETIME", "+300".into())), "{set:?}");
        assert!(set[0].1.to_string_lossy().starts_with("/lib/libfaketime.so.1"), "{set:?}");
    }
}
