//! `sessionspec.toml`: what a project says once of how it is tested, so that nobody has to type it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::known_failures::{KnownFailure, one_line};

/// The name of the file, which is looked for from the working directory upwards.
pub const FILE: &str = "sessionspec.toml";

/// What a project says. Every entry is optional, and an option of the command line comes before it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Project {
    /// The command that starts the service, in the folder of this file.
    pub launch: Option<String>,
    /// The probe of a service that runs already.
    pub url: Option<String>,
    /// The path of the probe of a launched service.
    pub path: Option<String>,
    /// How many seconds sessions live, where the command has a `{lifetime}`.
    pub lifetime: Option<f64>,
    /// How many seconds the service may take until it listens.
    pub start_timeout: Option<f64>,
    /// How many seconds a request may take.
    pub timeout: Option<f64>,
    /// Where browsers believe they are.
    pub origin: Option<String>,
    /// What is sent with every request, as `--header` takes it.
    pub headers: Vec<String>,
    /// The level that decides.
    pub level: Option<String>,
    /// How many scripts each property is given.
    pub cases: Option<u32>,
    /// The suites that are run; all without it.
    pub suites: Vec<String>,
    /// The checks that are left out.
    pub excluded: Vec<Excluded>,
    /// Where reports go, as `--report` takes them.
    pub reports: Vec<String>,
    /// The saved report by which the run is judged.
    pub baseline: Option<PathBuf>,
    /// The checks that are known to fail.
    pub known_failures: Vec<KnownFailure>,
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
    /// Where the file cannot be read, or says something that means nothing.
    pub fn of(folder: &Path) -> Result<Option<Self>, ProjectError> {
        let found = folder.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file());
        found.map(|path| Self::read(&path)).transpose()
    }

    /// The project of this file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or says something that means nothing.
    pub fn read(path: &Path) -> Result<Self, ProjectError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ProjectError::Read { path: path.to_owned(), error })?;
        let project = Self::parse(&text);
        let mut project =
            project.map_err(|error| ProjectError::Malformed { path: path.to_owned(), error })?;
        project.folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(project)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let project: Self = toml::from_str(text).map_err(|error| one_line(&error, text))?;
        if project.launch.is_some() && project.url.is_some() {
            return Err("it has both `launch` and `url`; keep one".to_owned());
        }
        if let Some(excluded) = project.excluded.iter().find(|excluded| excluded.reason.trim().is_empty()) {
            return Err(format!("`{}` is excluded without a reason; say why", excluded.check));
        }
        Ok(project)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_is_refused() {
        let refused = |toml: &str| Project::parse(toml).unwrap_err();
        insta::assert_snapshot!(
            [
                refused("launch = 'a'\nurl = 'b'"),
                refused("lunch = 'a'"),
                refused("[[excluded]]\ncheck = 'cookie/*'"),
                refused("[[excluded]]\ncheck = 'cookie/*'\nreason = ' '"),
                refused("[[known-failures]]\ncheck = 'minimum/persists'"),
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_project_may_say_nothing() {
        assert!(Project::parse("").unwrap().launch.is_none());
    }
}
