//! What a check is: one promise of the contract, and how it is tested.

use std::fmt;

use super::crossing::crossed;
use super::{Applicability, Fact, Harm, Requirement};
use crate::backend::{Glue, LocalBoxFuture};
use crate::expect::{ResponseRule, Scenario};
use crate::level::Level;
use crate::search::{Generated, Property};
use crate::survey::Survey;

/// One promise of the contract, and how it is tested.
#[derive(Clone, Copy)]
pub struct Check {
    /// `suite/slug`: stable, never positional.
    pub id: &'static str,
    /// The level that asks for it.
    pub level: Level,
    /// What is lost where the promise is broken.
    pub harm: Harm,
    /// The clause of `CONTRACT.md` that it tests.
    pub clause: &'static str,
    /// What is promised, in one sentence.
    pub promise: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// What a backend must have for the promise to mean something. Each requirement has to be met.
    pub applies: &'static [Requirement],
    /// What its scenarios take for granted beside what follows from their scripts. A fact that does not hold is the
    /// failure of another check, and hinders these scenarios.
    pub relies: &'static [Fact],
    /// How it is tested.
    pub test: Test,
}

/// How a check is tested.
#[derive(Clone, Copy)]
pub enum Test {
    /// Short scripts with literal expectations, chosen in the light of the survey; [`Check::scenarios`] has them in more
    /// situations.
    Scenarios(fn(&Survey) -> Vec<Scenario>),
    /// Generated scripts, on which the backend has to answer as the reference does.
    Property(Property),
    /// Generated scripts with literal expectations.
    Generated(fn(&Survey) -> Generated),
    /// What was observed against what was declared.
    Claims,
    /// A session that is made before all others, that nobody touches, and that is looked at in the end. It needs other checks.
    Sentinel,
    /// Rules for every response that sets or removes a cookie of the session, whichever check it belongs to. It needs other checks.
    EveryResponse(fn(&Survey) -> Vec<ResponseRule>),
    /// The glue for applications with two hooks.
    Glue(GlueCheck),
}

/// The body of a check of the glue: the number of comparisons, or what was seen.
pub type GlueCheck = fn(Glue) -> LocalBoxFuture<'static, Result<usize, GlueFinding>>;

/// What the glue did that it should not, or did not that it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlueFinding {
    /// What went wrong, in a word or two that stay the same from run to run.
    pub reason: &'static str,
    /// What was done.
    pub done: &'static str,
    /// What was expected.
    pub expected: String,
    /// What was seen.
    pub seen: String,
}

