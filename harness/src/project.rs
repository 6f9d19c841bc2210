//! `sessionspec.toml`: what a project says once of how it is tested, so that nobody has to type it.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use serde::Deserialize;
use toml::value::Datetime;

use crate::bounded;
use crate::near::hint;
use crate::toml_error::one_line;

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
    /// The probes of further nodes of a service that runs already.
    pub node: Vec<String>,
    /// How many processes of the command are started, as nodes that serve the same sessions.
    pub nodes: Option<u32>,
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
    /// The file with the certificates that are believed where the probe is at https.
    pub ca: Option<PathBuf>,
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
        if let Some(excluded) = self.excluded.iter().find(|excluded| excluded.reason.trim().is_empty()) {
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

    /// What counts where this profile is asked for.
    fn in_profile(mut self, name: Option<&str>) -> Result<Self, String> {
        let Some(name) = name else { return Ok(self) };
        let Some(own) = self.profiles.remove(name) else {
            let names: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            let hint = hint(name, names.iter().copied());
            let there = if names.is_empty() {
                "it has none".to_owned()
            } else {
                format!("it has {}", names.join(", "))
            };
            return Err(format!("there is no profile `{name}`; {hint}{there}"));
        };
        // What leads to a service is one thing: a profile with a URL starts none.
        let is_elsewhere = own.launch.is_some() || own.url.is_some();
        let (launch, url) = if is_elsewhere { (own.launch, own.url) } else { (self.launch, self.url) };
        let says_nodes = is_elsewhere || !own.node.is_empty() || own.nodes.is_some();
        let (node, nodes) = if says_nodes { (own.node, own.nodes) } else { (self.node, self.nodes) };
        // A command that breaks, mends or empties a store is for this one alone.
        let says_a_store = is_elsewhere || own.store.is_some();
        let says_a_break = says_a_store || own.breaking.is_some() || own.mend.is_some();
        let (store, flush) =
            if says_a_store { (own.store, own.flush) } else { (self.store, own.flush.or(self.flush)) };
        let (breaking, mend) =
            if says_a_break { (own.breaking, own.mend) } else { (self.breaking, self.mend) };
        // One Toxiproxy leads to any store, but a service without one has no use for it.
        let toxiproxy = own.toxiproxy.or(self.toxiproxy.filter(|_| store.is_some()));
        let list = |own: Vec<String>, other: Vec<String>| if own.is_empty() { other } else { own };
        Ok(Self {
            launch,
            url,
            node,
            nodes,
            store,
            toxiproxy,
            breaking,
            mend,
            flush,
            path: own.path.or(self.path),
            lifetime: own.lifetime.or(self.lifetime),
            start_timeout: own.start_timeout.or(self.start_timeout),
            timeout: own.timeout.or(self.timeout),
            ca: own.ca.or(self.ca),
            origin: own.origin.or(self.origin),
            headers: list(own.headers, self.headers),
            level: own.level.or(self.level),
            cases: own.cases.or(self.cases),
            suites: list(own.suites, self.suites),
            excluded: if own.excluded.is_empty() { self.excluded } else { own.excluded },
            reports: list(own.reports, self.reports),
            baseline: own.baseline.or(self.baseline),
            known_failures: if own.known_failures.is_empty() {
                self.known_failures
            } else {
                own.known_failures
            },
            profiles: self.profiles,
            folder: self.folder,
        })
    }
}

