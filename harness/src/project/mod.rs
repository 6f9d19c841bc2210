//! `sessionspec.toml`: what a project says once of how it is tested, so that nobody has to type it.

mod listed;
mod profile;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use serde::Deserialize;
use toml::value::Datetime;

use crate::bounded;
use crate::toml_error::one_line;

pub use listed::KnownFailures;

/// The name of the file, which is looked for from the working directory upwards.
pub const FILE: &str = "sessionspec.toml";

/// What a project says. Every entry is optional, and an option of the command line comes before it. A list of a profile stands in
/// the place of the one above it, and an empty one says that there is nothing, so that a list that is not there is another thing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Project {
    /// The command that starts the service, in the folder of this file.
    pub launch: Option<String>,
    /// The probe of a service that runs already.
    pub url: Option<String>,
    /// The probes of further nodes of a service that runs already.
    pub node: Option<Vec<String>>,
    /// How many processes of the command are started, as nodes that serve the same sessions.
    pub nodes: Option<u32>,
    /// The probe of another service beside it, which runs already and has sessions of its own.
    pub beside: Option<String>,
    /// Where the store of a launched service listens, so that the way to it can be broken.
    pub store: Option<String>,
    /// The Toxiproxy that breaks this way, in the place of the harness.
    pub toxiproxy: Option<String>,
    /// The command that breaks the store of a launched service, in the folder of this file.
    #[serde(rename = "break")]
    pub breaking: Option<String>,
    /// The command that mends it.
    pub mend: Option<String>,
    /// The command that empties the store, in the folder of this file.
    pub flush: Option<String>,
    /// The path of the probe of a launched service.
    pub path: Option<String>,
    /// How many seconds sessions live, where the command has a `{lifetime}`.
    pub lifetime: Option<f64>,
    /// How many seconds the service may take until it listens.
    pub start_timeout: Option<f64>,
    /// How many seconds a request may take.
    pub timeout: Option<f64>,
    /// For how many seconds a request is let wait for another one of its session.
    pub patience: Option<f64>,
    /// The file with the certificates that are believed where the probe is at https.
    pub ca: Option<PathBuf>,
    /// Where browsers believe they are.
    pub origin: Option<String>,
    /// What is sent with every request, as `--header` takes it.
    pub headers: Option<Vec<String>>,
    /// The level that decides.
    pub level: Option<String>,
    /// How many scripts each property is given.
    pub cases: Option<u32>,
    /// The suites that are run; all without it.
    pub suites: Option<Vec<String>>,
    /// The checks that are left out.
    pub excluded: Option<Vec<Excluded>>,
    /// Where reports go, as `--report` takes them, of runs that the command line does not narrow.
    pub reports: Option<Vec<String>>,
    /// The saved report by which the run is judged.
    pub baseline: Option<PathBuf>,
    /// Whether what changed, and what is newly seen, counts as worse than in that report.
    pub strict: Option<bool>,
    /// The checks that are known to fail, or the file that lists them.
    pub known_failures: Option<KnownFailures>,
    /// The profile that was asked for, where its known failures stand in the place of those above it.
    #[serde(skip)]
    pub replaces_known_failures: Option<String>,
    /// Other ways to test the project, by name: what one of them says comes before what stands above.
    pub profiles: BTreeMap<String, Project>,
    /// The folder of the file.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// Checks that are left out: one `[[excluded]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    /// The check, or a pattern such as `cookie/*`.
    pub check: String,
    /// Why.
    pub reason: String,
}

/// A check that is known to fail: one `[[known-failures]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFailure {
    /// The check.
    pub check: String,
    /// The scenarios of the check that are known to fail, by their reasons; without them, all may.
    pub scenarios: Option<Vec<String>>,
    /// What happens, and why.
    pub reason: String,
    /// Where it is reported, if it is.
    pub issue: Option<String>,
    /// The last day on which the entry counts, as in `expires = 2026-01-31`.
    pub expires: Option<Datetime>,
}

/// What is wrong with the file of a project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// It cannot be read.
    #[error("{path}: {error}; --no-project does without it", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Somebody else has put it there.
    #[error(
        "{path} belongs to another user than this folder, and says what is to be started; --no-project does without it",
        path = .path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is not what it has to be.
    #[error("{path}, {error}; --no-project does without it", path = .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
}

