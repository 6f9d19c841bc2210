//! The arguments of `sessionspec run`, with their defaults; the one of `--jobs` is chosen in `suites/src/run/jobs.rs`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use sessionspec::engine::report::{self, quoted};
use sessionspec::engine::run::QUICK_CASES;
use sessionspec::{Level, Options};

use crate::cli::nodes::NodeArguments;
use crate::cli::output::Output;
use crate::cli::rerun_commands::TargetArguments;
use crate::cli::selection::{Asked, Exclusion, Unasked, level_of};
use crate::cli::service::{Service, seconds};
use crate::cli::{CliError, project, selection};
use crate::known_failures;
use crate::near::level;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) service: Service,
    #[command(flatten)]
    pub(super) nodes: NodeArguments,
    /// Provision, start and test a peer, as in fixtures/peers/flask-3.1.3-default.
    #[arg(long, group = "target", value_name = "MANIFEST")]
    pub(super) peer: Option<PathBuf>,
    /// Test an embedded backend: `reference`, `flawed/NAME` or `conforming/NAME`.
    #[arg(long, group = "target", value_name = "NAME")]
    pub(super) backend: Option<String>,
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
    pub(super) exclude: Vec<Exclusion>,
    /// Judge nothing: print the level that decides and the checks that it asks for, as JSON, as this run would judge them.
    #[arg(long)]
    pub(super) list: bool,
    /// Also show what was played and was right; of generated scripts there are too many.
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// End with the first failure of the level that decides. Not with --baseline: what a run that ends early has not looked at
    /// counts as worse.
    #[arg(long, conflicts_with = "baseline")]
    pub(super) fail_fast: bool,
    /// Also say what changed since this saved report, and judge by that: the exit code is the one of `sessionspec diff`.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// With --baseline, end with 1 also where a capability changed, or where something fails of which that report knew nothing.
    #[arg(long, requires = "baseline")]
    pub(super) strict: bool,
    /// The level that decides the exit code; the others are reported all the same. Where it is not said, it is the
    /// highest level of the checks that --check and --clause name, else the lowest of those of --suite, else minimum.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Option<Level>,
    /// How many scripts each property is given; concurrency/parallel, whose scripts are long, is given an eighth of them.
    #[arg(long, default_value_t = Options::default().cases, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
    /// As --cases 10: every check is played, and what only many generated scripts show may stay unseen.
    #[arg(long, conflicts_with_all = ["cases", "case"])]
    quick: bool,
    /// Play scripts side by side, as long as no more than so many requests are at work at once. Without it there are as many as
    /// make the run faster, up to 16: one where the service answers at once, or works on one request at a time. With 1, one
    /// script is played after the other. Two kinds of requests overlap even then: those of scripts that wait for time to pass,
    /// which all begin at once and go on beside the others, and those of one script that is about requests at once. The report
    /// does not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST_JOBS))]
    jobs: Option<u32>,
    /// Also let a request wait for so many seconds for another one of its session, which is longer than the backend is willing to
    /// wait: say 6 where its locks give up after 5. Its time limit counts from then on.
    #[arg(long, value_name = "SECONDS", value_parser = patience)]
    patience: Option<f64>,
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
    pub(super) save_cases: Option<PathBuf>,
    /// End after so many seconds: what was found by then is reported, and the rest is unverified.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) deadline: Option<f64>,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    project: project::Choice,
}

/// As many as one client can have at work without a look at the system's limits.
const MOST_JOBS: i64 = 64;

/// A probe holds a request for a minute at least. Some of that is for the answers.
const LONGEST_PATIENCE: f64 = 45.0;

fn patience(text: &str) -> Result<f64, String> {
    let too_long = || {
        format!(
            "give at most {LONGEST_PATIENCE}, since a probe need not hold a request for longer than a minute"
        )
    };
    Some(seconds(text)?).filter(|seconds| *seconds <= LONGEST_PATIENCE).ok_or_else(too_long)
}

/// There is one case after each that can be asked for.
const MOST_CASES: i64 = u32::MAX as i64 - 1;

impl Arguments {
    /// These arguments, with all that follows from them. One process alone shows nothing of what the suite `nodes` asks, so
    /// that a service which is started for it has two.
    pub(super) fn completed(mut self) -> Self {
        let is_started = self.peer.is_some() || self.service.is_to_be_launched();
        if is_started && self.names_one_of(&["nodes"]) {
            self.nodes.are_two_at_least();
        }
        self
    }

    /// Whether a check of one of these suites is asked for by its name, or by a pattern.
    fn names_one_of(&self, suites: &[&str]) -> bool {
        selection::names_one_of(suites, self.asked(), &self.exclude)
    }

