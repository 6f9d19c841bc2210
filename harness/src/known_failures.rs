//! Known failures: the table that lists them, in files of their own and in the manifests of peers.
//!
//! A list can only shrink: an entry without a reason, or for a check that does not exist, is refused; one whose check
//! passes, or whose day has passed, fails the run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::bounded;
use crate::near::hint;
use crate::project::{self, KnownFailure, KnownFailures, Project, ProjectError};
use crate::toml_error::one_line;
use chrono::DateTime;
use serde::Deserialize;
use sessionspec::engine::checks::catalogue;
use sessionspec::engine::report;
use toml::value::{Date, Datetime};

/// What is wrong with a list of known failures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnownFailuresError {
    /// The file cannot be read.
    #[error("{path}: {error}; `sessionspec known-failures REPORT` writes such a list", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is no such list.
    #[error("{path} is no list of known failures: {error}", path = .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// The file is a report, or other JSON.
    #[error(
        "{path} is JSON, and no list of known failures; \
         `sessionspec known-failures {path}` writes the list from a report, as TOML",
        path = .path.display()
    )]
    Json {
        /// The file.
        path: PathBuf,
    },
    /// The file is a project's, and something is wrong with it.
    #[error(transparent)]
    Project {
        /// What.
        error: ProjectError,
    },
    /// An entry names no check.
    #[error("{list}: there is no check `{check}`; {hint}`sessionspec list` names them all", hint = near_checks(check))]
    Unknown {
        /// Where the entry is.
        list: String,
        /// What it names.
        check: String,
    },
    /// An entry has no reason.
    #[error("{list}: the known failure of {check} has no reason; say what happens, and why")]
    NoReason {
        /// Where the entry is.
        list: String,
        /// The check.
        check: String,
    },
    /// An entry has a list of scenarios that names none.
    #[error(
        "{list}: the known failure of {check} has `scenarios` that name none; name those that fail, as in \
         [\"by-a-write\"], or leave the list out"
    )]
    NoScenario {
        /// Where the entry is.
        list: String,
        /// The check.
        check: String,
    },
    /// A check has two entries.
    #[error("{list}: {check} is listed twice; keep one entry")]
    Twice {
        /// Where the entries are.
        list: String,
        /// The check.
        check: String,
    },
    /// The date of an entry is no date, or has a time.
    #[error("{list}: {check} expires on {expires}; give a day alone, as in 2026-01-31")]
    NoDay {
        /// Where the entry is.
        list: String,
        /// The check.
        check: String,
        /// What it says.
        expires: Datetime,
    },
}

/// A file that lists known failures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    /// Where nothing fails, the list that `sessionspec known-failures` writes has no entry.
    #[serde(default)]
    known_failures: Vec<KnownFailure>,
}

/// The entries of a file: of a list, or of a project's `sessionspec.toml` in this profile.
///
/// # Errors
///
/// Where it cannot be read, or is no such list.
pub fn read(path: &Path, profile: Option<&str>) -> Result<Vec<KnownFailure>, KnownFailuresError> {
    if path.file_name().is_some_and(|name| name == project::FILE) {
        let malformed = |error: ProjectError| KnownFailuresError::Project { error };
        let project = Project::read(path, profile).map_err(malformed)?;
        return match project.known_failures {
            None => Ok(Vec::new()),
            Some(KnownFailures::Here(entries)) => Ok(entries),
            Some(KnownFailures::File(file)) => read_list(&project.folder.join(file)),
        };
    }
    read_list(path)
}

/// The entries of a file that is a list.
fn read_list(path: &Path) -> Result<Vec<KnownFailure>, KnownFailuresError> {
    let text = bounded::read_file(path, bounded::TOML)
        .map_err(|error| KnownFailuresError::Read { path: path.to_owned(), error })?;
    parse(path, &text)
}

/// The entries in this text, which stands in this file.
///
/// # Errors
///
/// Where it is no such list.
pub fn parse(path: &Path, text: &str) -> Result<Vec<KnownFailure>, KnownFailuresError> {
    let malformed = |error: toml::de::Error| KnownFailuresError::Malformed {
        path: path.to_owned(),
        error: one_line(&error, text),
    };
    let file = toml::from_str::<File>(text).map_err(|error| {
        // Who has run the suite once has a report, and may take it for the list.
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        if is_json { KnownFailuresError::Json { path: path.to_owned() } } else { malformed(error) }
    })?;
    Ok(file.known_failures)
}

/// The entries as the runner takes them. `list` says where they are, for the message.
///
/// # Errors
///
/// Where an entry names no check, has no reason, is a second one, or expires at something that is no day.
pub fn accepted(
    list: &str,
    entries: &[KnownFailure],
) -> Result<BTreeMap<String, report::KnownFailure>, KnownFailuresError> {
    accepted_on(today(), list, entries)
}

