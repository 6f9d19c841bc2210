//! How each failure of a run is shown again: the command for it, and a file with its script, where one is wanted.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sessionspec::Report;
use sessionspec::engine::checks::{Check, catalogue};
use sessionspec::engine::replay::CaseFile;
use sessionspec::engine::report::quoted;

use super::CliError;
use crate::called_as::called_as;

/// What was tested, as it was typed.
pub(super) struct TargetArguments {
    /// The arguments of `run` that name it; empty for the reference.
    pub(super) of_run: String,
    /// The arguments of `replay` that name it; empty where the case file does.
    pub(super) of_replay: String,
    /// The arguments of both that name its further nodes, and the service beside it.
    pub(super) nodes: String,
}

impl TargetArguments {
    /// The arguments of `doctor` that name it, which looks at services alone.
    pub(super) fn of_doctor(&self) -> String {
        let is_no_service = self.of_replay.is_empty() || self.of_replay.starts_with("--peer ");
        if is_no_service { "URL".to_owned() } else { self.of_replay.clone() }
    }
}

/// Tells of each failure how it is shown again. Where there is a folder, its script is saved there as well.
///
/// # Errors
///
/// Where a script cannot be saved. The commands are told all the same.
pub(super) fn write(
    reports: &mut [Report],
    target: &TargetArguments,
    folder: Option<&Path>,
) -> Result<(), CliError> {
    let mut written = Ok(());
    for report in reports {
        let (backend, seed) = (report.backend.name.clone(), report.seed);
        for check in &mut report.checks {
            let of_check = check.clone();
            for failure in &mut check.failures {
                let mut command = with(&with(&format!("{} run", called_as()), &target.of_run), &target.nodes);
                // A run that finds the failure again ends as a run ends that fails, whatever level it was found at.
                let known = catalogue().iter().find(|known| known.id == of_check.id);
                if known.is_some_and(Check::is_of_a_run) {
                    command.push_str(&format!(" --level {} --seed {seed}", of_check.level));
                } else {
                    command.push_str(&format!(" --check {} --level {}", of_check.id, of_check.level));
                    if let Some(case) = failure.case {
                        command.push_str(&format!(" --case {case} --seed {seed}"));
                    }
                }
                failure.replay = vec![command];
                // Some things no script shows, but a run of all of them.
                if known.is_some_and(|known| !known.has_scripts()) {
                    continue;
                }
                let case = CaseFile::of_failure(&of_check, failure, Some(&backend));
                let (Some(folder), Some(case)) = (folder, case) else { continue };
                match save(&case, folder) {
                    Ok(file) => {
                        let command = format!("{} replay {}", called_as(), quoted(&file.to_string_lossy()));
                        failure.replay.push(with(&with(&command, &target.of_replay), &target.nodes));
                    }
                    // One that cannot be saved keeps no other one from being saved; the first complaint is enough.
                    Err(error) => written = written.and(Err(error)),
                }
            }
        }
    }
    written
}

fn with(command: &str, target: &str) -> String {
    if target.is_empty() { command.to_owned() } else { format!("{command} {target}") }
}

/// Saves a case under a name of its own. What is there already is never touched: a file that says the same is enough,
/// and beside any other one the name gets a number.
fn save(case: &CaseFile, folder: &Path) -> Result<PathBuf, CliError> {
    fs::create_dir_all(folder).map_err(|error| cannot_save(folder, &error))?;
    let (name, text) = (name(case), case.to_json());
    for number in 1.. {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let file = folder.join(format!("{name}{suffix}.json"));
        match OpenOptions::new().write(true).create_new(true).open(&file) {
            Ok(mut opened) => {
                return match opened.write_all(text.as_bytes()) {
                    Ok(()) => Ok(file),
                    Err(error) => {
                        // Half a case is none.
                        let _ = fs::remove_file(&file);
                        Err(cannot_save(&file, &error))
                    }
                };
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                // A pipe of this name would wait for somebody who writes.
                if file.is_file() && fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
                    return Ok(file);
                }
            }
            Err(error) => return Err(cannot_save(&file, &error)),
        }
    }
    unreachable!("no folder has so many files")
}

/// Looks whether cases can be saved in this folder, which is left as it is. To be asked before a long run.
///
/// # Errors
///
/// Where it cannot be written, or cannot be made.
pub(super) fn can_save_in(folder: &Path) -> Result<(), CliError> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let tried = match folder.ancestors().take_while(is_missing).last() {
        // Somebody else may make it, or save something in it, at the same moment.
        Some(highest) => match fs::create_dir(highest) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => {
                let _ = fs::remove_dir(highest);
                Ok(())
            }
        },
        None => {
            let file = folder.join(format!(".sessionspec.{}", std::process::id()));
            OpenOptions::new().write(true).create_new(true).open(&file).and_then(|_| fs::remove_file(&file))
        }
    };
    tried.map_err(|error| cannot_save(folder, &error))
}

fn cannot_save(path: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(format!("cannot save cases: {}: {error}", path.display()))
}

/// The check and the reason, with nothing in it that means something in a path.
fn name(case: &CaseFile) -> String {
    let name = format!("{}-{}", case.check, case.reason);
    name.replace(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c), "-")
}
