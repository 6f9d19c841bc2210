//! How long browsers keep the session's cookies.

use super::for_the_browser_session;
use crate::checks::lifetimes::{Kind, each_kind_with_room, grace};
use crate::checks::statuses::{OTHER_FAILURES, OTHER_REDIRECTS};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Expected, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{get, set, set_permanent};
use crate::script::{Answer, Forgery, Operation};
use crate::survey::Survey;

pub(super) const LASTS_WHEN_PERMANENT: Check = Check {
    id: "cookie/lasts-when-permanent",
    level: Level::Recommended,
    harm: Harm::Correctness,
    clause: "cookie.permanent",
    promise: "The cookies of a permanent session outlive the browser, for as long as was declared.",
    source: "Flask 0.8, SessionInterface.get_expiration_time",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::HasPermanent],
    relies: &[
        Fact::of("minimum/permanent-persists", "forgotten"),
        Fact::of("minimum/permanent-persists", "set-by-another-browser"),
    ],
    test: Test::Scenarios(|survey| {
        let description = &survey.description;
        let lasts = || ResponseRule::Lasts { seconds: description.lifetime_seconds, grace: grace(survey) };
        let from_the_start = Scenario::new("from-the-start")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
            .response(lasts());
        let later = Scenario::new("later")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(false).is_done()])
            .cycle("ann", [set("colour", "blue").is_done(), set_permanent(true).is_done()])
            .response(lasts());
        let begun = Scenario::new("after-more-writes")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
            .response(lasts());
        let written = written_again(begun, lasts)
            .relies_on(Fact::of("minimum/permanent-persists", "forgotten-by-another-change"))
            .relies_on(Fact::of(LASTS_WHEN_PERMANENT.id, "from-the-start"));
        let mut scenarios = vec![from_the_start, later, written];
        if survey.gap_of_probe("respond").is_none() {
            scenarios.extend(other_statuses(lasts));
        }
        scenarios
    }),
};

pub(super) const ENDS_WITH_THE_BROWSER: Check = Check {
    id: "cookie/ends-with-the-browser",
    level: Level::Recommended,
    harm: Harm::Correctness,
    clause: "cookie.browser-session",
    promise: "The cookies of a session that is not permanent end with the browser.",
    source: "Flask 0.8, SessionInterface.get_expiration_time",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::HasPermanent],
    relies: &[
        Fact::of("minimum/permanent-persists", "stuck"),
        Fact::of("minimum/permanent-persists", "set-by-another-browser"),
    ],
    test: Test::Scenarios(|survey| {
        let at_first = Scenario::new("at-first")
            .cycle("ann", for_the_browser_session(survey))
            .response(ResponseRule::EndsWithBrowser);
        let again = Scenario::new("no-longer-permanent")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
            .cycle("ann", [set("colour", "blue").is_done(), set_permanent(false).is_done()])
            .response(ResponseRule::EndsWithBrowser);
        let begun = Scenario::new("after-more-writes").cycle("ann", for_the_browser_session(survey));
        let written = written_again(begun, || ResponseRule::EndsWithBrowser)
            .relies_on(Fact::of(ENDS_WITH_THE_BROWSER.id, "at-first"));
        vec![at_first, again, written]
    }),
};

/// A permanent session that begins with a request which ends with a status beside 200, 302, 404 and those without a body: with these
/// the checks are crossed. What sets no cookie owes none. Of sessions that are not permanent this is not asked, since nothing adds a
/// lifetime to a cookie for its status.
fn other_statuses(rule: impl Fn() -> ResponseRule) -> Vec<Scenario> {
    let of = |reason| Fact::of(LASTS_WHEN_PERMANENT.id, reason);
    let ends = |status: u16, common: Fact| {
        let begin = [set("colour", "red"), set_permanent(true), Operation::Respond { status }];
        Scenario::new(&format!("from-the-start-with-a-{status}"))
            .cycle("ann", begin.map(Operation::unjudged))
            .response(rule())
            .only_if(Condition::SetCookieIn(0))
            .relies_on(of("from-the-start"))
            .relies_on(common)
    };
    let failures = [500].into_iter().chain(OTHER_FAILURES.map(|(status, _)| status));
    let failures = failures.map(|status| ends(status, of("from-the-start-and-not-found")));
    let redirects = OTHER_REDIRECTS.map(|status| ends(status, of("from-the-start-and-redirected")));
    failures.chain(redirects).chain([ends(201, of("from-the-start"))]).collect()
}

