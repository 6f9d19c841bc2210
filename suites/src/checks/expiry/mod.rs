//! The `expiry` suite: a session ends when its time has come, whatever the client does.
//!
//! Where the backend's time can be moved, nothing is waited for. Else the lifetimes have to be short.

mod ids;
mod lifetimes;
mod prolonging;
mod window;

use crate::checks::{Check, Plan};
use crate::expect::{Line, Scenario};
use crate::script::Operation;
use crate::script::ops::{set, set_permanent};
use crate::survey::{Attribute, Survey};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[
    window::NOT_EARLY,
    window::GONE,
    window::NOT_REVIVED,
    window::PERMANENT_STAYS,
    ids::NEVER_ADOPTED,
    prolonging::AS_DECLARED,
    lifetimes::OWN,
    lifetimes::PAST,
    lifetimes::LONG,
];

/// The longest lifetime that is waited for in real time, in seconds.
const LONGEST_WAIT: f64 = 10.0;

/// The lifetime that is set where the declared one is too long to wait for, in seconds.
const SHORT: f64 = 3.0;

/// Libraries count in whole seconds, where they do not say otherwise.
const GRACE: f64 = 1.0;

/// A kind of session, and how long it lives.
pub(crate) struct Kind {
    /// What reasons call it.
    name: &'static str,
    /// What makes a session of this kind, after it has an item.
    lines: Vec<Line>,
    /// Its lifetime, in seconds.
    pub(crate) lifetime: f64,
    /// How much earlier or later it may end, in seconds.
    pub(crate) grace: f64,
}

impl Kind {
    /// A session of this kind, with an item.
    pub(crate) fn begin(&self, reason: &str) -> Scenario {
        let lines = self.lines.iter().cloned();
        Scenario::new(&format!("{}-{reason}", self.name))
            .cycle("ann", [set("colour", "red").is_done()].into_iter().chain(lines))
    }

    /// Until then it has to be there, in seconds.
    fn alive(&self) -> f64 {
        (self.lifetime - self.grace).max(0.0)
    }

    /// From then on it has to be gone, in seconds.
    fn over(&self) -> f64 {
        self.lifetime + self.grace
    }
}

/// The kinds of sessions whose end can be seen on this backend; or why there are none.
fn kinds(survey: &Survey) -> Result<Vec<Kind>, String> {
    if survey.null {
        return Err("this backend opens only null sessions".to_owned());
    }
    let description = &survey.description;
    let grace = description.lifetime_grace_seconds.unwrap_or(GRACE);
    let kind = |name: &'static str, lines: Vec<Line>, lifetime: f64| Kind { name, lines, lifetime, grace };
    let can_wait = |lifetime: f64| survey.virtual_time || lifetime + grace <= LONGEST_WAIT;
    let mut kinds = Vec::new();
    if let (Some(lifetime), Attribute::Observed(_)) = (description.lifetime_seconds, survey.permanent)
        && can_wait(lifetime)
    {
        kinds.push(kind("permanent", vec![set_permanent(true).is_done()], lifetime));
    }
    if let Some(Some(lifetime)) = description.browser_lifetime_seconds
        && can_wait(lifetime)
    {
        let unset = survey.permanent_default && survey.permanent.observed().is_some();
        let lines = if unset { vec![set_permanent(false).is_done()] } else { Vec::new() };
        kinds.push(kind("browser-session", lines, lifetime));
    }
    if kinds.is_empty() && has_own_lifetimes(survey) {
        let lines = vec![Operation::SetLifetime { seconds: SHORT }.is_done()];
        kinds.push(kind("short-lived", lines, SHORT));
    }
    if kinds.is_empty() {
        return Err(format!(
            "no lifetime is declared that can be waited for: none, or more than {LONGEST_WAIT} s, and the backend has no \
             `set_lifetime`"
        ));
    }
    Ok(kinds)
}

fn has_own_lifetimes(survey: &Survey) -> bool {
    !survey.unsupported.iter().any(|name| name == "set_lifetime")
}

/// The same scenarios for each kind of session.
pub(crate) fn for_each_kind(
    survey: &Survey,
    scenarios: impl Fn(&Kind) -> Vec<Scenario>,
) -> Plan<Vec<Scenario>> {
    match kinds(survey) {
        Ok(kinds) => {
            let scenarios: Vec<Scenario> = kinds.iter().flat_map(scenarios).collect();
            if scenarios.is_empty() {
                return Plan::NotApplicable(
                    "no lifetime of a permanent session can be waited for".to_owned(),
                );
            }
            Plan::Do(scenarios)
        }
        Err(because) => Plan::NotApplicable(because),
    }
}
