//! `sessionspec run`: judges a backend.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sessionspec::backend::Backend;
use sessionspec::engine::report::{self, quoted};
use sessionspec::engine::run::{Event, run_until};
use sessionspec::{Level, Options, PreflightError, Report};

use super::kept::Shown;
use super::output::Output;
use super::progress::{self, Progress};
use super::rerun_commands::{self, TargetArguments};
use super::selection::{Asked, Exclusion, level_of};
use super::service::{Service, Target, seconds, start_peer, unjudged};
use super::{CliError, Interruption, complain, selection, tell, terminal};
use crate::builtin::{self, OverHttp};
use crate::exit::Exit;
use crate::near::level;
use crate::watchdog::Watchdog;
use crate::{known_failures, report_diff, report_file};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    service: Service,
    /// Provision, start and test a peer, as in fixtures/peers/flask-3.1.3-default.
    #[arg(long, group = "target", value_name = "MANIFEST")]
    peer: Option<PathBuf>,
    /// Test an embedded backend: `reference`, `flawed/NAME` or `conforming/NAME`.
    #[arg(long, group = "target", value_name = "NAME")]
    backend: Option<String>,
    /// Run this suite alone; may be repeated.
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Run the checks that match this pattern, as in 'minimum/permanent-*'; may be repeated.
    #[arg(long, value_name = "GLOB")]
    check: Vec<String>,
    /// Run the checks of this clause of CONTRACT.md, as in 'identity.*'; may be repeated.
    #[arg(long, value_name = "GLOB")]
    clause: Vec<String>,
    /// Leave out the checks that match this pattern; may be repeated. A reason may follow it, as in
    /// 'cookie/*=another service sets them'.
    #[arg(long, value_name = "GLOB[=REASON]")]
    exclude: Vec<Exclusion>,
    /// Also show what was played and was right; of generated scripts there are too many.
    #[arg(long, short)]
    verbose: bool,
    /// End with the first failure of the level that decides.
    #[arg(long)]
    fail_fast: bool,
    /// Also say what changed since this saved report, and judge by that: the exit code is the one of `sessionspec diff`.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// The level that decides the exit code; the others are reported all the same. Where it is not said, it is the
    /// highest level of the checks that --check and --clause name, and minimum without them.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Option<Level>,
    /// How many scripts each property is given; concurrency/parallel, whose scripts are long, is given a quarter of them.
    #[arg(long, default_value_t = Options::default().cases, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
    /// Play so many requests at once, at most. Without it there are as many as make the run faster, up to 16: one where
    /// the service answers at once, or works on one request at a time. The report does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_JOBS))]
    jobs: Option<u32>,
    /// Replay this case alone of the property that --check names. Cases are counted from 0.
    #[arg(long, value_name = "N", requires = "check", conflicts_with_all = ["cases", "suite"], value_parser = clap::value_parser!(u32).range(..=MOST_CASES))]
    case: Option<u32>,
    /// The seed of everything that is generated.
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Checks that are known to fail, as `sessionspec known-failures` lists them. An entry that is out of date fails
    /// the run.
    #[arg(long, value_name = "FILE")]
    known_failures: Option<PathBuf>,
    /// Save the least script of each failure in this folder, for `sessionspec replay`. No file there is overwritten.
    #[arg(long, value_name = "DIR")]
    save_cases: Option<PathBuf>,
    /// End after so many seconds: what was found by then is reported, and the rest is unverified.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    deadline: Option<f64>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    project: super::project::Choice,
}

/// As many as one client can have at work without a look at the system's limits.
const MOST_JOBS: i64 = 64;

/// There is one case after each that can be asked for.
const MOST_CASES: i64 = u32::MAX as i64 - 1;

pub(super) async fn run(arguments: Arguments, interruption: &Interruption) -> Result<Exit, CliError> {
    let interruption = &interruption
        .or_after(arguments.deadline)
        .or_at_failure(arguments.fail_fast.then(|| arguments.level()));
    let options = arguments.options()?;
    let baseline =
        arguments.baseline.as_deref().map(report_file::read).transpose().map_err(CliError::usage)?;
    let mut output = arguments.output.plan()?;
    arguments.save_cases.as_deref().map_or(Ok(()), rerun_commands::can_save_in)?;
    let mut reports = Vec::new();
    let kept = Shown::when(arguments.verbose);
    let judged = arguments.fill(&mut reports, options, interruption, &kept).await;
    if reports.is_empty() {
        return judged.map(|()| Exit::NotVerified);
    }
    for report in &mut reports {
        report.asked_level = Some(arguments.level());
        report.incomplete.iter_mut().for_each(|why| interruption.explain(why));
    }
    let written = rerun_commands::write(&mut reports, &arguments.target(), arguments.save_cases.as_deref());
    let unwritten = output.write(&reports, &arguments.target().of_doctor());
    for why in reports.iter().filter_map(|report| report.incomplete.as_ref()) {
        tell(format_args!("sessionspec: the report is incomplete: {why}"));
    }
    if let Some(why) = arguments.nothing_asked_for(&reports) {
        tell(format_args!("sessionspec: {why}"));
    }
    for exclusion in &arguments.exclude {
        tell(format_args!("sessionspec: left out: {exclusion}"));
    }
    if let Some(text) = kept.text("What was played and was right") {
        arguments.output.print_beside(&text);
    }
    let changes = baseline.map(|baseline| report_diff::diff(&baseline, &reports));
    if let Some(changes) = &changes {
        arguments.output.print_beside(&changes.render(report_diff::Form::Text));
    }
    // What is missing is told after everything else was written, and does not hide what was found.
    let unprinted = terminal::lost().map(terminal::unprinted);
    let losses: Vec<CliError> = unwritten.into_iter().chain(written.err()).chain(unprinted).collect();
    for loss in &losses {
        complain(loss);
    }
    let found = match &changes {
        None => arguments.judge(&reports),
        Some(changes) if changes.got_worse() => Exit::Fails,
        Some(_) => Exit::Conforms,
    };
    let exit = match (judged, found) {
        (Ok(()), exit) => exit,
        // A failure that was found is one, whatever happened later.
        (Err(complaint), Exit::Fails) => {
            complain(&complaint);
            Exit::Fails
        }
        (Err(complaint), _) => return Err(complaint),
    };
    if losses.is_empty() {
        return Ok(exit);
    }
    tell(format_args!("sessionspec: {}: {}", arguments.level(), exit.as_str()));
    Ok(exit.with_loss())
}

