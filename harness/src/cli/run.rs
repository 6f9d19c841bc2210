//! `sessionspec run`: judges a backend.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use clap::ValueEnum;
use sessionspec::backend::Backend;
use sessionspec::browser::Origin;
use sessionspec::{Level, Options, PreflightError, Report, catalogue, run_until};
use tokio::signal::unix::{SignalKind, signal};

use super::Complaint;
use crate::embedded::{self, OverHttp};
use crate::exit::Exit;
use crate::http::HttpBackend;
use crate::launch::Launched;
use crate::peer::{Peer, PeerError};
use crate::render;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The probe of a running service, as in http://127.0.0.1:5000/probe. Without a target: the embedded reference,
    /// through both doors.
    #[arg(group = "target")]
    url: Option<String>,
    /// Start this command, test it, and stop it. `{port}` becomes its port, which is also in PORT.
    #[arg(long, group = "target", value_name = "COMMAND")]
    launch: Option<String>,
    /// Provision, start and test a peer, as in fixtures/peers/flask-3.1.3-default.
    #[arg(long, group = "target", value_name = "MANIFEST")]
    peer: Option<PathBuf>,
    /// Test an embedded backend: `reference`, `flawed/NAME` or `conforming/NAME`.
    #[arg(long, group = "target", value_name = "NAME")]
    backend: Option<String>,
    /// The path of the probe of a launched service.
    #[arg(long, default_value = "/probe", value_name = "PATH")]
    path: String,
    /// Run this suite alone; may be repeated.
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Run the checks that match this pattern, as in 'minimum/permanent-*'; may be repeated.
    #[arg(long, value_name = "GLOB")]
    check: Vec<String>,
    /// The level that decides the exit code; the others are reported all the same.
    #[arg(long, default_value = "minimum", value_name = "LEVEL")]
    level: Level,
    /// How many scripts each property is given.
    #[arg(long, default_value_t = Options::default().cases, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
    /// The seed of everything that is generated.
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// How the report is written.
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Write the report to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How many seconds a request may take.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS", value_parser = seconds)]
    timeout: f64,
    /// Where browsers believe they are, as in https://app.test: sets Host and X-Forwarded-Proto.
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
    /// Permit a target that is not on this machine. Only for a service that is yours to test.
    #[arg(long)]
    allow_remote: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: one report, or a list of two where both doors were used.
    Json,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds <= 3600.0 {
        Ok(seconds)
    } else {
        Err("give more than 0 and at most 3600".to_owned())
    }
}

pub(super) async fn run(arguments: Arguments) -> Result<Exit, Complaint> {
    let options = arguments.options()?;
    let reports = if let Some(url) = &arguments.url {
        vec![arguments.over_http(url, options).await.map_err(Complaint::not_verified)?]
    } else if let Some(command) = &arguments.launch {
        vec![arguments.launched(command, options).await?]
    } else if let Some(manifest) = &arguments.peer {
        vec![arguments.peer(manifest, options).await?]
    } else {
        arguments.both_doors(options).await?
    };
    arguments.write(&reports)?;
    Ok(arguments.judge(&reports))
}

impl Arguments {
    fn options(&self) -> Result<Options, Complaint> {
        Ok(Options {
            seed: self.seed,
            cases: self.cases,
            patience: Duration::from_secs_f64(self.timeout),
            only: self.selected_checks()?,
            ..Options::default()
        })
    }

    fn selected_checks(&self) -> Result<Option<Vec<String>>, Complaint> {
        if self.suite.is_empty() && self.check.is_empty() {
            return Ok(None);
        }
        let patterns: Vec<glob::Pattern> = (self.check.iter().cloned())
            .chain(self.suite.iter().map(|suite| format!("{suite}/*")))
            .map(|pattern| {
                glob::Pattern::new(&pattern)
                    .map_err(|error| Complaint::usage(format!("`{pattern}`: {error}")))
            })
            .collect::<Result<_, _>>()?;
        let ids: Vec<&str> = catalogue().iter().map(|check| check.id).collect();
        if let Some(idle) = patterns.iter().find(|pattern| !ids.iter().any(|id| pattern.matches(id))) {
            return Err(Complaint::usage(format!(
                "no check matches `{idle}`; `sessionspec list` names them all"
            )));
        }
        let selected = ids.into_iter().filter(|id| patterns.iter().any(|pattern| pattern.matches(id)));
        Ok(Some(selected.map(str::to_owned).collect()))
    }

    async fn over_http(&self, url: &str, options: Options) -> Result<Report, String> {
        let backend = HttpBackend::new(url, self.origin.clone(), self.allow_remote).await;
        let backend = backend.map_err(|error| error.to_string())?;
        let options = Options { door: "http".to_owned(), ..options };
        let report = run_until(Rc::new(backend), options, |_| {}, interrupted()).await;
        report.map_err(|error| unjudged(&error))
    }

