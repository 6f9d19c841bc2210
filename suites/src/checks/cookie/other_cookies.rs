//! The session's cookies are not alone: an application sets others.

use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Line, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{clear, destroy, get, header, set};

/// A cookie of the application.
const OWN: &str = "mine=1; Path=/";

/// A second one, with more attributes.
const SECOND: &str = "seen=2; HttpOnly; Path=/";

pub(super) const OTHERS_SURVIVE: Check = Check {
    id: "cookie/other-cookies-survive",
    level: Level::Recommended,
    harm: Harm::DataLoss,
    clause: "cookie.others",
    promise: "The application's own cookies are sent beside those of the session, whatever becomes of the session.",
    source: "RFC 6265, section 3: each cookie is a field of its own, and none replaces another",
    applies: &[Requirement::RealSessions, Requirement::Cookies, Requirement::AddsFields],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let own = || header("Set-Cookie", OWN).is_done();
        let kept = || ResponseRule::SetsOwn { cookie: OWN.to_owned() };
        let begun = Scenario::new("when-set")
            .cycle("ann", [own(), set("colour", "red").is_done()])
            .response(kept())
            .cycle("ann", [get("colour").is("red")]);
        let later = |reason: &str, lines: Vec<Line>, colour: Line| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", [own()].into_iter().chain(lines))
                .response(kept())
                .cycle("ann", [colour])
        };
        let removed = survey
            .supports("clear")
            .then(|| later("when-removed", vec![clear().is_done()], get("colour").is_absent()));
        let logged_out = survey.supports("destroy").then(|| {
            later("when-destroyed", vec![destroy().is_done()], get("colour").is_absent())
                .relies_on(Fact::of(OTHERS_SURVIVE.id, "when-removed"))
        });
        let untouched = later("when-untouched", vec![], get("colour").is("red"));
        // Each of several cookies counts, also one whose name begins with the session's.
        let with = |reason: &str, cookies: Vec<String>, change: Line| {
            let set_own = cookies.iter().map(|cookie| header("Set-Cookie", cookie).is_done());
            let scenario = Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", set_own.chain([change]));
            let kept = cookies.iter().map(|cookie| ResponseRule::SetsOwn { cookie: cookie.clone() });
            kept.fold(scenario, Scenario::response)
        };
        let two = || vec![OWN.to_owned(), SECOND.to_owned()];
        let namesakes = || survey.cookies.iter().map(|name| format!("{name}_theme=dark; Path=/")).collect();
        let plain = Fact::of(OTHERS_SURVIVE.id, "when-set");
        let several = [
            with("two-when-written", two(), set("colour", "blue").is_done()).relies_on(plain),
            with("two-when-read", two(), get("colour").unjudged()).relies_on(plain),
            with("alike-when-written", namesakes(), set("colour", "blue").is_done()).relies_on(plain),
            with("alike-when-read", namesakes(), get("colour").unjudged()).relies_on(plain),
        ];
        let removed_among = survey.supports("clear").then(|| {
            let gone = Fact::of(OTHERS_SURVIVE.id, "when-removed");
            [
                with("two-when-removed", two(), clear().is_done()).relies_on(gone),
                with("alike-when-removed", namesakes(), clear().is_done()).relies_on(gone),
            ]
        });
        // What a response does without a cookie of the application, it does beside one.
        let both = |reason: &str, change: fn() -> Operation| {
            survey.supports(change().name()).then(|| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .cycle("ann", [change().is_done()])
                    .cycle("ann", [set("colour", "blue").is_done()])
                    .cycle("ann", [own(), change().is_done()])
                    .response(ResponseRule::CookiesAsIn { cycle: 1 })
                    .relies_on(Fact::of(OTHERS_SURVIVE.id, "when-set"))
            })
        };
        let cleared = both("removal-beside-it-after-clear", clear);
        let destroyed = both("removal-beside-it-after-destroy", destroy);
        let rotated = both("new-id-beside-it", || Operation::Regenerate).map(|scenario| {
            scenario.relies_on(Fact::of("minimum/browsers-isolated", "visitor-after-a-rotation"))
        });
        let plain = [Some(begun), removed, logged_out, Some(untouched), cleared, destroyed, rotated];
        let several = several.into_iter().chain(removed_among.into_iter().flatten());
        plain.into_iter().flatten().chain(several).collect()
    }),
};
