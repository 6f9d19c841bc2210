//! How a service is started: a command, in which the lifetime of its permanent sessions may be left open.

use std::time::Duration;

use super::{LaunchCommand, LaunchError, Launched, Mark, STORE_PORT, Start, StoreOfService};
use crate::store_proxy::WayToStore;

/// What becomes the lifetime of permanent sessions, in seconds.
const LIFETIME: &str = "{lifetime}";

/// The lifetime of peers' sessions where none is asked for, in seconds: what their reports were reviewed with.
pub const PEERS_LIFETIME: f64 = 3.0;

/// The lifetime of other services' sessions where none is asked for, in seconds: short enough to be waited for, and long enough
/// for a session to be looked at that is some seconds old.
const LIFETIME_TO_GROW_OLD: f64 = 5.0;

/// How a service is started. `{port}` in its command becomes the port that it has to serve, and `{lifetime}` the
/// lifetime of its permanent sessions.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The command.
    pub command: LaunchCommand,
    /// How long it may take until it listens.
    pub patience: Duration,
    /// Whether a process that is started again, or beside the first, has the store of the first. A command that makes a
    /// store of its own does not.
    pub keeps_its_store: bool,
    /// The store, where it or the way to it can be broken: each process gets a way of its own. `{store_port}` in the command
    /// becomes the port at which the process finds it.
    pub store: Option<StoreOfService>,
    /// What all that it starts is known by.
    pub mark: Mark,
}

impl Recipe {
    /// Whether the lifetime of permanent sessions is left open.
    #[must_use]
    pub fn takes_a_lifetime(&self) -> bool {
        let names_it = |text: &String| text.contains(LIFETIME);
        match &self.command {
            LaunchCommand::Shell(command) => names_it(command),
            LaunchCommand::Program { arguments, environment, .. } => {
                arguments.iter().chain(environment.values()).any(names_it)
            }
        }
    }

    /// The lifetime of its permanent sessions where none is asked for, in seconds.
    #[must_use]
    pub fn usual_lifetime(&self) -> f64 {
        match self.command {
            LaunchCommand::Shell(_) => LIFETIME_TO_GROW_OLD,
            LaunchCommand::Program { .. } => PEERS_LIFETIME,
        }
    }

    /// Whether the port is left open at which the service finds its store.
    #[must_use]
    pub fn takes_a_store_port(&self) -> bool {
        match &self.command {
            LaunchCommand::Shell(command) => command.contains(STORE_PORT),
            LaunchCommand::Program { arguments, environment, .. } => {
                arguments.iter().chain(environment.values()).any(|text| text.contains(STORE_PORT))
            }
        }
    }

    /// Starts the service with this lifetime, in seconds, and waits until it listens.
    ///
    /// # Errors
    ///
    /// As [`Launched::start`].
    pub async fn start(&self, lifetime: f64) -> Result<Launched, LaunchError> {
        self.start_ahead(lifetime, 0).await
    }

    /// As [`start`](Self::start), with a clock that is so many seconds ahead.
    ///
    /// # Errors
    ///
    /// As [`Launched::start`].
    pub async fn start_ahead(&self, lifetime: f64, ahead: u32) -> Result<Launched, LaunchError> {
        let filled = |text: &String| text.replace(LIFETIME, &lifetime.to_string());
        let way = self.way_to_store().await.map_err(LaunchError::NoProxy)?;
        let how = Start { way, mark: &self.mark, ahead, patience: self.patience };
        match &self.command {
            LaunchCommand::Shell(command) => Launched::shell(&filled(command), how).await,
            LaunchCommand::Program { arguments, folder, environment } => {
                let arguments: Vec<String> = arguments.iter().map(filled).collect();
                let environment = environment.iter().map(|(name, value)| (name, filled(value)));
                Launched::start(&arguments, folder, environment, how).await
            }
        }
    }

    async fn way_to_store(&self) -> std::io::Result<Option<WayToStore>> {
        let Some(StoreOfService { place: Some(place), toxiproxy, .. }) = &self.store else { return Ok(None) };
        WayToStore::open(place.clone(), toxiproxy.as_ref()).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;

    fn program(argument: &str, value: &str) -> Recipe {
        let command = LaunchCommand::Program {
            arguments: vec!["serve".to_owned(), argument.to_owned()],
            folder: PathBuf::new(),
            environment: BTreeMap::from([("LIFETIME".to_owned(), value.to_owned())]),
        };
        Recipe {
            command,
            patience: Duration::from_secs(1),
            keeps_its_store: true,
            store: None,
            mark: Mark::default(),
        }
    }

    #[test]
    fn a_lifetime_is_left_open_in_an_argument_or_in_the_environment() {
        assert!(program("--lifetime={lifetime}", "").takes_a_lifetime());
        assert!(program("", "{lifetime}").takes_a_lifetime());
        assert!(!program("{port}", "3").takes_a_lifetime());
    }
}
