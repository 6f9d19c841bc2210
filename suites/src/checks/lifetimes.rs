//! The lifetimes that a backend declares, or that a session can be given, as far as their end can be waited for.
//!
//! Where the backend's time can be moved, nothing is waited for. Elsewhere the lifetimes have to be short.

use sessionspec_reference::Description;
use sessionspec_reference::capability::Expiry;

use super::Lack;
use super::limits::{AHEAD, LONGEST_WAIT};
use crate::expect::{Fact, Line, Scenario};
use crate::script::Operation;
use crate::script::ops::{set, set_permanent};
use crate::survey::{Attribute, SHORT, Survey};

/// Libraries count in whole seconds, where they do not say otherwise.
pub(super) const GRACE: f64 = 1.0;

/// What the answers take of a script that waits for something else than the end of a session, in seconds.
const ANSWERS_TAKE: f64 = 10.0;

/// A session of ten minutes may end before a run does.
const ENDS_WITHIN_A_RUN: f64 = 600.0;

/// Whether sessions of a declared lifetime may end of themselves before a run is over.
pub(super) fn end_within_a_run(survey: &Survey) -> bool {
    let Description { lifetime_seconds, browser_lifetime_seconds, .. } = &survey.description;
    let mut declared = [*lifetime_seconds, browser_lifetime_seconds.flatten()].into_iter().flatten();
    declared.any(|seconds| seconds <= ENDS_WITHIN_A_RUN)
}

/// What the scenarios of a kind of session are called that others rely on.
struct Reasons {
    still_there: &'static str,
    still_there_after_a_read: &'static str,
    refilled: &'static str,
    revived_by_a_write: &'static str,
    adopted_when_written: &'static str,
    longer_ignored: &'static str,
}

/// A kind of session, and how long it lives.
pub(super) struct Kind {
    /// What reasons call it.
    pub(super) name: &'static str,
    reasons: Reasons,
    /// What makes a session of this kind, after it has an item.
    lines: Vec<Line>,
    /// Its lifetime, in seconds.
    pub(super) lifetime: f64,
    /// How much earlier or later it may end, in seconds.
    pub(super) grace: f64,
}

impl Kind {
    /// A session of this kind, with an item.
    pub(super) fn begin(&self, reason: &str) -> Scenario {
        let lines = self.lines.iter().cloned();
        Scenario::new(&format!("{}-{reason}", self.name))
            .cycle("ann", [set("colour", "red").is_done()].into_iter().chain(lines))
    }

    /// The fact that a session of this kind ends at all.
    pub(super) fn ends(&self) -> Fact {
        Fact::of("expiry/gone", self.reasons.still_there)
    }

    /// The fact that a session of this kind ends that was read.
    pub(super) fn ends_after_a_read(&self) -> Fact {
        Fact::of("expiry/gone", self.reasons.still_there_after_a_read)
    }

    /// The fact that whoever comes back after the end of a session of this kind has one that can be used.
    pub(super) fn is_usable_afterwards(&self) -> Fact {
        Fact::of("expiry/usable-afterwards", self.reasons.refilled)
    }

    /// The fact that a late write does not bring a session of this kind back.
    pub(super) fn stays_ended(&self) -> Fact {
        Fact::of("expiry/not-revived", self.reasons.revived_by_a_write)
    }

    /// The fact that the id of a session of this kind is not given to another.
    pub(super) fn is_not_adopted(&self) -> Fact {
        Fact::of("expiry/id-never-adopted", self.reasons.adopted_when_written)
    }

    /// The fact that a session of this kind can be given a longer lifetime.
    pub(super) fn can_live_longer(&self) -> Fact {
        Fact::of("expiry/longer-lifetime", self.reasons.longer_ignored)
    }

    /// Until then it has to be there, in seconds.
    pub(super) fn alive(&self) -> f64 {
        (self.lifetime - self.grace).max(0.0)
    }

    /// From then on it has to be gone, in seconds.
    pub(super) fn over(&self) -> f64 {
        self.lifetime + self.grace
    }
}

/// How much earlier or later than declared a session of this backend may end, in seconds.
pub(super) fn grace(survey: &Survey) -> f64 {
    survey.description.lifetime_grace_seconds.unwrap_or(GRACE)
}

/// Whether the end of a session that lives as long can be waited for.
pub(super) fn can_be_waited_for(survey: &Survey, lifetime: f64) -> bool {
    survey.virtual_time || lifetime + grace(survey) <= LONGEST_WAIT
}

/// The kinds of sessions whose end can be seen on this backend.
///
/// # Errors
///
/// Why there are none.
pub(super) fn kinds(survey: &Survey) -> Result<Vec<Kind>, Lack> {
    kinds_with(survey, SHORT)
}

