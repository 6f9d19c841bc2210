//! What shared caches are told: one visitor's page must not be served to another.

use sessionspec_reference::description::WITHOUT_BODY;

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::ops::{clear, contains, destroy, get, header, items, len, permanent, set, set_permanent};
use crate::script::{Operation, OperationKind};
use crate::survey::{Permanent, Survey};

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
        let is_supported = |op: &Operation| survey.supports(op.name());
        let after_items = |items: &[&str], op: Operation| {
            Scenario::new(op.name())
                .cycle("ann", items.iter().map(|key| set(key, "red").is_done()))
                .cycle("ann", [op.unjudged()])
                .response(ResponseRule::VaryCookie)
        };
        let after = |op: Operation| after_items(&["colour"], op);
        let plain = [get("colour"), contains("colour"), items(), len(), set("colour", "blue"), clear()];
        let first = Scenario::new("fresh")
            .cycle("ann", [get("colour").unjudged(), set("colour", "red").unjudged()])
            .response(ResponseRule::VaryCookie);
        let refreshed = Scenario::new("refreshed")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).unjudged()])
            .cycle("ann", [])
            .response(ResponseRule::VaryCookie)
            .only_if(Condition::SetCookieIn(1));
        // What has to look at the session itself, whatever its data are.
        let deep = [destroy(), Operation::Regenerate, permanent()];
        let deep_asked = deep.iter().filter(|op| looks_at_the_data(op, survey) && survey.supports(op.name()));
        let deep_asked = deep_asked
            .map(|op| after(op.clone()).relies_on(Fact::of("minimum/each-mutator-persists", "overwrite")));
        let named = |op: &Operation| plain.iter().chain(&deep).any(|own| own.kind() == op.kind());
        let others = Operation::changes().filter(|op| !named(op)).filter(is_supported).map(|op| {
            let is_sure = looks_at_the_data(&op, survey);
            let scenario = after_items(&["colour", "size"], op).relies_on(Fact::of(VARY.id, "set"));
            if is_sure { scenario } else { scenario.only_if(Condition::SetCookieIn(1)) }
        });
        // Who comes without a cookie gets the page of nobody, and nobody else may be given that.
        let visited = Operation::looks().filter(|op| looks_at_the_data(op, survey)).filter(is_supported);
        let visited = visited.map(|op| {
            Scenario::new(&format!("{}-of-a-visitor", op.in_reasons()))
                .cycle("ann", [op.clone().unjudged()])
                .response(ResponseRule::VaryCookie)
                .relies_on(Fact::of(VARY.id, "get"))
                .relies_on(Fact::of(VARY.id, op.name()))
        });
        let plain = plain.clone().into_iter().filter(is_supported).map(after);
        plain.chain([first, refreshed]).chain(deep_asked).chain(others).chain(visited).collect()
    }),
};

/// Whether an operation looks at the session, or changes it, in any backend. The attributes may be kept beside it, and told
/// without it; where `permanent` is one of the items, whoever reads it has looked. Inside of no value, nothing is changed.
fn looks_at_the_data(op: &Operation, survey: &Survey) -> bool {
    let in_data = [Permanent::InData, Permanent::KeptInData];
    match op.kind() {
        OperationKind::Permanent => in_data.iter().any(|place| survey.permanent.observed() == Some(*place)),
        OperationKind::Modified
        | OperationKind::New
        | OperationKind::SetPermanent
        | OperationKind::SetModified
        | OperationKind::SetLifetime
        | OperationKind::SetIn => false,
        _ => true,
    }
}

pub(super) const VARY_WHATEVER_THE_STATUS: Check = Check {
    id: "cookie/vary-whatever-the-status",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.vary",
    promise: "A response that sets the session's cookie says so to caches, whatever its status.",
    source: "RFC 9111, section 3: redirects and errors are cached, too; shopware GHSA-c2f9-4jmm-v45m",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::Responds],
    relies: &[Fact::of("cookie/vary", "fresh")],
    test: Test::Scenarios(|survey| {
        let ending = |status: u16| {
            Scenario::new(&status.to_string())
                .cycle("ann", [set("colour", "red").unjudged(), Operation::Respond { status }.unjudged()])
                .response(ResponseRule::VaryCookie)
                .only_if(Condition::SetCookieIn(0))
        };
        let kept = Fact::of("cookie/only-if-kept", "server-error");
        let failed = ending(500).relies_on(kept);
        let statuses = [201, 301, 302, 303, 307, 308, 400, 401, 403, 404, 409, 410, 422, 429];
        let without_body = WITHOUT_BODY.into_iter().filter(|status| survey.ends_without_body(*status));
        // Where the commoner ones say so, the rarer ones may be left out of a list. A 200 is what `cookie/vary` asks.
        let rarer = [(503, "500"), (300, "302"), (202, "201"), (203, "201"), (206, "201")];
        let rarer = rarer.map(|(status, common)| {
            ending(status).relies_on(Fact::of("cookie/vary-whatever-the-status", common))
        });
        statuses.into_iter().chain(without_body).map(ending).chain([failed]).chain(rarer).collect()
    }),
};

pub(super) const VARY_IS_MERGED: Check = Check {
    id: "cookie/vary-is-merged",
    level: Level::Recommended,
    harm: Harm::Security,
    clause: "cookie.vary-merged",
    promise: "Where the application says `Vary` itself, the response says both.",
    source: "RFC 9110, section 12.5.5; frameworks that set the field instead of adding to it",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::AddsFields],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let after = |reason: &str, said: &[&str], op: Operation| {
            let same_without_own_fields = Fact::of("cookie/vary", op.name());
            let own = said.iter().map(|fields| header("Vary", fields).is_done());
            let names = said.iter().flat_map(|fields| fields.split(", "));
            let scenario = Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", own.chain([op.unjudged()]));
            names
                .map(|field| ResponseRule::VaryAlso { field: field.to_owned() })
                .chain([ResponseRule::VaryCookie])
                .fold(scenario, Scenario::response)
                .relies_on(same_without_own_fields)
        };
        let ops = [get("colour"), set("colour", "blue"), clear()];
        let ops = ops.into_iter().filter(|op| survey.supports(op.name()));
        let plain = ops.map(|op| after(op.name(), &["Accept-Language"], op));
        // A name may have the word in it, a field may have several names, and a response several fields.
        let forms: [(&str, &[&str]); 4] = [
            ("ends-with-the-word", &["X-Cookie"]),
            ("begins-with-the-word", &["Cookie-Consent"]),
            ("two-names", &["Accept-Language, Origin"]),
            ("two-fields", &["Accept-Language", "Origin"]),
        ];
        let others = forms.into_iter().flat_map(|(reason, said)| {
            let read = after(&format!("{reason}-read"), said, get("colour"));
            let written = after(&format!("{reason}-written"), said, set("colour", "blue"));
            [
                read.relies_on(Fact::of(VARY_IS_MERGED.id, "get")),
                written.relies_on(Fact::of(VARY_IS_MERGED.id, "set")),
            ]
        });
        plain.chain(others).collect()
    }),
};
