//! `sessionspec run`: judges a backend.

mod arguments;
mod doors;

use std::fmt::Write as _;

use sessionspec::Report;
use sessionspec::engine::report::{CheckReport, KnownState};

pub(super) use arguments::Arguments;

use super::passed_scripts::Shown;
use super::{CliError, Interruption, complain, list, rerun_commands, tell, terminal};
use crate::called_as::called_as;
use crate::exit::Exit;
use crate::report_diff::Comparison;
use crate::{report_diff, report_file};

pub(super) async fn run(arguments: Arguments, interruption: &Interruption) -> Result<Exit, CliError> {
    let arguments = arguments.completed();
    let interruption = &interruption
        .or_after(arguments.deadline)
        .or_at_failure(arguments.fail_fast.then(|| arguments.level()));
    let options = arguments.options()?;
    if arguments.list {
        list::of_run(arguments.level(), &options.only.unwrap_or_else(|| arguments.unasked().all()));
        return Ok(Exit::Conforms);
    }
    let baseline =
        arguments.baseline.as_deref().map(report_file::read).transpose().map_err(CliError::usage)?;
    let baseline = baseline.map(|baseline| arguments.as_selected(baseline, options.only.as_deref()));
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
        if let Some(check) = changes.first_worse_check() {
            arguments.output.print_beside(&format!("next: {} explain {check}\n", called_as()));
        }
    }
    // What is missing is told after everything else was written, and does not hide what was found.
    let unprinted = terminal::lost().map(terminal::unprinted);
    let losses: Vec<CliError> = unwritten.into_iter().chain(written.err()).chain(unprinted).collect();
    for loss in &losses {
        complain(loss);
    }
    let found = match &changes {
        None => arguments.judge(&reports),
        Some(changes) if changes.got_worse() || (arguments.strict && changes.has_news()) => Exit::Fails,
        // The list of known failures can only shrink, whatever a run is compared with.
        Some(_) if !outdated(&reports).is_empty() => Exit::Fails,
        Some(_) => Exit::Conforms,
    };
    if let Some(changes) = &changes
        && (!losses.is_empty() || (found == Exit::Fails && !changes.got_worse()))
    {
        tell(format_args!("sessionspec: {}", arguments.since_baseline(changes, &reports)));
    }
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
    if changes.is_none() {
        tell(format_args!("sessionspec: {}: {}", arguments.level(), exit.as_str()));
    }
    Ok(exit.with_loss())
}

/// The checks whose entry in the list of known failures is out of date.
fn outdated(reports: &[Report]) -> Vec<&CheckReport> {
    let mut outdated: Vec<&CheckReport> = Vec::new();
    for check in reports.iter().flat_map(|report| &report.checks).filter(|it| it.entry_is_outdated()) {
        // Two doors show one entry twice.
        if outdated.iter().all(|other| other.id != check.id) {
            outdated.push(check);
        }
    }
    outdated
}

impl Arguments {
    /// Why nothing decides, where no check that was run is of the asked level.
    fn nothing_asked_for(&self, reports: &[Report]) -> Option<String> {
        let run = reports.iter().flat_map(|report| &report.checks).map(|check| check.level);
        let level = self.level();
        let lowest = run.min().filter(|lowest| *lowest > level)?;
        Some(format!(
            "no check of level {level} was run, so nothing is known about it; --level {lowest} judges by those that were"
        ))
    }

    /// The baseline as far as this run can be compared with it: the checks that were left out by this one are not worse than they
    /// were, and a level says nothing of what was not run.
    fn as_selected(&self, mut baseline: Vec<Report>, only: Option<&[String]>) -> Vec<Report> {
        for report in &mut baseline {
            if let Some(only) = only {
                report.checks.retain(|check| only.contains(&check.id));
            }
            if self.selects() {
                report.levels.clear();
            }
        }
        baseline
    }

    /// What decides beside a baseline, in one line: a failing run need not mean that the backend got worse.
    fn since_baseline(&self, changes: &Comparison, reports: &[Report]) -> String {
        let mut told = match (changes.got_worse(), self.strict && changes.has_news()) {
            (true, _) => "something got worse than in the baseline".to_owned(),
            (false, true) => {
                "nothing got worse than in the baseline, but --strict wants nothing newly seen, and \
                              no changed capability"
                    .to_owned()
            }
            (false, false) => "nothing got worse than in the baseline".to_owned(),
        };
        let of_state = |state: KnownState| -> Vec<&str> {
            let outdated = outdated(reports).into_iter();
            let is_so =
                |check: &&CheckReport| check.known_failure.as_ref().is_some_and(|it| it.state == state);
            outdated.filter(is_so).map(|check| check.id.as_str()).collect()
        };
        let (stale, expired) = (of_state(KnownState::Stale), of_state(KnownState::Expired));
        if !stale.is_empty() {
            let _ = write!(told, "; the list of known failures is out of date: remove {}", stale.join(", "));
        }
        if !expired.is_empty() {
            let ids = expired.join(", ");
            let _ =
                write!(told, "; a known failure has expired: mend {ids}, or give a later day as `expires`");
        }
        told
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
