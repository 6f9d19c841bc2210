//! Crowds: browsers that do the same one after the other. Where a service is slow, they may do it together, so that a script is
//! over before a session ends of itself.

use std::collections::BTreeSet;

use tokio::time::timeout;

use super::{Player, flatten};
use crate::backend::BackendError;
use crate::script::{Cycle, Operation, Script, Step};

/// Fewer browsers are no crowd: what they do one after the other may be what a script is about.
const CROWD: usize = 3;

/// Whether the script has a crowd.
pub(crate) fn has_crowds(script: &Script) -> bool {
    !passes_cookies(script) && (0..script.steps.len()).any(|step| crowd(&script.steps[step..]).len() >= CROWD)
}

/// Whether one browser gets what another one has: then it may matter who comes first.
fn passes_cookies(script: &Script) -> bool {
    script.steps.iter().any(|step| matches!(step, Step::CopyCookies { .. } | Step::Forge { .. }))
}

/// The cycles with which these steps begin, as long as each is of another browser that does the same, none is held, and none has a
/// connection of its own.
fn crowd(steps: &[Step]) -> Vec<&Cycle> {
    let mut browsers = BTreeSet::new();
    let mut crowd: Vec<&Cycle> = Vec::new();
    for step in steps {
        let Step::Cycle(cycle) = step else { break };
        let is_like = crowd.first().is_none_or(|first| {
            (&first.ops, first.node, first.beside) == (&cycle.ops, cycle.node, cycle.beside)
        });
        let is_held = cycle.ops.iter().any(|op| matches!(op, Operation::Hold { .. }));
        if !is_like || is_held || cycle.connection.is_some() || !browsers.insert(cycle.browser.as_str()) {
            break;
        }
        crowd.push(cycle);
    }
    crowd
}

impl Player {
    /// Lets crowds send so many requests together.
    #[must_use]
    pub(crate) fn together(self, requests: usize) -> Self {
        Self { together: requests, ..self }
    }

    /// How many of these steps, the first ones, are sent together.
    pub(super) fn sent_together(&self, script: &Script, steps: &[Step]) -> usize {
        if self.together < 2 || self.is_disturbed() || passes_cookies(script) {
            return 1;
        }
        let crowd = crowd(steps).len();
        if crowd < CROWD { 1 } else { crowd.min(self.together) }
    }

    /// Sends these cycles together, and waits until all of them were answered.
    pub(super) async fn send_together(&mut self, steps: &[Step]) {
        self.breathe().await;
        let mut sent = Vec::new();
        for step in steps {
            let Step::Cycle(cycle) = step else { continue };
            let (exchange, request) = self.begin(&cycle.browser, cycle.ops.clone());
            sent.push((exchange, self.spawn(request)));
            // As many as are at work where they come one after the other, so that the evidence is the same.
            self.count_at_once(1);
        }
        for (exchange, mut task) in sent {
            let outcome = match timeout(self.patience, &mut task).await {
                Ok(joined) => flatten(joined),
                Err(_) => {
                    task.abort();
                    Err(BackendError::NoAnswer(self.patience))
                }
            };
            self.end(exchange, outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    use sessionspec_reference::{Description, Memory};
    use tokio::task::LocalSet;

    use super::*;
    use crate::backend::{Backend, CycleRequest, CycleResponse, LocalBoxFuture, in_process};
    use crate::script::ops::{get, hold, set};

    /// The reference, which notes how many requests are at work at once.
    struct Counted {
        backend: Rc<dyn Backend>,
        at_work: Cell<usize>,
        most: Cell<usize>,
    }

    impl Backend for Counted {
        fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
            self.backend.describe()
        }

        fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
            Box::pin(async {
                self.at_work.set(self.at_work.get() + 1);
                self.most.set(self.most.get().max(self.at_work.get()));
                tokio::task::yield_now().await;
                let response = self.backend.cycle(request).await;
                self.at_work.set(self.at_work.get() - 1);
                response
            })
        }
    }

    /// How many requests were at work at once, at most, what the last one was answered, and how many the transcript counts.
    async fn played(script: &Script, together: usize) -> (usize, String, usize) {
        let counted = Rc::new(Counted {
            backend: in_process(Memory::default()),
            at_work: Cell::default(),
            most: Cell::default(),
        });
        let player = Player::new(Rc::clone(&counted) as Rc<dyn Backend>, Duration::from_secs(10));
        let transcript = LocalSet::new().run_until(player.together(together).play(script)).await;
        assert_eq!(transcript.exchanges.len(), script.cycles().count());
        assert!(transcript.is_fully_answered());
        let last = transcript.exchanges.last().unwrap().answer(0).unwrap().to_string();
        (counted.most.get(), last, transcript.at_once)
    }

    fn crowded(others: usize) -> Script {
        let ann = Script::new().cycle("ann", [set("colour", "red")]);
        let others = (0..others).map(|other| format!("other {other}"));
        others
            .fold(ann, |script, other| script.cycle(&other, [set("size", "small")]))
            .cycle("ann", [get("colour")])
    }

    fn held(browser: &str) -> Script {
        Script::new().cycle(browser, [get("shape"), hold("gate")])
    }

    #[tokio::test]
    async fn a_crowd_sends_so_many_requests_together_and_the_next_step_waits_for_them() {
        let red = || r#""red""#.to_owned();
        assert!(has_crowds(&crowded(10)));
        for (together, most) in [(1, 1), (4, 4), (16, 10)] {
            assert_eq!(played(&crowded(10), together).await, (most, red(), 1), "{together}");
        }
    }

    #[tokio::test]
    async fn beside_a_request_that_is_held_the_same_is_counted_however_a_crowd_comes() {
        let script = Script { steps: [held("zoe").steps, crowded(5).steps].concat() };
        for (together, most) in [(1, 2), (16, 6)] {
            let (at_work, _, counted) = played(&script, together).await;
            assert_eq!((at_work, counted), (most, 2), "{together}");
        }
    }

    #[tokio::test]
    async fn what_a_script_is_about_keeps_its_order() {
        let two = crowded(2);
        let copied =
            Script { steps: [crowded(5).steps, Script::new().copy_cookies("ann", "bob").steps].concat() };
        let same = Script::new().cycle("ann", [get("a")]).cycle("ann", [get("a")]).cycle("ann", [get("a")]);
        let different = (0..5).fold(Script::new(), |script, number| {
            script.cycle(&format!("other {number}"), [set("size", number)])
        });
        for script in [two, copied, same] {
            assert!(!has_crowds(&script), "{script:?}");
            assert_eq!(played(&script, 16).await.0, 1, "{script:?}");
        }
        assert!(!has_crowds(&different));
    }
}
