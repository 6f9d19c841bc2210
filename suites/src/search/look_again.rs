//! Plays a script again in which something was seen, and makes it small.

use super::case_runner::Room;
use super::generator::free_keys;
use super::run_cases::shrunk_and_confirmed;
use super::shrink::{Failing, GeneratedScript};
use super::{CaseRunner, Counterexample, Shape, ShrinkBounds};
use crate::backend::BackendError;
use crate::expect::Scenario;
use crate::play::Transcript;
use crate::script::Script;

/// Plays a script alone. Where what is looked for is there again, the script is made small and confirmed. What is looked for is
/// what the scenario says that is made of a script and of what happened.
///
/// # Errors
///
/// A fault of the service that leaves nothing to judge.
pub(crate) async fn look_again(
    runner: &CaseRunner<'_>,
    script: Script,
    bounds: ShrinkBounds,
    scenario: &dyn Fn(Script, &Transcript) -> Scenario,
) -> Result<Option<Counterexample>, BackendError> {
    let [keys, _] = free_keys(&runner.survey.own_keys);
    let play =
        async |drawn: &GeneratedScript<'_>, room| runner.play_for(drawn.script.clone(), room, scenario).await;
    let value = GeneratedScript { script, shape: Shape::AnyScript, keys: &keys };
    let played = {
        let _alone = runner.lanes.alone().await;
        play(&value, Room::Taken).await?
    };
    let Some(case) = played.failing() else { return Ok(None) };
    Ok(Some(shrunk_and_confirmed(0, Failing { value, case }, &runner.lanes, bounds, &play).await))
}
