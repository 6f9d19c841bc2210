//! Peers: real third-party backends, described by a manifest that says how to get, start and expect them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use sessionspec::engine::report;
use tokio::process::Command;

use crate::bounded;
use crate::known_failures::{KnownFailuresError, accepted};
use crate::launch::{LaunchCommand, LaunchError, Launched, Mark, Recipe, StoreOfService, StoreSwitch};
use crate::near;
use crate::peer_storage::{PeerStorage, without_storage};
use crate::project::KnownFailure;
use crate::store_proxy::{StorePlace, Toxiproxy};
use crate::toml_error::one_line;

/// Where the peer finds the folder of its storage.
const STORAGE: &str = "STORAGE";

/// Where this repository has its peers.
const PEERS: &str = "fixtures/peers";

/// How long a peer may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A peer's manifest (`fixtures/peers/NAME.toml`). Commands run from the folder of the manifest.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Manifest {
    /// What the peer is, in one sentence.
    pub description: String,
    /// Installs what the peer needs into an ignored folder; does nothing where that is done already.
    pub provision: Vec<String>,
    /// Starts the peer; `{port}` becomes the port that it has to serve, and `{lifetime}` the lifetime of permanent
    /// sessions, in seconds, also in the environment.
    pub launch: Vec<String>,
    /// The path of the probe.
    pub path: String,
    /// The socket of its store, in the folder of its storage, where the harness can stand between the two: the peer then has
    /// STORE_PORT in its environment.
    #[serde(default)]
    pub store: Option<String>,
    /// Breaks its store, for all of its processes, where nobody can stand between; `{storage}` becomes the folder of its storage.
    #[serde(default, rename = "break")]
    pub breaking: Option<Vec<String>>,
    /// Mends it; `{storage}` becomes the same.
    #[serde(default)]
    pub mend: Option<Vec<String>>,
    /// Empties its store; `{storage}` becomes the folder of its storage.
    #[serde(default)]
    pub flush: Option<Vec<String>>,
    /// What is expected of a run.
    pub expect: Expectation,
    /// What the peer gets in its environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Checks that are known to fail.
    #[serde(default)]
    pub known_failures: Vec<KnownFailure>,
}

