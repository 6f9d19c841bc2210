//! Which service is meant, and how it is reached or started: what `run` and `doctor` ask for alike.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use sessionspec::backend::Backend;
use sessionspec::engine::browser::Origin;
use sessionspec::engine::report::quoted;

use super::headers::{HeaderArgument, all_fields};
use super::listening_elsewhere::starting;
use super::target::Target;
use super::{CliError, Interruption};
use crate::http::{CallbackAddress, HttpBackend, HttpError, REDACTED, Trust, shown_url};
use crate::launch::{LaunchCommand, Mark, Recipe, StartedAgain, StoreOfService, StoreSwitch};
use crate::peer::Peer;
use crate::store_proxy::{StorePlace, Toxiproxy};

const PATH: &str = "/probe";
const START_TIMEOUT: &str = "30";
const TIMEOUT: &str = "10";

#[derive(Debug, clap::Args)]
pub(super) struct Service {
    /// The probe of a running service, as in http://127.0.0.1:5000/probe.
    #[arg(group = "target")]
    url: Option<String>,
    /// Start this command, test it, and stop it. `{port}` becomes its port, which is also in PORT, and `{lifetime}` the
    /// --lifetime.
    #[arg(long, group = "target", value_name = "COMMAND")]
    launch: Option<String>,
    /// How many seconds permanent sessions live, where the command has a `{lifetime}`: 5 if it is not said (3 for a
    /// --peer), so that their end can be waited for.
    #[arg(long, value_name = "SECONDS", value_parser = lifetime)]
    lifetime: Option<f64>,
    /// Where the store of a launched service listens, on this machine. The harness stands between the two: `{store_port}` in
    /// the command becomes the port at which the service finds its store, which is also in STORE_PORT. The suite `outage`
    /// breaks this way.
    #[arg(long, value_name = "HOST:PORT", requires = "launch", value_parser = store_place)]
    store: Option<SocketAddr>,
    /// The API of a Toxiproxy that runs on this machine, as in http://127.0.0.1:8474. It breaks the way to the --store, or to
    /// that of a --peer, in the place of the harness: each process gets a proxy there, which is removed in the end.
    #[arg(long, value_name = "URL")]
    toxiproxy: Option<Toxiproxy>,
    /// The command that empties the store of a launched service, with all that others have in it. Goes with --store or
    /// --break.
    #[arg(long, value_name = "COMMAND", requires = "launch")]
    flush: Option<String>,
    /// The command that takes the store of a launched service away from everybody, where it has no port (files, a locked
    /// database), or in the place of a closed port. It ends within 10 seconds; what it leaves running in the background
    /// is ended once the store is mended.
    #[arg(long = "break", id = "break", value_name = "COMMAND", requires_all = ["launch", "mend"])]
    breaking: Option<String>,
    /// The command that brings the store back, with all that it had, after --break. It ends within 10 seconds, and is run
    /// however the run ends.
    #[arg(long, value_name = "COMMAND", requires = "break")]
    mend: Option<String>,
    /// The path of the probe of a launched service.
    #[arg(long, default_value = PATH, value_name = "PATH")]
    path: String,
    /// How many seconds a launched service may take until it listens.
    #[arg(long, default_value = START_TIMEOUT, value_name = "SECONDS", value_parser = seconds)]
    start_timeout: f64,
    /// How many seconds a request may take.
    #[arg(long, default_value = TIMEOUT, value_name = "SECONDS", value_parser = seconds)]
    timeout: f64,
    /// Believe the certificates in this file, and no others, where the probe is at https: those of authorities, or the
    /// one of the service itself, in PEM. With --launch, the service is then asked at https.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Where browsers believe they are, as in https://app.test: sets Host and X-Forwarded-Proto.
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
    /// Send this header field with every request, for what stands in front of the service; may be repeated. `@FILE`
    /// takes them from a file, one a line, and so does the variable SESSIONSPEC_HEADERS: no secret has to stand here.
    /// User and password may also stand in the URL.
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<HeaderArgument>,
    /// The name of a cookie of the session; may be repeated. Without it, each cookie is left out once to see which ones
    /// open the session, and the others are not judged.
    #[arg(long, value_name = "NAME")]
    session_cookie: Vec<String>,
    /// Permit a target that is not on this machine. Only for a service that is yours to test.
    #[arg(long)]
    allow_remote: bool,
    /// Where the service reaches this harness while it holds a request: an address of this machine, or a name of it
    /// that only the service knows, as host.docker.internal. With or without a port.
    #[arg(long, value_name = "ADDR")]
    callback_addr: Option<CallbackAddress>,
}

