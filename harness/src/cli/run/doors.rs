//! Runs on what the arguments of `sessionspec run` name: a service, a peer, or a backend of this program through both doors.

use std::path::Path;
use std::rc::Rc;

use sessionspec::backend::Backend;
use sessionspec::engine::run::{Event, run_until};
use sessionspec::{Options, PreflightError, Report};

use super::Arguments;
use crate::builtin::{self, OverHttp};
use crate::cli::passed_scripts::Shown;
use crate::cli::progress::{self, Progress};
use crate::cli::service::start_peer;
use crate::cli::target::{Target, unjudged};
use crate::cli::{CliError, Interruption, tell};
use crate::exit::Exit;
use crate::watchdog::Watchdog;

impl Arguments {
    /// Runs, and fills in the reports. Where it ends with a complaint, those that are there are worth reading.
    pub(super) async fn fill(
        &self,
        reports: &mut Vec<Report>,
        options: Options,
        interruption: &Interruption,
        kept: &Shown,
    ) -> Result<(), CliError> {
        if let Some(manifest) = &self.peer {
            reports.push(self.peer(manifest, options, interruption, kept).await?);
        } else if let Some(service) = self.service.reach(interruption).await? {
            reports.push(self.on(service, options, interruption, kept).await?);
        } else {
            self.both_doors(reports, options, interruption, kept).await?;
        }
        Ok(())
    }

    /// Runs on a service, and leaves it, however the run ends.
    async fn on(
        &self,
        service: Target,
        options: Options,
        interruption: &Interruption,
        kept: &Shown,
    ) -> Result<Report, CliError> {
        let report = self.over_http(&service, options, interruption, kept).await;
        service.leave().await;
        report
    }

    /// Runs over HTTP, and quotes the last words of a service that went away.
    async fn over_http(
        &self,
        service: &Target,
        options: Options,
        interruption: &Interruption,
        kept: &Shown,
    ) -> Result<Report, CliError> {
        let backend = self.nodes.backend_of(&self.service, service).await?;
        let (url, last_words) = (service.url(), || service.last_words());
        let options = Options { door: "http".to_owned(), ..options };
        let progress = Progress::start(&options.door);
        let observe = |event: Event<'_>| {
            progress.observe(&event);
            kept.observe(&event, "");
            match event {
                Event::Planned { description, .. } => {
                    if let Some(note) = service.undeclared_lifetime(description) {
                        progress::clear();
                        tell(format_args!("sessionspec: {note}"));
                    }
                }
                Event::Finished(check) => interruption.observe(check),
                _ => {}
            }
        };
        let report = run_until(backend, options, observe, interruption.arrival()).await;
        drop(progress);
        let mut report = report.map_err(|error| match error {
            PreflightError::Stopped => interruption.nothing_judged(),
            error => CliError::not_verified(unjudged(url, &error, last_words())),
        })?;
        if let (Some(why), false, Some(said)) =
            (&mut report.incomplete, interruption.has_arrived(), last_words())
        {
            why.push_str("; ");
            why.push_str(&said);
        }
        Ok(report)
    }

    async fn peer(
        &self,
        manifest: &Path,
        mut options: Options,
        interruption: &Interruption,
        kept: &Shown,
    ) -> Result<Report, CliError> {
        let (peer, service) =
            start_peer(manifest, &self.service, self.shares_storage(), interruption).await?;
        let report = match peer.known_failures() {
            Ok(known_failures) => {
                // What the command line says of a check comes before what the manifest says.
                for (check, known) in known_failures {
                    options.known_failures.entry(check).or_insert(known);
                }
                self.on(service, options, interruption, kept).await
            }
            Err(error) => {
                service.leave().await;
                Err(CliError::usage(error))
            }
        };
        report.map_err(|complaint| complaint.map(|message| format!("{}: {message}", peer.name)))
    }

    async fn both_doors(
        &self,
        reports: &mut Vec<Report>,
        options: Options,
        interruption: &Interruption,
        kept: &Shown,
    ) -> Result<(), CliError> {
        self.nodes.are_of_a_service()?;
        let name = self.backend.as_deref().unwrap_or("reference");
        let builtin = builtin::find(name).map_err(CliError::usage)?;
        let options = Options { glue: builtin.glue(), ..options };
        let watchdog = Watchdog::start(options.patience, give_up);
        let judge = async |backend: Rc<dyn Backend>, door: &str| {
            let options = Options { door: door.to_owned(), ..options.clone() };
            let progress = Progress::start(door);
            let observe = |event: Event<'_>| {
                progress.observe(&event);
                kept.observe(&event, door);
                match event {
                    Event::Started(check) => watchdog.doing(check.id),
                    Event::Finished(check) => interruption.observe(check),
                    _ => {}
                }
            };
            watchdog.doing("the survey");
            let report = run_until(backend, options, observe, interruption.arrival()).await;
            report.map_err(|error| match error {
                PreflightError::Stopped => interruption.nothing_judged(),
                error => CliError::not_verified(unjudged(name, &error, None)),
            })
        };
        reports.push(judge(watchdog.watch(builtin.open()), "in-process").await?);
        if interruption.has_failed() || builtin.has_workers() {
            return Ok(());
        }
        let served = OverHttp::serve(watchdog.watch(builtin.open())).await;
        reports.push(judge(Rc::new(served.map_err(CliError::not_verified)?), "http").await?);
        Ok(())
    }
}

/// The end of a run whose thread is blocked: nothing can be awaited any more, and no report can be written.
fn give_up(doing: &str) {
    progress::clear();
    tell(format_args!(
        "sessionspec: the backend blocks its thread in {doing}, so that no timeout can end this; blocking work \
         belongs on another thread, as with tokio::task::spawn_blocking"
    ));
    std::process::exit(Exit::NotVerified as i32);
}