impl Check {
    /// The suite that the check belongs to.
    #[must_use]
    pub fn suite(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(suite, _)| suite)
    }

    /// Whether the check compares everything, so that it may fail beside the check that names the defect.
    #[must_use]
    pub fn is_umbrella(&self) -> bool {
        self.has_cases()
    }

    /// Whether it is run only where it is named: it has many requests, and finds what nobody has a name for yet, or it asks
    /// for more than one process or service, for one that ends, for a store that can be broken, or for what somebody has to say.
    #[must_use]
    pub fn is_on_demand(&self) -> bool {
        matches!(self.suite(), "promises" | "nodes" | "beside" | "restart" | "outage") || self.outwaits()
    }

    /// Whether it lets a request wait for longer than the backend is willing to.
    #[must_use]
    pub fn outwaits(&self) -> bool {
        self.applies.contains(&Requirement::Outwaited)
    }

    /// Whether it depends on what the survey sees only on an older session, so that somebody has to wait for that.
    #[must_use]
    pub fn asks_for_age(&self) -> bool {
        self.applies.contains(&Requirement::SavesOnlyChanges) || super::age::ASK.contains(&self.id)
    }

    /// Whether the check applies to a backend. The first thing that the backend lacks decides, whatever else nobody can say.
    #[must_use]
    pub fn applicability(&self, survey: &Survey) -> Applicability {
        let mut unverified = None;
        for requirement in self.applies {
            match requirement.applicability(survey) {
                Applicability::Applies => {}
                Applicability::NotApplicable(lack) => return Applicability::NotApplicable(lack),
                because @ Applicability::Unverified(_) => unverified = unverified.or(Some(because)),
            }
        }
        unverified.unwrap_or(Applicability::Applies)
    }

    /// Its scenarios on a backend to which it applies, in every situation with which it is crossed; none where it has others.
    #[must_use]
    pub fn scenarios(&self, survey: &Survey) -> Vec<Scenario> {
        match self.test {
            Test::Scenarios(plain) => crossed(self.id, plain(survey), survey),
            _ => Vec::new(),
        }
    }

    /// Whether the number of answers that it compares may differ between identical runs. Scripts that are generated depend on
    /// which request came first, and forged cookies on the random part of those that they are made of. Of a request whose store
    /// is broken, or whose process is ended or stopped meanwhile, it is a matter of moments whether it is answered as done. What
    /// looks at the responses of all of them depends on all that.
    #[must_use]
    pub fn compares_by_chance(&self) -> bool {
        let has = |requirement| self.applies.contains(&requirement);
        let is_at_work = has(Requirement::Holds) || has(Requirement::OnePerSession);
        let loses_its_store = has(Requirement::StoreFaults) || has(Requirement::StoreOutages);
        let is_cut_short = loses_its_store || (has(Requirement::Restarts) && is_at_work);
        let is_of_all = matches!(self.test, Test::EveryResponse(_));
        self.has_cases() || self.suite() == "forgery" || is_cut_short || is_of_all
    }

    /// Whether it looks at what all other checks of a run have left or were answered, so that by itself it shows nothing.
    #[must_use]
    pub fn is_of_a_run(&self) -> bool {
        matches!(self.test, Test::Sentinel | Test::EveryResponse(_))
    }

    /// What it looks at, where it is a check of a whole run, for whoever wants to see its failure again.
    #[must_use]
    pub fn of_a_run(&self) -> Option<&'static str> {
        match self.test {
            Test::EveryResponse(_) => {
                Some("looks at the responses to all other checks, so that only a whole run shows all of it")
            }
            Test::Sentinel => {
                Some("looks at a session after all other checks, so that no script shows it, but a whole run")
            }
            _ => None,
        }
    }

    /// Whether the scripts of its failures show them by themselves. What all other checks together have led to, no script shows.
    #[must_use]
    pub fn has_scripts(&self) -> bool {
        !matches!(self.test, Test::Sentinel)
    }

    /// Whether its scripts are generated, so that each has a number.
    #[must_use]
    pub fn has_cases(&self) -> bool {
        matches!(self.test, Test::Property(_) | Test::Generated(_))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sessionspec_reference::Memory;

    use super::*;
    use crate::backend::in_process;
    use crate::checks::Lack;
    use crate::survey::AtOnce;

    fn check(applies: &'static [Requirement]) -> Check {
        Check {
            id: "minimum/for-a-test",
            level: Level::Minimum,
            harm: Harm::Correctness,
            clause: "open.empty",
            promise: "None.",
            source: "None",
            applies,
            relies: &[],
            test: Test::Scenarios(|_| Vec::new()),
        }
    }

    #[tokio::test]
    async fn what_the_backend_lacks_decides_before_what_nobody_can_say() {
        let survey = Survey::of(in_process(Memory::default()), Duration::from_secs(10)).await.unwrap();
        let survey = Survey { at_once: AtOnce::Unknown, ..survey };
        let unheld = Applicability::Unverified(survey.no_hold());
        assert_eq!(check(&[Requirement::Holds]).applicability(&survey), unheld);
        let lacking = Applicability::NotApplicable(Lack::DataInCookie);
        for applies in
            [&[Requirement::Holds, Requirement::ClientStore], &[Requirement::ClientStore, Requirement::Holds]]
        {
            assert_eq!(check(applies).applicability(&survey), lacking);
        }
        assert_eq!(check(&[Requirement::RealSessions, Requirement::Holds]).applicability(&survey), unheld);
        assert_eq!(check(&[Requirement::RealSessions]).applicability(&survey), Applicability::Applies);
    }
}