/// How often a session is written again: some libraries make the later cookies of a session with other code than the first.
const WRITES: [&str; 4] = ["1", "2", "3", "4"];

/// The scenario, in which the session is written some more times, and each response keeps this rule.
fn written_again(begun: Scenario, rule: impl Fn() -> ResponseRule) -> Scenario {
    let again = |scenario: Scenario, visits| {
        scenario.cycle("ann", [set("visits", visits).is_done()]).response(rule())
    };
    WRITES.into_iter().fold(begun, again)
}

/// So many seconds are left for the two answers from which the session's time is counted and that decides. A slow service needs
/// them.
const ROOM: f64 = 2.0;

pub(super) const REFRESHED_WITH_THE_RECORD: Check = Check {
    id: "cookie/refreshed-with-the-record",
    level: Level::Recommended,
    harm: Harm::Correctness,
    clause: "cookie.together",
    promise: "A browser has its session for as long as the server keeps it: both are prolonged together.",
    source: "CONTRACT.md, cookie.together; backends that prolong the record with each save, and send the cookie once",
    applies: &[Requirement::RealSessions, Requirement::Lifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        each_kind_with_room(survey, ROOM, |kind| {
            let red_or_gone = [Answer::Ok("red".into()), Answer::Absent].map(Expected::Answer);
            // The write comes while the session lives, and the last look when it would be over without that write.
            let scenario = kind
                .begin("cookie-over")
                .wait(0.6 * kind.lifetime)
                .cycle("ann", [set("size", "small").is_done()])
                .forge("ann", "keeper", Forgery::Replayed)
                .wait(0.5 * kind.lifetime)
                .cycle(
                    "ann",
                    [get("colour").is("red").only_if(Condition::All(vec![
                        // The record has outlived the moment in which the browser asked.
                        Condition::FoundIn { cycle: 3, op: 0 },
                        Condition::Within { since: 1, seconds: kind.lifetime - kind.grace },
                    ]))],
                )
                .cycle("keeper", [get("colour").answers(Expected::AnyOf(red_or_gone.into()))]);
            [scenario].into_iter().chain(outliving(survey, kind)).collect()
        })
    }),
};

/// Whoever reads is sent the cookie of a permanent session again, and comes back with it when the session would be over without that:
/// a cookie that lasts says that the session does. It may last for no longer than what is left of the session, and is gone by then.
fn outliving(survey: &Survey, kind: &Kind) -> Option<Scenario> {
    let read = 0.6 * kind.lifetime;
    let seconds = kind.lifetime - kind.grace;
    let answers_take = if survey.virtual_time { 0.0 } else { 0.5 };
    let is_told = kind.name == "permanent" && kind.over() - read + answers_take < seconds;
    is_told.then(|| {
        let both = vec![
            Condition::SetCookieIn(1),
            Condition::FoundIn { cycle: 1, op: 0 },
            Condition::SentCookieIn(2),
            Condition::Within { since: 1, seconds },
        ];
        kind.begin("cookie-outlives-the-record")
            .wait(read)
            .cycle("ann", [get("colour").unjudged()])
            .wait(kind.over() - read)
            .cycle("ann", [get("colour").is("red").only_if(Condition::All(both))])
            .relies_on(Fact::of(LASTS_WHEN_PERMANENT.id, "from-the-start"))
    })
}
