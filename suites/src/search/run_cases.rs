//! Goes from case to case until one fails, then makes that one small and plays it again to see whether it is stable.

use super::case_runner::{FailingCase, JudgedCase};
use super::shrink::{Shrunk, shrink};
use super::{CaseRunner, Generator, Property, ShrinkBounds, case_seed};
use crate::backend::BackendError;
use crate::play::Evidence;

/// How often a failure is played again.
const CONFIRMATIONS: usize = 3;

/// How often it is played again where it did not fail every time, so that there is a rate.
const REPLAYS_OF_UNSTABLE: usize = 10;

/// What to look for.
pub(crate) struct Cases<'a, P = Property> {
    pub(crate) check: &'a str,
    pub(crate) property: P,
    pub(crate) run_seed: u64,
    /// How many cases there are.
    pub(crate) cases: u32,
    /// The only case to play, where there is just one.
    pub(crate) only_case: Option<u32>,
    pub(crate) bounds: ShrinkBounds,
}

/// What was caught.
pub(crate) struct Counterexample {
    /// The case that failed first.
    pub(crate) case: u32,
    /// The smallest script that fails for the same reason.
    pub(crate) smallest: FailingCase,
    /// How shrinking and confirming went, where there is something to say.
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
    let generator = Generator::new(wanted.property, runner.survey);
    let play = async |case| runner.play(wanted.property, generator.script(wanted.seed(case))).await;
    let (evidence, failing) = wanted.first_failing(played, play).await?;
    let Some((case, failing)) = failing else { return Ok((evidence, None)) };
    let shrunk = shrink(runner, wanted.property, wanted.bounds, failing).await;
    let again =
        async |smallest: &FailingCase| runner.play(wanted.property, smallest.scenario.script.clone()).await;
    Ok((evidence, Some(confirmed(case, shrunk, again).await)))
}

impl<P> Cases<'_, P> {
    /// The seed of one case.
    pub(super) fn seed(&self, case: u32) -> [u8; 32] {
        case_seed(self.run_seed, self.check, case)
    }

    /// Plays the cases until one fails.
    pub(super) async fn first_failing(
        &self,
        played: &dyn Fn(u32, u32),
        play: impl AsyncFn(u32) -> Result<JudgedCase, BackendError>,
    ) -> Result<(Evidence, Option<(u32, FailingCase)>), BackendError> {
        let mut evidence = Evidence::default();
        let cases = match self.only_case {
            Some(case) => case..case.saturating_add(1),
            None => 0..self.cases,
        };
        for case in cases {
            played(case, self.cases);
            let judged_case = play(case).await?;
            evidence.add(&judged_case.transcript, judged_case.judgement.comparisons);
            if let Some(failing) = judged_case.failing() {
                return Ok((evidence, Some((case, failing))));
            }
        }
        Ok((evidence, None))
    }
}

/// Sees whether what was made small fails every time.
pub(super) async fn confirmed(
    case: u32,
    shrunk: Shrunk,
    again: impl AsyncFn(&FailingCase) -> Result<JudgedCase, BackendError>,
) -> Counterexample {
    let Shrunk { mut smallest, stopped } = shrunk;
    let unstable = confirm(&mut smallest, again).await;
    let notes: Vec<String> = stopped.into_iter().chain(unstable).collect();
    Counterexample { case, smallest, note: (!notes.is_empty()).then(|| notes.join("; ")) }
}

/// Plays the script again, on fresh sessions; what there is to say if it does not fail every time.
async fn confirm(
    smallest: &mut FailingCase,
    again: impl AsyncFn(&FailingCase) -> Result<JudgedCase, BackendError>,
) -> Option<String> {
    let mut failed = 0;
    let mut played = 0;
    while played < CONFIRMATIONS || (failed < played && played < REPLAYS_OF_UNSTABLE) {
        let judged_case = match again(smallest).await {
            Ok(judged_case) => judged_case,
            Err(fault) => {
                return Some(format!("the service was gone when the script was played again: {fault}"));
            }
        };
        played += 1;
        if let Some(again) =
            judged_case.failing().filter(|again| again.finding.reason == smallest.finding.reason)
        {
            failed += 1;
            *smallest = again;
        }
    }
    (failed < played).then(|| {
        format!("unstable: played again on fresh sessions, the script failed {failed} times in {played}")
    })
}
