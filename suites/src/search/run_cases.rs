//! Goes from case to case until one fails, then makes that one small and plays it again to see whether it is stable.

use super::case_runner::{FailingCase, JudgedCase, Room};
use super::shrink::{Failing, GeneratedScript, Shrink, Shrunk, shrink};
use super::{CaseRunner, Generator, Property, ShrinkBounds, case_seed};
use crate::backend::BackendError;
use crate::expect::Scenario;
use crate::play::{Evidence, Lanes, SideBySide, Transcript};

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
    /// Is shown each case that counts, with its number.
    pub(crate) seen: &'a dyn Fn(u32, &Scenario, &Transcript),
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
    let play =
        async |drawn: &GeneratedScript<'_>, room| runner.play(property, drawn.script.clone(), room).await;
    wanted.run(&runner.lanes, played, |seed| generator.draw(seed), &play).await
}

impl<P> Cases<'_, P> {
    /// Draws and plays the cases, several side by side, until one fails; makes that one small, and confirms it. The cases
    /// are judged in their order. Where none fails, and nothing can be concluded from one of them, that is the error.
    pub(super) async fn run<T: Shrink>(
        &self,
        lanes: &Lanes,
        played: &dyn Fn(u32, u32),
        draw: impl Fn([u8; 32]) -> T,
        play: &impl AsyncFn(&T, Room) -> Result<JudgedCase, BackendError>,
    ) -> Result<(Evidence, Option<Counterexample>), BackendError> {
        let mut evidence = Evidence::default();
        let mut unjudged = None;
        let cases = match self.only_case {
            Some(case) => case..case.saturating_add(1),
            None => 0..self.cases,
        };
        let mut ahead = cases.clone();
        let mut begun = SideBySide::new();
        for number in cases {
            while begun.len() < lanes.width()
                && let Some(next) = ahead.next()
            {
                let value = draw(case_seed(self.run_seed, self.check, next));
                begun.begin(async move {
                    let judged_case = play(&value, Room::BesideOthers).await;
                    (value, judged_case)
                });
            }
            played(number, self.cases);
            let Some((value, judged_case)) = begun.next().await else { break };
            let judged_case = if is_to_be_seen_alone(lanes, &judged_case) {
                begun.all_ended().await;
                self.alone(lanes, &value, play, &judged_case).await?
            } else {
                judged_case?
            };
            evidence.add(&judged_case.transcript, judged_case.judgement.comparisons);
            (self.seen)(number, &judged_case.scenario, &judged_case.transcript);
            unjudged = unjudged.or(judged_case.unjudged.clone());
            if let Some(case) = judged_case.failing() {
                begun.all_ended().await;
                let failing = Failing { value, case };
                let shrunk = shrunk_and_confirmed(number, failing, lanes, self.bounds, play).await;
                return Ok((evidence, Some(shrunk)));
            }
        }
        match unjudged {
            Some(why) => Err(why),
            None => Ok((evidence, None)),
        }
    }

    /// Plays a case alone that was not plainly right beside others: what it shows alone is what counts.
    async fn alone<T>(
        &self,
        lanes: &Lanes,
        value: &T,
        play: &impl AsyncFn(&T, Room) -> Result<JudgedCase, BackendError>,
        beside_others: &Result<JudgedCase, BackendError>,
    ) -> Result<JudgedCase, BackendError> {
        let _alone = lanes.alone().await;
        let alone = play(value, Room::Taken).await?;
        let has_failed = |case: &JudgedCase| case.judgement.finding.is_some();
        if !has_failed(&alone) && beside_others.as_ref().map_or(true, has_failed) {
            lanes.failed_only_beside_others(self.check);
        }
        Ok(alone)
    }
}

fn is_to_be_seen_alone(lanes: &Lanes, judged_case: &Result<JudgedCase, BackendError>) -> bool {
    lanes.are_several() && !judged_case.as_ref().is_ok_and(JudgedCase::is_plainly_right)
}

/// Makes a failing case small, and sees whether what is left fails every time.
///
/// Candidates are played side by side. Where what they have led to does not fail every time that it is played alone, the
/// case is made small once more, by candidates that are played alone.
pub(super) async fn shrunk_and_confirmed<T: Shrink>(
    case: u32,
    failing: Failing<T>,
    lanes: &Lanes,
    bounds: ShrinkBounds,
    play: &impl AsyncFn(&T, Room) -> Result<JudgedCase, BackendError>,
) -> Counterexample {
    let first = Failing { value: failing.value.clone(), case: failing.case.clone() };
    let beside_others = async |value: &T| play(value, Room::BesideOthers).await;
    let alone = async |value: &T| {
        let _alone = lanes.alone().await;
        play(value, Room::Taken).await
    };
    let shrunk = shrink(failing, bounds, lanes.width(), &beside_others).await;
    let confirmed = confirmed(case, shrunk, &alone).await;
    if confirmed.fails_every_time || !lanes.are_several() {
        return confirmed.counterexample;
    }
    let shrunk = shrink(first, bounds, 1, &alone).await;
    self::confirmed(case, shrunk, &alone).await.counterexample
}

/// What was made small, and played again.
struct Confirmed {
    counterexample: Counterexample,
    fails_every_time: bool,
}

/// Sees whether what was made small fails every time.
async fn confirmed<T>(
    case: u32,
    shrunk: Shrunk<T>,
    play: &impl AsyncFn(&T) -> Result<JudgedCase, BackendError>,
) -> Confirmed {
    let Shrunk { mut smallest, stopped } = shrunk;
    let unstable = confirm(&mut smallest, play).await;
    let fails_every_time = unstable.is_none();
    let notes: Vec<String> = stopped.into_iter().chain(unstable).collect();
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    Confirmed { counterexample: Counterexample { case, smallest: smallest.case, note }, fails_every_time }
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