fn accepted_on(
    today: Date,
    list: &str,
    entries: &[KnownFailure],
) -> Result<BTreeMap<String, report::KnownFailure>, KnownFailuresError> {
    let catalogue = catalogue();
    let mut accepted = BTreeMap::new();
    for entry in entries {
        let (list, check) = (list.to_owned(), entry.check.clone());
        if !catalogue.iter().any(|known| known.id == check) {
            return Err(KnownFailuresError::Unknown { list, check });
        }
        if entry.reason.trim().is_empty() {
            return Err(KnownFailuresError::NoReason { list, check });
        }
        let scenarios = entry.scenarios.as_deref();
        if scenarios.is_some_and(|all| all.is_empty() || all.iter().any(|name| name.trim().is_empty())) {
            return Err(KnownFailuresError::NoScenario { list, check });
        }
        let day = match &entry.expires {
            None => None,
            Some(Datetime { date: Some(day), time: None, offset: None }) => Some(*day),
            Some(expires) => return Err(KnownFailuresError::NoDay { list, check, expires: *expires }),
        };
        let known = report::KnownFailure {
            reason: entry.reason.clone(),
            scenarios: scenarios.unwrap_or_default().to_vec(),
            issue: entry.issue.clone(),
            expires: day.map(|day| day.to_string()),
            expired: day.is_some_and(|day| day < today),
        };
        if accepted.insert(check.clone(), known).is_some() {
            return Err(KnownFailuresError::Twice { list, check });
        }
    }
    Ok(accepted)
}

/// Which check may have been meant.
fn near_checks(mistyped: &str) -> String {
    hint(mistyped, catalogue().iter().map(|check| check.id))
}

/// Today, in UTC: a list must not expire at different times on different machines.
fn today() -> Date {
    use chrono::Datelike;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let day = now.unwrap_or_default().date_naive();
    let number = |number: u32| u8::try_from(number).expect("months and days are small");
    Date {
        year: u16::try_from(day.year()).unwrap_or(u16::MAX),
        month: number(day.month()),
        day: number(day.day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date { year: 2026, month: 1, day: 31 };

    fn accept(toml: &str) -> Result<BTreeMap<String, report::KnownFailure>, String> {
        let file: File = toml::from_str(toml).map_err(|error| one_line(&error, toml))?;
        accepted_on(TODAY, "list.toml", &file.known_failures).map_err(|error| error.to_string())
    }

    fn entry(check: &str, rest: &str) -> String {
        format!("[[known-failures]]\ncheck = \"{check}\"\n{rest}\n")
    }

    #[test]
    fn an_entry_counts_up_to_its_last_day() {
        let expired = |expires: &str| {
            let accepted = accept(&entry("minimum/persists", &format!("reason = \"r\"\n{expires}"))).unwrap();
            accepted["minimum/persists"].expired
        };
        assert!(!expired(""));
        assert!(!expired("expires = 2026-01-31"));
        assert!(expired("expires = 2026-01-30"));
        assert!(expired("expires = 2025-12-31"));
    }

    #[test]
    fn an_entry_may_name_the_scenarios_that_fail() {
        let scenarios = |rest: &str| {
            let accepted = accept(&entry("minimum/persists", &format!("reason = \"r\"\n{rest}"))).unwrap();
            accepted["minimum/persists"].scenarios.clone()
        };
        assert_eq!(scenarios("scenarios = ['by-a-write', 'alone']"), ["by-a-write", "alone"]);
        assert!(scenarios("").is_empty());
    }

    #[test]
    fn what_is_wrong_with_an_entry_is_said() {
        let refused = |toml: &str| accept(toml).unwrap_err();
        let known = entry("minimum/persists", "reason = 'r'");
        insta::assert_snapshot!([
            refused(&entry("minimum/persits", "reason = 'r'")),
            refused(&entry("minimum/persists", "reason = ' '")),
            refused(&entry("minimum/persists", "reason = 'r'\nexpires = 2026-01-31T00:00:00Z")),
            refused(&format!("{known}{known}")),
            refused(&entry("minimum/persists", "")),
            refused(&entry("minimum/persists", "reason = 'r'\nexpires = 'soon'")),
            refused(&entry("minimum/persists", "reason = 'r'\nscenarios = []")),
            refused(&entry("minimum/persists", "reason = 'r'\nscenarios = ['a', ' ']")),
            refused(&entry("minimum/persists", "reason = 'r'\nscenarios = 'a'")),
            refused(&entry("minimum/persists", "reason = 'r'\nscenario = ['a']")),
            refused(&entry("minimum/persists", "reason = 'r'\nisue = 'https://…'")),
        ].join("\n"), @r#"
        list.toml: there is no check `minimum/persits`; did you mean `minimum/persists`? `sessionspec list` names them all
        list.toml: the known failure of minimum/persists has no reason; say what happens, and why
        list.toml: minimum/persists expires on 2026-01-31T00:00:00Z; give a day alone, as in 2026-01-31
        list.toml: minimum/persists is listed twice; keep one entry
        line 1: missing field `reason`
        line 4: invalid type: string "soon", expected a TOML datetime
        list.toml: the known failure of minimum/persists has `scenarios` that name none; name those that fail, as in ["by-a-write"], or leave the list out
        list.toml: the known failure of minimum/persists has `scenarios` that name none; name those that fail, as in ["by-a-write"], or leave the list out
        line 4: invalid type: string "a", expected a sequence
        line 4: did you mean `scenarios`? unknown field `scenario`, expected one of `check`, `scenarios`, `reason`, `issue`, `expires`
        line 4: did you mean `issue`? unknown field `isue`, expected one of `check`, `scenarios`, `reason`, `issue`, `expires`
        "#);
    }

    #[test]
    fn today_is_not_long_ago() {
        assert!(today().year >= 2025);
    }
}