impl Project {
    /// The project that this folder belongs to, if there is one: the file is in it, or in the nearest folder above.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, says something that means nothing, or has no such profile.
    pub fn of(folder: &Path, profile: Option<&str>) -> Result<Option<Self>, ProjectError> {
        let found = folder.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file());
        let Some(path) = found else { return Ok(None) };
        // It says what is started here, and a folder such as /tmp belongs to nobody alone.
        let owner = |path: &Path| std::fs::metadata(path).map(|there| there.uid());
        let unread = |error| ProjectError::Read { path: path.clone(), error };
        let (of_file, of_folder) = (owner(&path).map_err(unread)?, owner(folder).map_err(unread)?);
        if !may_speak(of_file, of_folder, geteuid().as_raw()) {
            return Err(ProjectError::Foreign { path });
        }
        Self::read(&path, profile).map(Some)
    }

    /// The project of this file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, says something that means nothing, or has no such profile.
    pub fn read(path: &Path, profile: Option<&str>) -> Result<Self, ProjectError> {
        let text = bounded::read_file(path, bounded::TOML)
            .map_err(|error| ProjectError::Read { path: path.to_owned(), error })?;
        Self::parse(path, &text, profile)
    }

    /// The project of this text, which stands in this file.
    ///
    /// # Errors
    ///
    /// Where it says something that means nothing, or has no such profile.
    pub fn parse(path: &Path, text: &str, profile: Option<&str>) -> Result<Self, ProjectError> {
        let project = Self::of_text(text).and_then(|project| project.in_profile(profile));
        let project = project.and_then(Self::of_one_service);
        let mut project =
            project.map_err(|error| ProjectError::Malformed { path: path.to_owned(), error })?;
        project.folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(project)
    }

    fn of_text(text: &str) -> Result<Self, String> {
        let project: Self = toml::from_str(text).map_err(|error| one_line(&error, text))?;
        for said in project.profiles.values().chain([&project]) {
            said.check()?;
        }
        if let Some((name, _)) = project.profiles.iter().find(|(_, profile)| !profile.profiles.is_empty()) {
            return Err(format!("the profile `{name}` has profiles; put them beside it"));
        }
        Ok(project)
    }

    fn check(&self) -> Result<(), String> {
        if self.launch.is_some() && self.url.is_some() {
            return Err("it has both `launch` and `url`; keep one".to_owned());
        }
        if let Some(excluded) = self.excluded.iter().flatten().find(|it| it.reason.trim().is_empty()) {
            return Err(format!("`{}` is excluded without a reason; say why", excluded.check));
        }
        Ok(())
    }

    /// Refuses what belongs to a service that is started, where another one is named.
    fn of_one_service(self) -> Result<Self, String> {
        if self.url.is_some() && self.store.is_some() {
            return Err(
                "it has `store` and `url`; a store is for a service that is started by `launch`".to_owned()
            );
        }
        if self.toxiproxy.is_some() && self.store.is_none() {
            return Err("it has `toxiproxy`, and no `store`; say which store that leads to".to_owned());
        }
        if self.url.is_some() && self.breaking.is_some() {
            return Err(
                "it has `break` and `url`; a store is broken for a service that is started by `launch`"
                    .to_owned(),
            );
        }
        if self.breaking.is_some() != self.mend.is_some() {
            return Err("what `break` breaks, `mend` mends; it has only one of them".to_owned());
        }
        if self.flush.is_some() && self.store.is_none() && self.breaking.is_none() {
            return Err(
                "it has `flush`, and neither `store` nor `break`; say which store that empties".to_owned()
            );
        }
        Ok(self)
    }
}

/// Whether a file of this user may say what is started in a folder of that one: it is the folder's own, or of whoever
/// starts it, or of the system. In a container the folder and its file often belong to somebody else, and to one.
fn may_speak(of_file: u32, of_folder: u32, me: u32) -> bool {
    const SYSTEM: u32 = 0;
    [of_folder, me, SYSTEM].contains(&of_file)
}

#[cfg(test)]
mod tests;