/// Whether a file of this user may say what is started in a folder of that one: it is the folder's own, or of whoever
/// starts it, or of the system. In a container the folder and its file often belong to somebody else, and to one.
fn may_speak(of_file: u32, of_folder: u32, me: u32) -> bool {
    const SYSTEM: u32 = 0;
    [of_folder, me, SYSTEM].contains(&of_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_is_refused() {
        let refused = |toml: &str| Project::of_text(toml).unwrap_err();
        insta::assert_snapshot!(
            [
                refused("launch = 'a'\nurl = 'b'"),
                refused("lunch = 'a'"),
                refused("[[excluded]]\ncheck = 'cookie/*'"),
                refused("[[excluded]]\ncheck = 'cookie/*'\nreason = ' '"),
                refused("[[known-failures]]\ncheck = 'minimum/persists'"),
                refused("[profiles.redis]\nlaunch = 'a'\nurl = 'b'"),
                refused("[profiles.redis.profiles.other]"),
                Project::of_text("[profiles.redis]").unwrap().in_profile(Some("reddis")).unwrap_err(),
                Project::of_text("").unwrap().in_profile(Some("redis")).unwrap_err(),
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_profile_comes_before_what_stands_above() {
        let toml = "launch = 'a'\nlevel = 'minimum'\nheaders = ['A: b']\n\
                    [profiles.redis]\nurl = 'http://127.0.0.1:1/probe'\nlevel = 'hardened'";
        let project = Project::of_text(toml).unwrap().in_profile(Some("redis")).unwrap();
        assert_eq!((project.launch, project.level.as_deref()), (None, Some("hardened")));
        assert_eq!(project.url.as_deref(), Some("http://127.0.0.1:1/probe"));
        assert_eq!(project.headers, ["A: b"]);
    }

    #[test]
    fn a_store_belongs_to_the_service_that_is_started() {
        let toml = "launch = 'a'\nstore = '127.0.0.1:1'\nflush = 'b'\n\
                    [profiles.same]\nlevel = 'hardened'\n\
                    [profiles.flushed]\nflush = 'c'\n\
                    [profiles.moved]\nstore = '127.0.0.1:2'\n\
                    [profiles.other]\nlaunch = 'd'\n\
                    [profiles.running]\nurl = 'http://127.0.0.1:3/probe'\nstore = '127.0.0.1:1'";
        let of = |profile: &str| {
            let project = Project::of_text(toml).unwrap().in_profile(Some(profile)).unwrap();
            project.of_one_service().map(|project| (project.store, project.flush))
        };
        let is = |store: &str, flush: &str| {
            let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Ok((said(store), said(flush)))
        };
        assert_eq!(of("same"), is("127.0.0.1:1", "b"));
        assert_eq!(of("flushed"), is("127.0.0.1:1", "c"));
        assert_eq!(of("moved"), is("127.0.0.1:2", ""), "nobody says what empties the other store");
        assert_eq!(of("other"), is("", ""));
        assert!(of("running").unwrap_err().starts_with("it has `store` and `url`"));
        let nowhere = Project::of_text("flush = 'b'").unwrap().of_one_service();
        assert!(nowhere.unwrap_err().starts_with("it has `flush`, and neither `store` nor `break`"));
    }

    #[test]
    fn a_toxiproxy_leads_to_a_store() {
        let toml = "launch = 'a'\nstore = '127.0.0.1:1'\ntoxiproxy = 'http://127.0.0.1:8474'\n\
                    [profiles.moved]\nstore = '127.0.0.1:2'\n\
                    [profiles.another]\ntoxiproxy = 'http://127.0.0.1:8475'\n\
                    [profiles.other]\nlaunch = 'd'\n\
                    [profiles.running]\nurl = 'http://127.0.0.1:3/probe'\ntoxiproxy = 'http://127.0.0.1:8474'";
        let of = |profile: &str| {
            let project = Project::of_text(toml).unwrap().in_profile(Some(profile)).unwrap();
            project.of_one_service().map(|project| project.toxiproxy.unwrap_or_default())
        };
        assert_eq!(of("moved").unwrap(), "http://127.0.0.1:8474");
        assert_eq!(of("another").unwrap(), "http://127.0.0.1:8475");
        assert_eq!(of("other").unwrap(), "");
        assert!(of("running").unwrap_err().starts_with("it has `toxiproxy`, and no `store`"));
    }

    #[test]
    fn what_breaks_a_store_has_what_mends_it() {
        let toml = "launch = 'a'\nbreak = 'b'\nmend = 'c'\nflush = 'd'\n\
                    [profiles.same]\nlevel = 'hardened'\n\
                    [profiles.killed]\nbreak = 'e'\nmend = 'f'\n\
                    [profiles.half]\nbreak = 'e'\n\
                    [profiles.moved]\nstore = '127.0.0.1:2'\n\
                    [profiles.running]\nurl = 'http://127.0.0.1:3/probe'\nbreak = 'b'\nmend = 'c'";
        let of = |profile: &str| {
            let project = Project::of_text(toml).unwrap().in_profile(Some(profile)).unwrap();
            project.of_one_service().map(|project| [project.breaking, project.mend, project.flush])
        };
        let is = |commands: [&str; 3]| {
            Ok(commands.map(|command| (!command.is_empty()).then(|| command.to_owned())))
        };
        assert_eq!(of("same"), is(["b", "c", "d"]));
        assert_eq!(of("killed"), is(["e", "f", "d"]));
        assert_eq!(of("moved"), is(["", "", ""]), "nobody says what breaks the other store");
        assert!(of("half").unwrap_err().starts_with("what `break` breaks, `mend` mends"));
        assert!(of("running").unwrap_err().starts_with("it has `break` and `url`"));
    }

    #[test]
    fn a_file_of_somebody_else_says_nothing_here() {
        let (me, other, container) = (1000, 1001, 1002);
        assert!(may_speak(me, me, me) && may_speak(0, me, me));
        assert!(may_speak(container, container, 0), "a container runs as root in a folder of somebody else");
        assert!(may_speak(me, other, me), "my file in a folder of all");
        assert!(!may_speak(other, me, me) && !may_speak(other, 0, me) && !may_speak(other, container, 0));
    }

    #[test]
    fn a_project_may_say_nothing() {
        assert!(Project::of_text("").unwrap().launch.is_none());
    }
}