impl Service {
    /// The service that was named, started where that was asked for; none where none was named.
    pub(super) async fn reach(&self, interruption: &Interruption) -> Result<Option<Target>, CliError> {
        if self.toxiproxy.is_some() && self.store.is_none() {
            return Err(CliError::usage(
                "--toxiproxy stands between a launched service and its store: name that with --store HOST:PORT",
            ));
        }
        let Some(command) = &self.launch else {
            self.lifetime_of(None)?;
            return Ok(self.url.clone().map(Target::running));
        };
        let patience = Duration::from_secs_f64(self.start_timeout);
        let command = LaunchCommand::Shell(command.clone());
        let recipe =
            Recipe { command, patience, keeps_its_store: true, store: self.store(), mark: Mark::default() };
        if self.store.is_none() && recipe.takes_a_store_port() {
            return Err(CliError::usage(
                "{store_port} in the command becomes the port of a store: name that with --store HOST:PORT",
            ));
        }
        if self.flush.is_some() && self.store.is_none() && self.breaking.is_none() {
            return Err(CliError::usage(
                "--flush empties a store that the suite `outage` knows: name it with --store HOST:PORT, or with --break and --mend",
            ));
        }
        let lifetime = self.lifetime_of(Some(&recipe))?;
        let start = async {
            self.has_toxiproxy().await?;
            let started = starting(&recipe.mark, recipe.start(lifetime)).await;
            started.map_err(CliError::not_verified)
        };
        let fields = all_fields(&self.header)?;
        let started = interruption.or(start).await?;
        Ok(Some(Target::launched(started, self.scheme(), &self.path, (recipe, lifetime), fields)))
    }

    /// Looks whether the Toxiproxy is there, where one was named.
    async fn has_toxiproxy(&self) -> Result<(), CliError> {
        match &self.toxiproxy {
            Some(toxiproxy) => toxiproxy.is_there().await.map_err(CliError::not_verified),
            None => Ok(()),
        }
    }

    /// How a service is asked that is started: one that has a certificate speaks https.
    fn scheme(&self) -> &'static str {
        if self.ca.is_some() { "https" } else { "http" }
    }

    /// The file of the certificates that are believed.
    pub(super) fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// The store of the service, where it was named.
    fn store(&self) -> Option<StoreOfService> {
        let shell = |command: &Option<String>| command.clone().map(LaunchCommand::Shell);
        let commands = shell(&self.breaking).zip(shell(&self.mend));
        let switch = commands.map(|(breaking, mending)| StoreSwitch::new(breaking, mending));
        let place = self.store.map(StorePlace::Tcp);
        let is_known = place.is_some() || switch.is_some();
        let toxiproxy = self.toxiproxy.clone();
        is_known.then(|| StoreOfService { place, toxiproxy, switch, flush: shell(&self.flush) })
    }

    /// The lifetime with which a service is started that is started so, if one is.
    pub(super) fn lifetime_of(&self, recipe: Option<&Recipe>) -> Result<f64, CliError> {
        match (self.lifetime, recipe) {
            (Some(_), None) => Err(CliError::usage(
                "--lifetime is for a service that is started, with {lifetime} in its command; this one is not",
            )),
            (Some(_), Some(recipe)) if !recipe.takes_a_lifetime() => Err(CliError::usage(
                "--lifetime takes the place of {lifetime} in the command, and there is none",
            )),
            (Some(lifetime), _) => Ok(lifetime),
            (None, recipe) => Ok(recipe.map(Recipe::usual_lifetime).unwrap_or_default()),
        }
    }

    /// The probe that was named by its URL.
    pub(super) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Whether it is started by a command.
    pub(super) fn is_to_be_launched(&self) -> bool {
        self.launch.is_some()
    }

    /// Whether something goes with every request that must not be shown.
    pub(super) fn wants_headers(&self) -> bool {
        let url = self.url.as_deref().unwrap_or_default();
        !self.header.is_empty() || shown_url(url) != url
    }

    /// The service as a backend.
    pub(super) async fn backend(&self, url: &str) -> Result<HttpBackend, CliError> {
        let complaint = |error| match error {
            HttpError::SetUp(_) => CliError::not_verified(error),
            error => CliError::usage(error),
        };
        let trust = self.ca.clone().map_or(Trust::System, Trust::Only);
        let backend = HttpBackend::trusting(url, &trust, self.origin.clone(), self.allow_remote);
        let backend = backend.await.map_err(complaint)?;
        let backend = backend.sending(&all_fields(&self.header)?);
        match &self.callback_addr {
            Some(address) => backend.called_back_at(address).await.map_err(complaint),
            None => Ok(backend),
        }
    }

    /// The service as a backend, which can be started again where its command takes a lifetime.
    pub(super) fn backend_of(&self, reached: &Target, http: HttpBackend) -> Rc<dyn Backend> {
        let Some((recipe, lifetime, others)) = reached.recipe() else { return Rc::new(http) };
        Rc::new(StartedAgain::new(http, recipe.clone(), lifetime, Rc::clone(others)))
    }

    /// The start of a launched service without the variable that guards its probe; none where it is not launched.
    pub(super) fn start_without_guard(&self) -> Option<impl Future<Output = Result<Target, CliError>>> {
        let command = format!("unset SESSIONSPEC_PROBE; {}", self.launch.as_ref()?);
        let patience = Duration::from_secs_f64(self.start_timeout);
        let recipe = Recipe {
            command: LaunchCommand::Shell(command),
            patience,
            keeps_its_store: true,
            store: self.store(),
            mark: Mark::default(),
        };
        let lifetime = self.lifetime.unwrap_or_else(|| recipe.usual_lifetime());
        Some(async move {
            let launched = recipe.start(lifetime).await.map_err(CliError::not_verified)?;
            let fields = all_fields(&self.header)?;
            Ok(Target::launched(launched, self.scheme(), &self.path, (recipe, lifetime), fields))
        })
    }

    /// The target as it was given, for the next command: with every option that says how it is reached.
    pub(super) fn target(&self) -> String {
        let mut words = Vec::new();
        words.extend(self.url.as_deref().map(|url| quoted(&shown_url(url))));
        words.extend(self.header.iter().map(|header| format!("--header {}", quoted(&header.shown()))));
        if let Some(command) = &self.launch {
            words.push(format!("--launch {}", quoted(command)));
            words.extend(self.store.map(|store| format!("--store {store}")));
            let commands = [("break", &self.breaking), ("mend", &self.mend), ("flush", &self.flush)];
            let given = commands.into_iter().filter_map(|(name, command)| Some((name, command.as_ref()?)));
            words.extend(given.map(|(name, command)| format!("--{name} {}", quoted(command))));
            words.extend((self.path != PATH).then(|| format!("--path {}", quoted(&self.path))));
            let differs = self.start_timeout.to_string() != START_TIMEOUT;
            words.extend(differs.then(|| format!("--start-timeout {}", self.start_timeout)));
        }
        words.extend(self.toxiproxy.as_ref().map(|toxiproxy| format!("--toxiproxy {toxiproxy}")));
        words.extend(self.lifetime.map(|lifetime| format!("--lifetime {lifetime}")));
        words.extend((self.timeout.to_string() != TIMEOUT).then(|| format!("--timeout {}", self.timeout)));
        words.extend(self.ca.as_ref().map(|file| format!("--ca {}", quoted(&file.display().to_string()))));
        words.extend(self.origin.as_ref().map(|origin| format!("--origin {}", quoted(&origin.to_string()))));
        words.extend(self.session_cookie.iter().map(|name| format!("--session-cookie {}", quoted(name))));
        words.extend(self.allow_remote.then(|| "--allow-remote".to_owned()));
        words.extend(
            self.callback_addr
                .as_ref()
                .map(|address| format!("--callback-addr {}", quoted(&address.to_string()))),
        );
        words.join(" ")
    }

    /// The names of the session's cookies, where they were named.
    pub(super) fn session_cookies(&self) -> &[String] {
        &self.session_cookie
    }

    /// How long a request may take.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs_f64(self.timeout)
    }
}

