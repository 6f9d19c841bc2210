//! Goes from case to case until one fails, then makes that one small and plays it again to see whether it is stable.

use super::case_runner::{FailingCase, JudgedCase};
use super::shrink::{Failing, GeneratedScript, Shrink, Shrunk, shrink};
use super::{CaseRunner, Generator, Property, ShrinkBounds, case_seed};
use crate::backend::BackendError;
use crate::play::Evidence;

/// A failure is played again so many times.
const CONFIRMATIONS: usize = 3;

/// A failure that does not come every time is played again so many times, so that the report can give a rate.
const REPLAYS_OF_UNSTABLE: usize = 10;

/// The cases to play, and what to do with the first that fails.
pub(crate) struct Cases<'a, P = Property> {
    pub(crate) check: &'a str,
    pub(crate) property: P,
    pub(crate) run_seed: u64,
    /// How many cases there are.
    pub(crate) cases: u32,
    /// The only case to play, if just one is wanted.
    pub(crate) only_case: Option<u32>,
    /// How much may be done to make a failing case small.
    pub(crate) bounds: ShrinkBounds,
}

/// A case that failed, made small.
pub(crate) struct Counterexample {
    /// The case that failed first.
    pub(crate) case: u32,
    /// The smallest script that fails for the same reason.
    pub(crate) smallest: FailingCase,
    /// What the user should know about shrinking and confirming.
    pub(crate) note: Option<String>,
}

/// Plays the cases until one fails.
///
/// # Errors
///
/// A fault of the service that leaves nothing to judge. One that comes after a failure was found is in its note.
pub(crate) async fn run_cases(
    runner: &CaseRunner<'_>,
    wanted: &Cases<'_>,
    played: &dyn Fn(u32, u32),
) -> Result<(Evidence, Option<Counterexample>), BackendError> {
    let property = wanted.property;
    let generator = Generator::new(property, runner.survey);
    let play = async |drawn: &GeneratedScript<'_>| runner.play(property, drawn.script.clone()).await;
    wanted.run(played, |seed| generator.draw(seed), &play).await
}

impl<P> Cases<'_, P> {
    /// Draws and plays one case after the other until one fails, makes that one small, and confirms it. Where none fails,
    /// and nothing can be concluded from one of them, that is the error.
    pub(super) async fn run<T: Shrink>(
        &self,
        played: &dyn Fn(u32, u32),
        draw: impl Fn([u8; 32]) -> T,
        play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
    ) -> Result<(Evidence, Option<Counterexample>), BackendError> {
        let mut evidence = Evidence::default();
        let mut unjudged = None;
        let cases = match self.only_case {
            Some(case) => case..case.saturating_add(1),
            None => 0..self.cases,
        };
        for number in cases {
            played(number, self.cases);
            let value = draw(case_seed(self.run_seed, self.check, number));
            let judged_case = play(&value).await?;
            evidence.add(&judged_case.transcript, judged_case.judgement.comparisons);
            unjudged = unjudged.or(judged_case.unjudged.clone());
            if let Some(case) = judged_case.failing() {
                let shrunk = shrink(Failing { value, case }, self.bounds, play).await;
                return Ok((evidence, Some(confirmed(number, shrunk, play).await)));
            }
        }
        match unjudged {
            Some(why) => Err(why),
            None => Ok((evidence, None)),
        }
    }
}

/// Sees whether what was made small fails every time.
async fn confirmed<T>(
    case: u32,
    shrunk: Shrunk<T>,
    play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> Counterexample {
    let Shrunk { mut smallest, stopped } = shrunk;
    let unstable = confirm(&mut smallest, play).await;
    let notes: Vec<String> = stopped.into_iter().chain(unstable).collect();
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    Counterexample { case, smallest: smallest.case, note }
}

/// Plays what fails again, on fresh sessions, and says so if it does not fail every time.
async fn confirm<T>(
    smallest: &mut Failing<T>,
    play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> Option<String> {
    let mut failed = 0;
    let mut played = 0;
    while played < CONFIRMATIONS || (failed < played && played < REPLAYS_OF_UNSTABLE) {
        let judged_case = match play(&smallest.value).await {
            Ok(judged_case) => judged_case,
            Err(fault) => {
                return Some(format!("the service was gone when the script was played again: {fault}"));
            }
        };
        played += 1;
        let reason = &smallest.case.finding.reason;
        if let Some(again) = judged_case.failing().filter(|again| again.finding.reason == *reason) {
            failed += 1;
            smallest.case = again;
        }
    }
    (failed < played).then(|| {
        format!("unstable: played again on fresh sessions, the script failed {failed} times in {played}")
    })
}
