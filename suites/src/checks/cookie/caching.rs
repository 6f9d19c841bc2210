//! What shared caches are told: one visitor's page must not be served to another.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, contains, destroy, get, header, items, len, permanent, set, set_permanent};
use crate::survey::Permanent;

pub(super) const VARY: Check = Check {
    id: "cookie/vary",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.vary",
    promise: "A response that depends on the session says so to caches.",
    source: "RFC 9111, section 4.1; CVE-2023-30861 (Flask before 2.2.5)",
    applies: &[Requirement::RealSessions, Requirement::Cookies],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let ops = [get("colour"), contains("colour"), items(), len(), set("colour", "blue"), clear()];
        let ends = [destroy(), Operation::Regenerate];
        let is_supported = |op: &Operation| survey.supports(op.name());
        let after = |op: Operation| {
            Scenario::new(op.name())
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [op.unjudged()])
                .response(ResponseRule::VaryCookie)
        };
        let ended = ends
            .into_iter()
            .filter(is_supported)
            .map(|op| after(op).relies_on(Fact::of("minimum/each-mutator-persists", "overwrite")));
        let ops = ops.into_iter().filter(is_supported);
        let first = Scenario::new("fresh")
            .cycle("ann", [get("colour").unjudged(), set("colour", "red").unjudged()])
            .response(ResponseRule::VaryCookie);
        let refreshed = Scenario::new("refreshed")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).unjudged()])
            .cycle("ann", [])
            .response(ResponseRule::VaryCookie)
            .only_if(Condition::SetCookieIn(1));
        // Where `permanent` is one of the items, whoever reads it has looked at the session.
        let in_data = [Permanent::InData, Permanent::KeptInData];
        let attribute = in_data
            .iter()
            .any(|place| survey.permanent.observed() == Some(*place))
            .then(|| after(permanent()).relies_on(Fact::of("minimum/each-mutator-persists", "overwrite")));
        ops.map(after).chain([first, refreshed]).chain(ended).chain(attribute).collect()
    }),
};

pub(super) const VARY_WHATEVER_THE_STATUS: Check = Check {
    id: "cookie/vary-whatever-the-status",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.vary",
    promise: "A response that sets the session's cookie says so to caches, whatever its status.",
    source: "RFC 9111, section 3: redirects and errors are cached, too; shopware GHSA-c2f9-4jmm-v45m",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::Responds],
    relies: &[Fact::of("cookie/vary", "fresh")],
    test: Test::Scenarios(|_| {
        let ending = |status: u16| {
            Scenario::new(&status.to_string())
                .cycle("ann", [set("colour", "red").unjudged(), Operation::Respond { status }.unjudged()])
                .response(ResponseRule::VaryCookie)
                .only_if(Condition::SetCookieIn(0))
        };
        let kept = Fact::of("cookie/only-if-kept", "server-error");
        let failed = ending(500).relies_on(kept);
        let statuses = [201, 301, 302, 303, 307, 308, 400, 401, 403, 404, 409, 410, 422, 429];
        statuses.map(ending).into_iter().chain([failed]).collect()
    }),
};

pub(super) const VARY_IS_MERGED: Check = Check {
    id: "cookie/vary-is-merged",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.vary-merged",
    promise: "Where the application says `Vary` itself, the response says both.",
    source: "RFC 9110, section 12.5.5; frameworks that set the field instead of adding to it",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::Has("header")],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let own = || header("Vary", "Accept-Language").is_done();
        let after = |op: Operation| {
            let same_without_own_fields = Fact::of("cookie/vary", op.name());
            Scenario::new(op.name())
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [own(), op.unjudged()])
                .response(ResponseRule::VaryAlso { field: "Accept-Language".to_owned() })
                .response(ResponseRule::VaryCookie)
                .relies_on(same_without_own_fields)
        };
        let ops = [get("colour"), set("colour", "blue"), clear()];
        ops.into_iter().filter(|op| survey.supports(op.name())).map(after).collect()
    }),
};