/// Provisions and starts the peer of this manifest.
pub(super) async fn start_peer(
    manifest: &Path,
    service: &Service,
    shares_storage: bool,
    interruption: &Interruption,
) -> Result<(Peer, Target), CliError> {
    let mut peer = Peer::read(manifest).map_err(CliError::usage)?;
    if let Some(toxiproxy) = service.toxiproxy.clone() {
        peer = peer.over_toxiproxy(toxiproxy).map_err(CliError::usage)?;
    }
    // Where each process made a storage of its own, nobody would know where its store is.
    let shares_storage = shares_storage || service.toxiproxy.is_some();
    let lifetime = service.lifetime_of(Some(&peer.recipe()))?;
    let start = async {
        service.has_toxiproxy().await?;
        peer.provision().await.map_err(CliError::not_verified)?;
        let storage =
            if shares_storage { peer.share_storage().await.map_err(CliError::not_verified)? } else { None };
        Ok((peer.launch(lifetime).await.map_err(CliError::not_verified)?, storage))
    };
    let fields = all_fields(&service.header)?;
    let (launched, storage) = interruption.or(start).await?;
    let service =
        Target::launched(launched, service.scheme(), &peer.manifest.path, (peer.recipe(), lifetime), fields);
    Ok((peer, service.over(storage)))
}

/// The URL without user and password, for a script that somebody else may read.
pub(super) fn without_user(url: &str) -> String {
    shown_url(url).replacen(&format!("{REDACTED}@"), "", 1)
}

pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds <= 3600.0 {
        Ok(seconds)
    } else {
        Err("give more than 0 and at most 3600".to_owned())
    }
}

/// Where a store listens. Nothing is sent to another machine.
fn store_place(text: &str) -> Result<SocketAddr, String> {
    let addresses =
        text.to_socket_addrs().map_err(|_| "give a host and a port, as in 127.0.0.1:6379".to_owned())?;
    let own = addresses.filter(|address| address.ip().is_loopback()).min_by_key(SocketAddr::is_ipv6);
    own.ok_or_else(|| "give a store on this machine, as in 127.0.0.1:6379".to_owned())
}

/// Lifetimes beyond a year are nobody's.
fn lifetime(text: &str) -> Result<f64, String> {
    const YEAR: f64 = 366.0 * 24.0 * 60.0 * 60.0;
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds <= YEAR {
        Ok(seconds)
    } else {
        Err("give more than 0 and at most a year".to_owned())
    }
}
