//! Runs a check of the glue.

use std::rc::Rc;

use super::outcome::Outcome;
use crate::backend::{Glue, without_panic};
use crate::checks::{GlueCheck, GlueFinding, Lack};
use crate::play::Evidence;
use crate::report::{Failure, message};

pub(super) async fn judge(glue: Option<&Glue>, body: GlueCheck) -> Outcome {
    let Some(glue) = glue.map(Rc::clone) else {
        return Outcome::not_applicable(&Lack::Glue);
    };
    let panicked = |said: String| {
        Err(GlueFinding {
            reason: "panicked",
            done: "the glue was used as applications use it",
            expected: "no panic".to_owned(),
            seen: message(&said),
        })
    };
    match without_panic(async { body(glue).await }).await.unwrap_or_else(panicked) {
        Ok(comparisons) => Outcome::of(Evidence { scripts: 1, comparisons, at_once: None }, Vec::new()),
        Err(finding) => {
            let failure = Failure {
                reason: finding.reason.to_owned(),
                expected: finding.expected,
                seen: finding.seen,
                done: Some(finding.done.to_owned()),
                ..Failure::default()
            };
            Outcome::of(Evidence { scripts: 1, comparisons: 1, at_once: None }, vec![failure])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verdict;
    use sessionspec_reference::legacy::install;

    #[test]
    fn a_panic_in_the_glue_is_a_failure_of_that_check() {
        let glue: Glue = Rc::new(install);
        let body: GlueCheck = |_| Box::pin(async { panic!("the hook is gone") });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let outcome = runtime.block_on(judge(Some(&glue), body));
        assert_eq!(outcome.verdict, Verdict::Fail);
        assert_eq!(outcome.failures[0].reason, "panicked");
        assert_eq!(outcome.failures[0].seen, "the hook is gone");
    }
}