    async fn launched(&self, command: &str, options: Options) -> Result<Report, Complaint> {
        let command = command.replace('\n', " ");
        // A shell, so that the command is written as on a terminal; `exec`, so that it leaves nothing in between.
        let shell = ["sh".to_owned(), "-c".to_owned(), format!("exec {command}")];
        let no_variables: [(&str, &str); 0] = [];
        let service = Launched::start(&shell, Path::new("."), no_variables, Duration::from_secs(30))
            .await
            .map_err(Complaint::not_verified)?;
        self.on(service, &self.path, options).await.map_err(Complaint::not_verified)
    }

    async fn peer(&self, manifest: &Path, mut options: Options) -> Result<Report, Complaint> {
        let peer = Peer::read(manifest).map_err(Complaint::usage)?;
        options.known_failures = self.known_failures(&peer)?;
        let not_run = |error: PeerError| Complaint::not_verified(error);
        peer.provision().await.map_err(not_run)?;
        let service = peer.launch().await.map_err(not_run)?;
        let report = self.on(service, &peer.manifest.path, options).await;
        report.map_err(|error| Complaint::not_verified(format!("{}: {error}", peer.name)))
    }

    fn known_failures(&self, peer: &Peer) -> Result<BTreeMap<String, String>, Complaint> {
        let known = peer.known_failures();
        match known.keys().find(|id| !catalogue().iter().any(|check| check.id == *id)) {
            Some(unknown) => Err(Complaint::usage(format!("{}: there is no check `{unknown}`", peer.name))),
            None => Ok(known),
        }
    }

    /// Runs on a service that was launched, and stops it, however the run ends.
    async fn on(&self, service: Launched, path: &str, options: Options) -> Result<Report, String> {
        let url = format!("http://{}:{}{path}", Ipv4Addr::LOCALHOST, service.port());
        let report = self.over_http(&url, options).await;
        let last_words = service.last_words();
        service.stop().await;
        report.map_err(|error| match last_words.iter().rev().find(|line| !line.trim().is_empty()) {
            Some(line) => format!("{error}; its last words: {}", line.trim()),
            None => format!("{error}; it said nothing on standard error"),
        })
    }

    async fn both_doors(&self, options: Options) -> Result<Vec<Report>, Complaint> {
        let name = self.backend.as_deref().unwrap_or("reference");
        let embedded = embedded::find(name).map_err(Complaint::usage)?;
        let options = Options { glue: embedded.glue(), ..options };
        let judge = async |backend: Rc<dyn Backend>, door: &str| {
            let options = Options { door: door.to_owned(), ..options.clone() };
            let report = run_until(backend, options, |_| {}, interrupted()).await;
            report.map_err(|error| Complaint::not_verified(unjudged(&error)))
        };
        let in_process = judge(embedded.open(), "in-process").await?;
        let served = OverHttp::serve(embedded.open()).await.map_err(Complaint::not_verified)?;
        Ok(vec![in_process, judge(Rc::new(served), "http").await?])
    }

    fn write(&self, reports: &[Report]) -> Result<(), Complaint> {
        let text = match (self.format, reports) {
            (Format::Text, [first, second]) => render::side_by_side(first, second),
            (Format::Text, reports) => reports.iter().map(render::single).collect(),
            (Format::Json, [report]) => json(report),
            (Format::Json, reports) => json(&reports),
        };
        match &self.output {
            Some(file) => std::fs::write(file, text)
                .map_err(|error| Complaint::usage(format!("cannot write {}: {error}", file.display()))),
            None => {
                print!("{text}");
                Ok(())
            }
        }
    }

    fn judge(&self, reports: &[Report]) -> Exit {
        let exits: Vec<Exit> = reports.iter().map(|report| Exit::of(report, self.level)).collect();
        if exits.contains(&Exit::Fails) {
            return Exit::Fails;
        }
        let verdicts = |report: &Report| report.checks.iter().map(|check| check.verdict).collect::<Vec<_>>();
        let agree = reports.windows(2).all(|pair| verdicts(&pair[0]) == verdicts(&pair[1]));
        if agree && exits.iter().all(|exit| *exit == Exit::Conforms) {
            Exit::Conforms
        } else {
            Exit::NotVerified
        }
    }
}

fn json(value: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a report has only string keys, so it is JSON");
    text.push('\n');
    text
}

fn unjudged(error: &PreflightError) -> String {
    format!("nothing could be judged; {error}")
}

/// Ready when somebody wants the command to end.
pub(super) async fn interrupted() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