/// The same, where a session that can be given a lifetime is given this one.
fn kinds_with(survey: &Survey, given: f64) -> Result<Vec<Kind>, Lack> {
    let description = &survey.description;
    let grace = grace(survey);
    macro_rules! kind {
        ($name:literal, $lines:expr, $lifetime:expr) => {
            Kind {
                name: $name,
                reasons: Reasons {
                    still_there: concat!($name, "-still-there"),
                    still_there_after_a_read: concat!($name, "-still-there-after-a-read"),
                    refilled: concat!($name, "-refilled"),
                    revived_by_a_write: concat!($name, "-by-a-write"),
                    adopted_when_written: concat!($name, "-adopted-when-written"),
                    longer_ignored: concat!($name, "-longer-lifetime-ignored"),
                },
                lines: $lines,
                lifetime: $lifetime,
                grace,
            }
        };
    }
    let can_wait = |lifetime: f64| can_be_waited_for(survey, lifetime);
    let mut kinds = Vec::new();
    if let (Some(lifetime), Attribute::Observed(_)) = (description.lifetime_seconds, survey.permanent)
        && can_wait(lifetime)
    {
        kinds.push(kind!("permanent", vec![set_permanent(true).is_done()], lifetime));
    }
    if let Some(Some(lifetime)) = description.browser_lifetime_seconds
        && can_wait(lifetime)
    {
        let unset = survey.permanent_default && survey.permanent.observed().is_some();
        let lines = if unset { vec![set_permanent(false).is_done()] } else { Vec::new() };
        kinds.push(kind!("browser-session", lines, lifetime));
    }
    if kinds.is_empty() && survey.takes_short_lifetimes {
        let lines = vec![Operation::SetLifetime { seconds: given }.is_done()];
        kinds.push(kind!("short-lived", lines, given));
    }
    if kinds.is_empty() {
        let is_refused = survey.supports("set_lifetime");
        return Err(if is_refused { Lack::ShortLifetime } else { Lack::Lifetime });
    }
    Ok(kinds)
}

/// The same scenarios for each kind of session.
pub(super) fn each_kind(survey: &Survey, scenarios: impl Fn(&Kind) -> Vec<Scenario>) -> Vec<Scenario> {
    kinds(survey).unwrap_or_default().iter().flat_map(scenarios).collect()
}

/// The same scenarios for each kind of session, of which the last answer has to come within half of the lifetime, but for the
/// grace. Where a session can be given a lifetime, that half leaves so many seconds for answers, also where the declared one does
/// not.
pub(super) fn each_kind_with_room(
    survey: &Survey,
    room: f64,
    scenarios: impl Fn(&Kind) -> Vec<Scenario>,
) -> Vec<Scenario> {
    let lifetime = 2.0 * (grace(survey) + room);
    let given = if can_be_waited_for(survey, lifetime) { lifetime } else { SHORT };
    let mut kinds = kinds_with(survey, given).unwrap_or_default();
    if !survey.virtual_time && survey.takes_short_lifetimes {
        for kind in kinds.iter_mut().filter(|kind| kind.lifetime < given) {
            kind.lines.push(Operation::SetLifetime { seconds: given }.unjudged());
            kind.lifetime = given;
        }
    }
    kinds.iter().flat_map(scenarios).collect()
}

/// A lifetime of its own with which a session ends before any other of this backend does, grace included: [`SHORT`], or a shorter one
/// where those do not live for long. It is of whole seconds, since some libraries count in them. Where the declared lifetimes leave no
/// room for one, it is [`SHORT`], and nothing is told by it.
pub(super) fn shorter(survey: &Survey) -> f64 {
    let Description { lifetime_seconds, browser_lifetime_seconds, .. } = &survey.description;
    let declared = [*lifetime_seconds, browser_lifetime_seconds.flatten()].into_iter().flatten();
    let room = declared.fold(f64::INFINITY, f64::min) - 2.0 * grace(survey);
    if room >= 1.0 { room.floor().min(SHORT) } else { SHORT }
}

/// How much longer than the default a longer lifetime is.
pub(super) const TIMES: f64 = 3.0;

/// The kinds of sessions of which a lifetime [`TIMES`] as long can be told from the default: somebody can look after the
/// default's end.
///
/// # Errors
///
/// Why there are none.
pub(super) fn longer(survey: &Survey) -> Result<Vec<Kind>, Lack> {
    let is_told = |kind: &Kind| kind.name != "short-lived" && can_be_waited_for(survey, kind.over());
    let kinds: Vec<Kind> = kinds(survey)?.into_iter().filter(is_told).collect();
    if kinds.is_empty() {
        return Err(Lack::LongerLifetime);
    }
    Ok(kinds)
}