impl Arguments {
    fn options(&self) -> Result<Options, CliError> {
        let only = selection::checks(self.asked(), &self.exclude)?;
        if self.case.is_some() {
            selection::properties_alone(only.as_deref().unwrap_or_default())?;
        }
        Ok(Options {
            seed: self.seed,
            cases: self.cases,
            case: self.case,
            jobs: self.jobs,
            patience: self.service.patience(),
            only,
            known_failures: self.listed_failures()?,
            session_cookies: self.service.session_cookies().to_vec(),
            ..Options::default()
        })
    }

    /// What is tested, as it was typed.
    fn target(&self) -> TargetArguments {
        let how = self.service.target();
        let named =
            |option: &str, name: &str| format!("--{option} {} {how}", quoted(name)).trim_end().to_owned();
        if let Some(manifest) = &self.peer {
            let peer = named("peer", &manifest.to_string_lossy());
            return TargetArguments { of_run: peer.clone(), of_replay: peer };
        }
        match &self.backend {
            // A case file says on which embedded backend it was found.
            Some(name) => TargetArguments { of_run: named("backend", name), of_replay: how },
            None => TargetArguments { of_run: how.clone(), of_replay: how },
        }
    }

    /// Runs, and fills in the reports. Where it ends with a complaint, those that are there are worth reading.
    async fn fill(
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

    fn listed_failures(&self) -> Result<BTreeMap<String, report::KnownFailure>, CliError> {
        let Some(file) = &self.known_failures else { return Ok(BTreeMap::new()) };
        let entries = known_failures::read(file, self.project.profile()).map_err(CliError::usage)?;
        known_failures::accepted(&file.display().to_string(), &entries).map_err(CliError::usage)
    }

    /// The level that decides.
    fn level(&self) -> Level {
        self.level.unwrap_or_else(|| level_of(self.asked()))
    }

    fn asked(&self) -> Asked<'_> {
        Asked { checks: &self.check, suites: &self.suite, clauses: &self.clause }
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
        let backend = self.service.backend_of(service).await?;
        let (url, last_words) = (service.url(), || service.last_words());
        let options = Options { door: "http".to_owned(), ..options };
        let progress = Progress::start(&options.door);
        let observe = |event: Event<'_>| {
            progress.observe(&event);
            kept.observe(&event, "");
            if let Event::Finished(check) = event {
                interruption.observe(check);
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
        let (peer, service) = start_peer(manifest, &self.service, interruption).await?;
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
        if interruption.has_failed() {
            return Ok(());
        }
        let served = OverHttp::serve(watchdog.watch(builtin.open())).await;
        reports.push(judge(Rc::new(served.map_err(CliError::not_verified)?), "http").await?);
        Ok(())
    }

    /// Why nothing decides, where no check that was run is of the asked level.
    fn nothing_asked_for(&self, reports: &[Report]) -> Option<String> {
        let run = reports.iter().flat_map(|report| &report.checks).map(|check| check.level);
        let level = self.level();
        let lowest = run.min().filter(|lowest| *lowest > level)?;
        Some(format!(
            "no check of level {level} was run, so nothing is known about it; --level {lowest} judges by those that were"
        ))
    }

    fn judge(&self, reports: &[Report]) -> Exit {
        let exits: Vec<Exit> = reports.iter().map(|report| Exit::of(report, self.level())).collect();
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

/// The end of a run whose thread is blocked: nothing can be awaited any more, and no report can be written.
fn give_up(doing: &str) {
    progress::clear();
    tell(format_args!(
        "sessionspec: the backend blocks its thread in {doing}, so that no timeout can end this; blocking work \
         belongs on another thread, as with tokio::task::spawn_blocking"
    ));
    std::process::exit(Exit::NotVerified as i32);
}