impl Manifest {
    /// Refuses commands that are none, and those that nothing would run.
    fn has_meaning(&self) -> Result<(), String> {
        let commands = [
            ("provision", Some(&self.provision)),
            ("launch", Some(&self.launch)),
            ("break", self.breaking.as_ref()),
            ("mend", self.mend.as_ref()),
            ("flush", self.flush.as_ref()),
        ];
        let is_empty = |command: Option<&Vec<String>>| command.is_some_and(Vec::is_empty);
        if let Some((name, _)) = commands.iter().find(|(_, command)| is_empty(*command)) {
            return Err(format!("`{name}` is empty: write a list of a command and its arguments"));
        }
        if self.breaking.is_some() != self.mend.is_some() {
            return Err("what `break` breaks, `mend` mends: it has only one of them".to_owned());
        }
        if self.flush.is_some() && self.store.is_none() && self.breaking.is_none() {
            return Err(
                "`flush` empties a store that the suite `outage` knows: name it with `store`, or with `break` and `mend`"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// What is expected of a run on a peer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// What level `minimum` comes to.
    pub verdict: ExpectedVerdict,
    /// Where it cannot run: what the one line has to contain.
    pub message: Option<String>,
}

/// What level `minimum` comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum ExpectedVerdict {
    /// Nothing fails but what is known to.
    #[serde(rename = "conforms")]
    Conforms,
    /// A check fails.
    #[serde(rename = "fails")]
    Fails,
    /// The service answers no request.
    #[serde(rename = "cannot run")]
    CannotRun,
}

/// A peer, read from its manifest.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its name: that of the manifest.
    pub name: String,
    /// Its manifest.
    pub manifest: Manifest,
    folder: PathBuf,
    mark: Mark,
    toxiproxy: Option<Toxiproxy>,
}

/// Why a peer cannot be tested.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeerError {
    /// The manifest cannot be read.
    #[error(
        "{path}: {error}; {near}a peer is named by its manifest, as in fixtures/peers/flask-3.1.3-default",
        path = .path.display(), near = near::manifest(path, Path::new(PEERS))
    )]
    Read {
        /// The manifest.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The manifest is malformed.
    #[error("{path}: {error}", path = .path.display())]
    Malformed {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// What the peer needs could not be installed.
    #[error("not run: {name} could not be provisioned: {said}")]
    Provision {
        /// The peer.
        name: String,
        /// The last words of the command.
        said: String,
    },
    /// The peer could not be started.
    #[error("not run: {name}: {error}")]
    Launch {
        /// The peer.
        name: String,
        /// Why.
        #[source]
        error: LaunchError,
    },
}

impl Peer {
    /// Reads the manifest at this path, with or without its `.toml`.
    ///
    /// # Errors
    ///
    /// Where there is no such manifest, or it is malformed.
    pub fn read(path: &Path) -> Result<Self, PeerError> {
        let is_manifest = path.extension().is_some_and(|extension| extension == "toml");
        let path =
            if is_manifest { path.to_owned() } else { PathBuf::from(format!("{}.toml", path.display())) };
        let text = bounded::read_file(&path, bounded::TOML)
            .map_err(|error| PeerError::Read { path: path.clone(), error })?;
        let peer = Self::parse(&path, &text)?;
        // A command that is a path is found from the manifest's folder, wherever this process stands.
        let unread = |error| PeerError::Read { path: peer.folder.clone(), error };
        let folder = peer.folder.canonicalize().map_err(unread)?;
        Ok(Self { folder, ..peer })
    }

    /// The peer of this text, which stands in this file.
    ///
    /// # Errors
    ///
    /// Where it is no manifest.
    pub fn parse(path: &Path, text: &str) -> Result<Self, PeerError> {
        let malformed = |error: String| PeerError::Malformed { path: path.to_owned(), error };
        let manifest: Manifest = toml::from_str(text).map_err(|error| malformed(one_line(&error, text)))?;
        manifest.has_meaning().map_err(malformed)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { name, manifest, folder: folder.to_owned(), mark: Mark::default(), toxiproxy: None })
    }

    /// Installs what the peer needs.
    ///
    /// # Errors
    ///
    /// Where the command fails, with its last words.
    pub async fn provision(&self) -> Result<(), PeerError> {
        let fail = |said: String| PeerError::Provision { name: self.name.clone(), said };
        let command = self.resolve(&self.manifest.provision);
        let output = Command::new(&command[0]).args(&command[1..]).current_dir(&self.folder).output().await;
        let output = output.map_err(|error| fail(format!("`{}`: {error}", command[0])))?;
        if output.status.success() {
            return Ok(());
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        let last = stderr.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        Err(fail(format!("{} ({})", last.trim(), output.status)))
    }

    /// How the peer is started.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        let command = LaunchCommand::Program {
            arguments: self.resolve(&self.manifest.launch),
            folder: self.folder.clone(),
            environment: self.manifest.environment.clone(),
        };
        let keeps_its_store = without_storage(&self.manifest.launch).is_none();
        Recipe { command, patience: PATIENCE, keeps_its_store, store: self.store(), mark: self.mark.clone() }
    }

    /// Its store, where it or the way to it can be broken: the storage has to be known.
    fn store(&self) -> Option<StoreOfService> {
        let storage = self.manifest.environment.get(STORAGE)?;
        let command = |command: &Option<Vec<String>>| {
            let arguments = self.resolve(command.as_ref()?);
            Some(LaunchCommand::Program {
                arguments: arguments.iter().map(|argument| argument.replace("{storage}", storage)).collect(),
                folder: self.folder.clone(),
                environment: BTreeMap::new(),
            })
        };
        let Manifest { store, breaking, mend, flush, .. } = &self.manifest;
        let place = store.as_ref().map(|store| StorePlace::Unix(Path::new(storage).join(store)));
        let commands = command(breaking).zip(command(mend));
        let switch = commands.map(|(breaking, mending)| StoreSwitch::new(breaking, mending));
        let is_known = place.is_some() || switch.is_some();
        is_known.then(|| StoreOfService {
            place,
            toxiproxy: self.toxiproxy.clone(),
            switch,
            flush: command(flush),
        })
    }

    /// Gives all processes of the peer the same storage from now on, where each would make its own. It lasts as long as what
    /// is returned.
    ///
    /// # Errors
    ///
    /// Where there is no such storage.
    pub(crate) async fn share_storage(&mut self) -> Result<Option<PeerStorage>, PeerError> {
        let Some(command) = without_storage(&self.manifest.launch) else { return Ok(None) };
        let storage = PeerStorage::of(&self.resolve(&self.manifest.launch), &self.folder).await;
        let fail =
            |error: std::io::Error| PeerError::Provision { name: self.name.clone(), said: error.to_string() };
        let storage = storage.map_err(fail)?;
        self.manifest.launch = command;
        self.manifest.environment.insert(STORAGE.to_owned(), storage.folder.clone());
        Ok(Some(storage))
    }

    /// The same, with this Toxiproxy between its processes and its store.
    ///
    /// # Errors
    ///
    /// Where nobody can stand there.
    pub(crate) fn over_toxiproxy(self, toxiproxy: Toxiproxy) -> Result<Self, String> {
        if self.manifest.store.is_none() {
            let name = &self.name;
            return Err(format!(
                "--toxiproxy stands between a service and its store: {name} has no store at a socket"
            ));
        }
        Ok(Self { toxiproxy: Some(toxiproxy), ..self })
    }

    /// Starts the peer; where that is left open, with this lifetime of permanent sessions, in seconds.
    ///
    /// # Errors
    ///
    /// Where it does not begin to listen.
    pub async fn launch(&self, lifetime: f64) -> Result<Launched, PeerError> {
        let launched = self.recipe().start(lifetime).await;
        launched.map_err(|error| PeerError::Launch { name: self.name.clone(), error })
    }

    /// The known failures, as the runner takes them.
    ///
    /// # Errors
    ///
    /// Where an entry is not acceptable.
    pub fn known_failures(&self) -> Result<BTreeMap<String, report::KnownFailure>, KnownFailuresError> {
        accepted(&self.name, &self.manifest.known_failures)
    }

    fn resolve(&self, command: &[String]) -> Vec<String> {
        let mut command = command.to_vec();
        if command[0].contains('/') {
            command[0] = self.folder.join(&command[0]).to_string_lossy().into_owned();
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a manifest that has this, too.
    fn complaint(entries: &str) -> Option<String> {
        let text = format!(
            "description = 'a peer'\nprovision = ['true']\nlaunch = ['serve']\npath = '/probe'\n{entries}\n\
             [expect]\nverdict = 'conforms'\n"
        );
        Peer::parse(Path::new("peer.toml"), &text).err().map(|error| error.to_string())
    }

    #[test]
    fn what_would_never_be_run_is_refused_by_its_name() {
        for entries in ["", "store = 'a'\nflush = ['b']", "break = ['a']\nmend = ['b']\nflush = ['c']"] {
            assert_eq!(complaint(entries), None, "{entries}");
        }
        for (entries, said) in [
            ("break = []\nmend = ['b']", "`break` is empty: write a list of a command and its arguments"),
            ("break = ['a']\nmend = []", "`mend` is empty: write a list of a command and its arguments"),
            ("store = 'a'\nflush = []", "`flush` is empty: write a list of a command and its arguments"),
            ("break = ['a']", "what `break` breaks, `mend` mends: it has only one of them"),
            (
                "flush = ['a']",
                "`flush` empties a store that the suite `outage` knows: name it with `store`, or with `break` and `mend`",
            ),
            ("flusj = ['a']", "line 5: did you mean `flush`? unknown field `flusj`"),
        ] {
            let complaint = complaint(entries).unwrap_or_default();
            assert!(complaint.starts_with(&format!("peer.toml: {said}")), "{complaint}");
            assert_eq!(complaint.lines().count(), 1, "{complaint}");
        }
    }
}