/// A permanent session, where its end can be waited for.
///
/// # Errors
///
/// Why it cannot.
pub(super) fn permanent(survey: &Survey) -> Result<Kind, Lack> {
    let mut kinds = kinds(survey)?.into_iter().filter(|kind| kind.name == "permanent");
    kinds.next().ok_or(Lack::PermanentLifetime)
}

/// Whether use prolongs a session, as declared, and a kind of session whose lifetime is long enough for that to be told
/// from its grace.
///
/// # Errors
///
/// Why nothing can be told.
pub(super) fn declared(survey: &Survey) -> Result<(Expiry, Kind), Lack> {
    let Some(claim) = survey.description.declares.expiry else {
        return Err(Lack::ExpiryClaim);
    };
    let kinds = kinds(survey)?;
    let has_permanent = survey.permanent.observed().is_some();
    // Where there are permanent sessions, nobody promises anything about the others.
    let mut prolonged = kinds.into_iter().filter(|kind| kind.name != "browser-session" || !has_permanent);
    let Some(kind) = prolonged.next() else {
        return Err(Lack::PermanentLifetime);
    };
    let answers_take = if survey.virtual_time { 0.0 } else { 0.5 };
    if kind.over() / 2.0 + answers_take >= kind.alive() {
        let (lifetime, grace) = (kind.lifetime, kind.grace);
        return Err(Lack::LongEnough { lifetime, grace });
    }
    Ok((claim, kind))
}

/// Whether it is known for how long a request waits for another one of its session, and no session ends meanwhile.
///
/// # Errors
///
/// What is lacking.
pub(super) fn outwaited(survey: &Survey) -> Result<(), Lack> {
    let seconds = survey.lock_patience.ok_or(Lack::Patience)?;
    let Description { lifetime_seconds, browser_lifetime_seconds, .. } = &survey.description;
    let mut declared = [*lifetime_seconds, browser_lifetime_seconds.flatten()].into_iter().flatten();
    let room = seconds + grace(survey) + ANSWERS_TAKE;
    if declared.any(|lifetime| lifetime < room) { Err(Lack::LifetimeBeyondPatience) } else { Ok(()) }
}

/// How much longer than whatever is waited for a session of the service beside has to live, in seconds: time for the answers of a
/// busy service.
const MARGIN: f64 = 60.0;

/// What has to be done to a session of the service beside, if anything, so that it outlives each kind of session of this one.
///
/// # Errors
///
/// What is lacking.
pub(super) fn outlasted_beside(survey: &Survey) -> Result<Option<Operation>, Lack> {
    let beside = survey.beside.as_ref().ok_or(Lack::Beside)?;
    let longest = kinds(survey)?.iter().map(Kind::over).fold(0.0, f64::max) + MARGIN;
    let Description { lifetime_seconds, browser_lifetime_seconds, .. } = beside.description;
    let declared = [lifetime_seconds.map(Some), browser_lifetime_seconds];
    let is_longer = |lifetime: Option<f64>| lifetime.is_none_or(|lifetime| lifetime > longest);
    let mut declared = declared.into_iter().flatten().peekable();
    if declared.peek().is_some() && declared.all(is_longer) {
        return Ok(None);
    }
    let lifetime = Operation::SetLifetime { seconds: longest };
    beside.supports("set_lifetime").then_some(Some(lifetime)).ok_or(Lack::LongerBeside(longest))
}

/// Whether a session, or all of them after another start, can be given other lifetimes.
///
/// # Errors
///
/// Why not.
pub(super) fn other_lifetimes(survey: &Survey) -> Result<(), Lack> {
    let others = survey.other_lifetimes && survey.permanent.observed().is_some();
    if !survey.supports("set_lifetime") && !others {
        return Err(Lack::OtherLifetimes);
    }
    let grace = grace(survey);
    if !survey.virtual_time && grace > LONGEST_WAIT {
        return Err(Lack::ShortGrace(grace));
    }
    Ok(())
}

/// What makes a session one that outlives the difference of two clocks, after it has an item.
///
/// # Errors
///
/// Where clocks cannot be moved, or nothing is known to live for twice as long as they differ.
pub(super) fn beyond_clocks(survey: &Survey) -> Result<Vec<Line>, Lack> {
    if !survey.moves_clocks {
        return Err(Lack::Clocks);
    }
    let description = &survey.description;
    let is_long = |lifetime: f64| lifetime > f64::from(2 * AHEAD);
    let lives_long = |lifetime: Option<f64>| survey.other_lifetimes || lifetime.is_some_and(is_long);
    let has_permanent = matches!(survey.permanent, Attribute::Observed(_));
    if has_permanent && lives_long(description.lifetime_seconds) {
        return Ok(vec![set_permanent(true).is_done()]);
    }
    if !has_permanent && lives_long(description.browser_lifetime_seconds.flatten()) {
        return Ok(Vec::new());
    }
    Err(Lack::LifetimeBeyondClocks)
}