    pub(super) fn options(&self) -> Result<Options, CliError> {
        let only = selection::checks(self.asked(), &self.exclude, self.unasked())?;
        if self.case.is_some() {
            selection::properties_alone(only.as_deref().unwrap_or_default())?;
        }
        Ok(Options {
            seed: self.seed,
            cases: if self.quick { QUICK_CASES } else { self.cases },
            case: self.case,
            jobs: self.jobs,
            patience: self.service.patience(),
            lock_patience: self.patience.map(Duration::from_secs_f64),
            only,
            known_failures: self.listed_failures()?,
            fail_fast: self.fail_fast.then(|| self.level()),
            session_cookies: self.service.session_cookies().to_vec(),
            ..Options::default()
        })
    }

    /// Whether several processes of a peer need the same storage: nodes, those that are started again, and those of which the
    /// way to it is broken.
    pub(super) fn shares_storage(&self) -> bool {
        self.nodes.are_several() || self.names_one_of(&["restart", "outage"])
    }

    /// What is wanted although nobody names it, since there is what it needs.
    pub(super) fn unasked(&self) -> Unasked {
        Unasked {
            of_nodes: self.nodes.are_several(),
            of_beside: self.nodes.are_beside_another(),
            of_patience: self.patience.is_some(),
        }
    }

    /// What is tested, as it was typed.
    pub(super) fn target(&self) -> TargetArguments {
        let (how, nodes) = (self.service.target(), self.nodes.words());
        let patience = self.patience.map(|seconds| format!("--patience {seconds}")).unwrap_or_default();
        let named =
            |option: &str, name: &str| format!("--{option} {} {how}", quoted(name)).trim_end().to_owned();
        let of_run = |target: &str| format!("{target} {patience}").trim().to_owned();
        if let Some(manifest) = &self.peer {
            let peer = named("peer", &manifest.to_string_lossy());
            return TargetArguments { of_run: of_run(&peer), of_replay: peer, nodes };
        }
        match &self.backend {
            // A case file says on which embedded backend it was found.
            Some(name) => TargetArguments { of_run: of_run(&named("backend", name)), of_replay: how, nodes },
            None => TargetArguments { of_run: of_run(&how), of_replay: how, nodes },
        }
    }

    fn listed_failures(&self) -> Result<BTreeMap<String, report::KnownFailure>, CliError> {
        let Some(file) = &self.known_failures else { return Ok(BTreeMap::new()) };
        let entries = known_failures::read(file, self.project.profile()).map_err(CliError::usage)?;
        known_failures::accepted(&file.display().to_string(), &entries).map_err(CliError::usage)
    }

    /// The level that decides.
    pub(super) fn level(&self) -> Level {
        self.level.unwrap_or_else(|| level_of(self.asked()))
    }

    /// Whether some checks are asked for, and no others.
    pub(super) fn selects(&self) -> bool {
        !(self.check.is_empty() && self.suite.is_empty() && self.clause.is_empty())
    }

    fn asked(&self) -> Asked<'_> {
        Asked { checks: &self.check, suites: &self.suite, clauses: &self.clause }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::Arguments;

    #[derive(clap::Parser)]
    struct Run {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parsed(words: &[&str]) -> Arguments {
        Run::parse_from(["run"].iter().chain(words)).arguments.completed()
    }

    #[test]
    fn whoever_names_a_check_of_nodes_gets_two_processes() {
        for words in [
            ["--suite", "nodes"],
            ["--check", "nodes/*"],
            ["--check", "*/logout-holds-everywhere"],
            ["--check", "[n]odes/saved-is-seen"],
            ["--clause", "*.clocks"],
        ] {
            let launched = parsed(&[&["--launch", "serve"], &words[..]].concat());
            assert!(launched.nodes.are_several(), "{words:?}");
        }
        for words in [
            &["--suite", "restart"][..],
            &["--check", "minimum/*"],
            &["--check", "*/logout-holds-everywhere", "--exclude", "nodes/*"],
            &["--exclude", "minimum/*"],
            &["--check", "nodes/no-such-check"],
        ] {
            let launched = parsed(&[&["--launch", "serve"], words].concat());
            assert!(!launched.nodes.are_several(), "{words:?}");
        }
        let running = parsed(&["http://127.0.0.1:1/probe", "--check", "*/logout-holds-everywhere"]);
        assert!(!running.nodes.are_several());
    }

    #[test]
    fn whoever_names_a_check_of_restarts_or_outages_gets_one_storage() {
        for words in [["--check", "*/saved-survives"], ["--suite", "outage"], ["--clause", "[or]*.usable"]] {
            assert!(parsed(&[&["--peer", "flask"], &words[..]].concat()).shares_storage(), "{words:?}");
        }
        for words in [["--suite", "minimum"], ["--check", "restart/no-such-check"]] {
            assert!(!parsed(&[&["--peer", "flask"], &words[..]].concat()).shares_storage(), "{words:?}");
        }
    }
}
