//! A scenario that was played and judged, for as long as the run lasts.

use std::rc::Rc;

use crate::expect::{Judgement, Scenario};
use crate::play::{Evidence, Transcript};
use crate::report::{self, Failure, Redaction, ShownExchange};
use crate::script::Step;
use crate::survey::Survey;

use super::confirmation::Confirmation;

/// The largest transcript that is kept whole, in bytes of its answers. Most have a hundredth of it.
const LARGEST_WHOLE: usize = 64 * 1024;

/// A scenario that was played and judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) scenario: Rc<Scenario>,
    pub(super) judgement: Judgement,
    /// Why the backend was not started as the script asks, where it was not.
    pub(super) not_launched: Option<String>,
    /// The largest number of requests that were certainly at work at the same time.
    at_once: usize,
    /// What came of it when it was played again, where it failed and could be played again.
    confirmation: Option<Confirmation>,
    told: Told,
}

/// What is kept of what happened. It has been judged, so that nothing more is needed than what a report tells of it.
#[derive(Debug)]
enum Told {
    /// It is short.
    Whole(Box<Transcript>),
    /// Nothing was wrong.
    Shown(Vec<ShownExchange>),
    /// Something was.
    Failed(Box<Failure>),
}

impl Judged {
    pub(super) fn new(
        scenario: Rc<Scenario>,
        transcript: Transcript,
        mut judgement: Judgement,
        confirmation: Option<Confirmation>,
        survey: &Survey,
    ) -> Self {
        let (at_once, not_launched) = (transcript.at_once, transcript.not_launched.clone());
        let told = if transcript.retained.bytes() <= LARGEST_WHOLE {
            Told::Whole(Box::new(transcript))
        } else {
            match &mut judgement.finding {
                None => Told::Shown(report::shown(&transcript, Redaction::of(survey))),
                Some(finding) => {
                    let redaction = Redaction::of(survey);
                    let failure =
                        Failure::found(finding.clone(), Scenario::clone(&scenario), &transcript, redaction);
                    finding.seen.clone_from(&failure.seen);
                    Told::Failed(Box::new(failure))
                }
            }
        };
        Self { scenario, judgement, not_launched, at_once, confirmation, told }
    }

    /// Whether others may rely on it: nothing was wrong, or what was wrong did not come again in any replay. It stays a failure of
    /// its own check then, and those that rely on it are judged, and confirmed, by themselves.
    pub(super) fn holds(&self) -> bool {
        self.judgement.finding.is_none() || self.confirmation.is_some_and(Confirmation::was_right_each_time)
    }

    /// With which lifetimes the backend was started for it. The script of a failure says so itself.
    pub(super) fn launches(&self) -> impl Iterator<Item = String> {
        let launches = self.scenario.script.steps.iter().filter_map(|step| match step {
            Step::Launch { lifetime } => Some(format!("started again with a lifetime of {lifetime} s")),
            _ => None,
        });
        launches.filter(|_| self.not_launched.is_none())
    }

    /// Adds what was played to the evidence of a check.
    pub(super) fn add_to(&self, evidence: &mut Evidence) {
        evidence.add_script(self.at_once, self.judgement.comparisons);
    }

    /// The failure, if there is one.
    pub(super) fn failure(&self, survey: &Survey) -> Option<Failure> {
        let finding = self.judgement.finding.clone()?;
        let failure = match &self.told {
            Told::Whole(transcript) => {
                Failure::found(finding, Scenario::clone(&self.scenario), transcript, Redaction::of(survey))
            }
            Told::Failed(failure) => Failure::clone(failure),
            Told::Shown(_) => return None,
        };
        Some(Failure { note: self.confirmation.and_then(Confirmation::note), ..failure })
    }

    /// What happened, in the words of a report.
    pub(super) fn text(&self, survey: &Survey) -> String {
        let script = &self.scenario.script;
        match &self.told {
            Told::Whole(transcript) => {
                report::script_text(script, &report::shown(transcript, Redaction::of(survey)))
            }
            Told::Shown(shown) => report::script_text(script, shown),
            Told::Failed(failure) => report::script_text(script, &failure.transcript),
        }
    }
}
