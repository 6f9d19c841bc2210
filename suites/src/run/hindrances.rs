//! What keeps scenarios of a check from being judged.

use super::judged::Judged;
use super::scenarios::Settled;
use crate::expect::Scenario;
use crate::report::{Blocked, UnjudgedScenario, message};
use crate::script::Step;

/// What keeps scenarios of a check from being judged.
#[derive(Default)]
pub(super) struct Hindrances {
    /// What does not hold that they rely on.
    pub(super) blocked: Vec<Blocked>,
    /// Those that were played, or were to be played, and from which nothing can be concluded.
    pub(super) unjudged: Vec<UnjudgedScenario>,
    /// Why nothing can be said of the check as a whole, although others of its scenarios show nothing wrong: requests were
    /// refused, or the probe has not done its part.
    pub(super) tells_nothing: Option<String>,
    /// Why the service was not started as a scenario asks.
    pub(super) not_launched: Option<String>,
    /// The lifetimes with which it was not started, in words: whoever does not start with one has refused it.
    pub(super) refused: Vec<String>,
    /// Why nothing can be concluded from a script that took too long.
    pub(super) too_slow: Option<&'static str>,
    /// Those that vary another one which shows something wrong or could not be judged, with that one.
    hidden: Vec<Name>,
}

/// The name of a scenario, and of the one that it varies.
pub(super) struct Name {
    reason: String,
    of: Option<String>,
    /// The lifetime with which the service is started again.
    launch: Option<f64>,
}

impl Name {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let of = scenario.varied.as_ref().map(|varied| varied.of.clone());
        let launch = scenario.script.steps.iter().find_map(|step| match step {
            Step::Launch { lifetime } => Some(*lifetime),
            _ => None,
        });
        Self { reason: scenario.reason.clone(), of, launch }
    }
}

impl Hindrances {
    /// Takes a scenario into account that could not be judged, or not to its end.
    pub(super) fn add(&mut self, name: Name, settled: &Settled) {
        match settled {
            Settled::Judged(judged) => self.add_judged(name, judged),
            Settled::Hidden => self.hidden.push(name),
            Settled::Blocked(fact) => Blocked::add(&mut self.blocked, *fact, name.reason),
            Settled::TooSlow(why) => {
                self.too_slow.get_or_insert(why);
                self.add_unjudged(name, why);
            }
            Settled::Unjudged(because) => {
                self.tells_nothing.get_or_insert_with(|| because.clone());
                self.add_unjudged(name, because);
            }
            Settled::NotLaunched(why) => {
                self.not_launched.get_or_insert_with(|| why.clone());
                match name.launch {
                    Some(lifetime) => self.add_refused(lifetime),
                    None => self.add_unjudged(name, why),
                }
            }
            // Nothing is left unseen where nothing could be asked, and what is broken ends the check.
            Settled::Unasked | Settled::Broken(_) => {}
        }
    }

    /// What was compared before the service did not start says nothing of what comes after that.
    fn add_judged(&mut self, name: Name, judged: &Judged) {
        if let (Some(why), None) = (&judged.not_launched, &judged.judgement.finding) {
            self.add_unjudged(name, why);
        }
    }

    fn add_refused(&mut self, lifetime: f64) {
        let refused = format!("not started with a lifetime of {lifetime} s, which is a refusal");
        if !self.refused.contains(&refused) {
            self.refused.push(refused);
        }
    }

    fn add_unjudged(&mut self, name: Name, because: &str) {
        self.unjudged.push(UnjudgedScenario { scenario: name.reason, because: message(because) });
    }

    /// Names those, too, that vary one which could not be judged. Of one that shows something wrong, the failure says enough.
    pub(super) fn name_the_hidden(&mut self) {
        for Name { reason, of, .. } in std::mem::take(&mut self.hidden) {
            let Some(of) = of else { continue };
            if let Some(blocked) = self.blocked.iter_mut().find(|blocked| blocked.hindered.contains(&of)) {
                blocked.hinders(reason);
            } else if let Some(plain) = self.unjudged.iter().find(|unjudged| unjudged.scenario == of) {
                let because = plain.because.clone();
                self.unjudged.push(UnjudgedScenario { scenario: reason, because });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Fact;
    use crate::run::scenarios::OUTLIVES_SESSIONS;

    fn name(reason: &str, of: Option<&str>) -> Name {
        Name { reason: reason.to_owned(), of: of.map(str::to_owned), launch: None }
    }

    #[test]
    fn the_first_reason_is_the_one_of_the_check() {
        let mut hindrances = Hindrances::default();
        for why in ["one", "other"] {
            hindrances.add(name(why, None), &Settled::Unjudged(why.to_owned()));
            hindrances.add(name(why, None), &Settled::NotLaunched(why.to_owned()));
        }
        assert_eq!(hindrances.tells_nothing.as_deref(), Some("one"));
        assert_eq!(hindrances.not_launched.as_deref(), Some("one"));
    }

    #[test]
    fn each_scenario_that_is_not_judged_is_named_with_those_that_vary_it() {
        let mut hindrances = Hindrances::default();
        let fact = Fact::of("minimum/permanent-persists", "forgotten");
        hindrances.add(name("set", None), &Settled::Blocked(fact));
        hindrances.add(name("pop", None), &Settled::Blocked(fact));
        hindrances.add(name("set-and-redirected", Some("set")), &Settled::Hidden);
        hindrances.add(name("start", None), &Settled::NotLaunched("it does not start".to_owned()));
        hindrances.add(name("start-when-older", Some("start")), &Settled::Hidden);
        hindrances.add(name("crowd", None), &Settled::TooSlow(OUTLIVES_SESSIONS));
        let negative = Name { launch: Some(-60.0), ..name("negative", None) };
        hindrances.add(negative, &Settled::NotLaunched("it ended at once".to_owned()));
        hindrances.add(name("failing-and-redirected", Some("failing")), &Settled::Hidden);
        hindrances.name_the_hidden();
        assert_eq!(hindrances.refused, ["not started with a lifetime of -60 s, which is a refusal"]);
        let [blocked] = hindrances.blocked.as_slice() else { panic!("{:?}", hindrances.blocked) };
        assert_eq!(
            (blocked.scenarios, blocked.hindered.join(" ")),
            (3, "set pop set-and-redirected".to_owned())
        );
        let unjudged = |of: &UnjudgedScenario| (of.scenario.clone(), of.because.clone());
        let unjudged: Vec<_> = hindrances.unjudged.iter().map(unjudged).collect();
        let expected = [
            ("start", "it does not start"),
            ("crowd", OUTLIVES_SESSIONS),
            ("start-when-older", "it does not start"),
        ];
        assert_eq!(unjudged, expected.map(|(scenario, why)| (scenario.to_owned(), why.to_owned())));
    }
}
