//! Rotation: a session gets a new id, as after a login, so that whoever knew the old one knows nothing.

use super::rivals::ended_beside_a_worthless_cookie;
use super::rotated;
use crate::checks::statuses::OTHER_FAILURES;
use crate::checks::{Check, Fact, Harm, Requirement, Test, lifetimes};
use crate::expect::{Condition, Line, ResponseRule, Scenario};
use crate::level::Level;
use crate::script::Operation;
use crate::script::ops::{destroy, get, items, permanent, set, set_permanent};
use crate::survey::{Attribute, Store, Survey};

const OWASP: &str = "OWASP Session Management Cheat Sheet, renewal after any change of privilege";

pub(super) const NEW_ID: Check = Check {
    id: "identity/rotation-gives-a-new-id",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.rotation",
    promise: "A rotation gives the browser another cookie, which cannot be guessed from the one before.",
    source: OWASP,
    applies: &[Requirement::RealSessions, Requirement::ServerStore, Requirement::Has("regenerate")],
    relies: &[],
    test: Test::Scenarios(|_survey| {
        let rotating = |reason: &str, ops: Vec<Operation>| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", ops.into_iter().map(Operation::is_done))
                .response(ResponseRule::SetsCookie)
                .response(ResponseRule::OtherCookies { cycle: 0 })
        };
        vec![
            rotating("alone", vec![Operation::Regenerate]),
            rotating("after-a-write", vec![set("colour", "blue"), Operation::Regenerate]),
            rotating("before-a-write", vec![Operation::Regenerate, set("colour", "blue")]),
            rotating("twice", vec![Operation::Regenerate, Operation::Regenerate]),
            rotated::into_ids_of_its_own(),
        ]
    }),
};

pub(super) const KEEPS_DATA: Check = Check {
    id: "identity/rotation-keeps-the-data",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "identity.rotation",
    promise: "A rotation keeps the items, and those written in the same cycle, before or after it.",
    source: OWASP,
    applies: &[Requirement::RealSessions, Requirement::Has("regenerate")],
    relies: &[Fact::of("minimum/browsers-isolated", "visitor-after-a-rotation")],
    test: Test::Scenarios(|survey| {
        let rotating = |reason: &str, ops: Vec<Operation>, after: &[(&'static str, &'static str)]| {
            let after = after.iter().map(|(key, value)| (*key, (*value).into()));
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .cycle("ann", ops.into_iter().map(Operation::is_done))
                .cycle("ann", [items().are(after, survey)])
        };
        let kept: &[_] = &[("colour", "red")];
        let written: &[_] = &[("colour", "red"), ("size", "small")];
        let fresh = Scenario::new("on-a-fresh-session")
            .cycle("ann", [Operation::Regenerate.is_done(), set("colour", "red").is_done()])
            .cycle("ann", [items().are([("colour", "red".into())], survey)]);
        let saved_early = survey.supports("save").then(|| {
            let early = [set("colour", "red"), Operation::Regenerate, Operation::Save];
            Scenario::new("on-a-fresh-session-that-is-saved-early")
                .cycle("ann", early.into_iter().chain([set("size", "small")]).map(Operation::is_done))
                .cycle(
                    "ann",
                    [items().are(written.iter().map(|(key, value)| (*key, (*value).into())), survey)],
                )
                .relies_on(Fact::of("minimum/each-mutator-persists", "set"))
                .relies_on(Fact::of(KEEPS_DATA.id, "on-a-fresh-session"))
                .relies_on(Fact::of(KEEPS_DATA.id, "after-a-write"))
        });
        // A session that keeps the order to rotate carries it out with every request. Some give a new id to each: then the
        // copy is dead before the rotation, too.
        let once_only = Scenario::new("carried-out-once")
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "tab before")
            .cycle("ann", [get("colour").is("red")])
            .cycle("tab before", [get("colour").unjudged()])
            .cycle("ann", [Operation::Regenerate.is_done()])
            .copy_cookies("ann", "tab")
            .cycle("ann", [get("colour").is("red")])
            .cycle("tab", [get("colour").is("red").only_if(Condition::FoundIn { cycle: 2, op: 0 })])
            .relies_on(Fact::of(KEEPS_DATA.id, "alone"));
        [
            rotating("alone", vec![Operation::Regenerate], kept),
            rotating("after-a-write", vec![set("size", "small"), Operation::Regenerate], written),
            rotating("before-a-write", vec![Operation::Regenerate, set("size", "small")], written),
            rotating("twice", vec![Operation::Regenerate, Operation::Regenerate], kept),
            fresh,
            once_only,
            rotated::of_many_items(),
            rotated::of_keys_beyond_ascii(),
            rotated::of_keys_with_an_underscore(),
        ]
        .into_iter()
        .chain(saved_early)
        .collect()
    }),
};

pub(super) const KEEPS_PERMANENT: Check = Check {
    id: "identity/rotation-keeps-permanent",
    level: Level::Hardened,
    harm: Harm::Correctness,
    clause: "identity.rotation",
    promise: "A rotation keeps `permanent`, as it keeps the items.",
    source: "kin of spring-session 951: a new session that is made from defaults",
    applies: &[Requirement::RealSessions, Requirement::HasPermanent, Requirement::Has("regenerate")],
    relies: &[
        Fact::of("minimum/permanent-persists", "forgotten"),
        Fact::of("minimum/permanent-persists", "forgotten-by-another-change"),
        Fact::of("identity/rotation-keeps-the-data", "alone"),
    ],
    test: Test::Scenarios(|survey| {
        let flipped = !survey.permanent_default;
        let begun = |reason: &str| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done(), set_permanent(flipped).is_done()])
        };
        let earlier = begun("set-earlier")
            .cycle("ann", [Operation::Regenerate.is_done()])
            .cycle("ann", [permanent().is(flipped), get("colour").is("red")]);
        let now = Scenario::new("set-in-the-same-request")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [set_permanent(flipped).is_done(), Operation::Regenerate.is_done()])
            .cycle("ann", [permanent().is(flipped), get("colour").is("red")])
            .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone"))
            .relies_on(Fact::of("identity/rotation-keeps-the-data", "after-a-write"));
        let twice = begun("rotated-twice")
            .cycle("ann", [Operation::Regenerate.is_done()])
            .cycle("ann", [Operation::Regenerate.is_done()])
            .cycle("ann", [permanent().is(flipped), get("colour").is("red")]);
        // The cookie with the new id is a new cookie.
        let lasts = ResponseRule::Lasts {
            seconds: survey.description.lifetime_seconds,
            grace: lifetimes::grace(survey),
        };
        let cookie = (flipped && survey.store != Store::Unknown).then(|| {
            begun("cookie-of-a-browser-session")
                .cycle("ann", [Operation::Regenerate.is_done()])
                .response(lasts)
                .relies_on(Fact::of("cookie/lasts-when-permanent", "from-the-start"))
                .relies_on(Fact::of("minimum/browsers-isolated", "visitor-after-a-rotation"))
                .relies_on(Fact::of(KEEPS_PERMANENT.id, "set-earlier"))
        });
        [earlier, now, twice].into_iter().chain(cookie).collect()
    }),
};

pub(super) const OLD_ID_DIES: Check = Check {
    id: "identity/rotation-ends-the-old-id",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.rotation",
    promise: "After a rotation, the old id opens an empty session.",
    source: OWASP,
    applies: &[Requirement::RealSessions, Requirement::ServerStore, Requirement::Has("regenerate")],
    relies: &[],
    test: Test::Scenarios(|survey| {
        let rotating = |reason: &'static str, ops: Vec<Operation>| {
            Scenario::new(reason)
                .cycle("ann", [set("colour", "red").is_done()])
                .copy_cookies("ann", "thief")
                .cycle("ann", ops.into_iter().map(Operation::is_done))
                .cycle("thief", [items().are([], survey)])
                .relies_on(Fact::of("identity/rotation-gives-a-new-id", reason))
        };
        let twice = Scenario::new("twice-in-a-row")
            .cycle("ann", [set("colour", "red").is_done()])
            .cycle("ann", [Operation::Regenerate.is_done()])
            .copy_cookies("ann", "thief")
            .cycle("ann", [Operation::Regenerate.is_done()])
            .cycle("thief", [items().are([], survey)])
            .relies_on(Fact::of("identity/rotation-gives-a-new-id", "alone"));
        // What was saved early may be refused the second time.
        let saved_early = [set("size", "small"), Operation::Save, Operation::Regenerate];
        let saved_early = Scenario::new("after-a-save")
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "thief")
            .cycle("ann", saved_early.map(Operation::unjudged))
            .may_be_refused()
            .cycle("thief", [items().are([], survey).only_if(Condition::DoneIn(1))])
            .relies_on(Fact::of(OLD_ID_DIES.id, "after-a-write"));
        let first_id = Scenario::new("first-id-after-two-rotations")
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "thief")
            .cycle("ann", [Operation::Regenerate.is_done()])
            .cycle("ann", [Operation::Regenerate.is_done()])
            .cycle("thief", [items().are([], survey)])
            .relies_on(Fact::of(OLD_ID_DIES.id, "alone"))
            .relies_on(Fact::of(OLD_ID_DIES.id, "twice-in-a-row"));
        // A login that is remembered, and redirects: each of the two is right where it is alone.
        let remembered = Scenario::new("permanently-and-redirected")
            .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
            .copy_cookies("ann", "thief")
            .cycle("ann", [Operation::Regenerate.is_done(), Operation::Respond { status: 302 }.unjudged()])
            .cycle("thief", [items().are([], survey)])
            .relies_on(Fact::of("identity/rotation-gives-a-new-id", "alone"))
            .relies_on(Fact::of("identity/rotation-gives-a-new-id", "alone-and-redirected"))
            .relies_on(Fact::of("fault/redirects-are-saved", "overwrite-302"))
            .relies_on(Fact::of("fault/redirects-are-saved", "permanent-302"))
            .relies_on(Fact::of(OLD_ID_DIES.id, "alone"))
            .relies_on(Fact::of(OLD_ID_DIES.id, "alone-permanently"))
            .relies_on(Fact::of(OLD_ID_DIES.id, "alone-and-redirected"));
        let can_be_remembered =
            matches!(survey.permanent, Attribute::Observed(_)) && !survey.permanent_default;
        let remembered = can_be_remembered.then_some(remembered);
        let rotations = vec![
            rotating("alone", vec![Operation::Regenerate]),
            rotating("after-a-write", vec![set("size", "small"), Operation::Regenerate]),
            rotating("before-a-write", vec![Operation::Regenerate, set("size", "small")]),
            rotating("twice", vec![Operation::Regenerate, Operation::Regenerate]),
            rotating("after-a-clear", vec![Operation::Clear, Operation::Regenerate]),
            rotating("before-permanent", vec![Operation::Regenerate, set_permanent(true)])
                .relies_on(Fact::of(OLD_ID_DIES.id, "before-a-write"))
                .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone")),
            saved_early,
            twice,
            first_id,
            rotated::often(survey),
            rotated::of_a_large_session(survey),
        ];
        let beside = ended_beside_a_worthless_cookie(&Operation::Regenerate, survey).map(|scenario| {
            scenario
                .relies_on(Fact::of("identity/rotation-gives-a-new-id", "alone"))
                .relies_on(Fact::of(OLD_ID_DIES.id, "alone"))
        });
        let is_supported = |scenario: &Scenario| {
            scenario.script.cycles().flat_map(|cycle| &cycle.ops).all(|op| survey.supports(op.name()))
        };
        let rotations = rotations.into_iter().chain(beside);
        rotations.chain(remembered).filter(is_supported).collect()
    }),
};

pub(super) const SURVIVES_FAILURE: Check = Check {
    id: "identity/rotation-survives-failure",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "identity.rotation-failure",
    promise: "A handler that rotates and then fails leaves the browser a session: the old one or the new one.",
    source: "CONTRACT.md, identity.rotation-failure; tower-sessions 0.15 deletes the old record and sends no cookie",
    applies: &[Requirement::RealSessions, Requirement::Has("regenerate")],
    relies: &[Fact::of("identity/rotation-keeps-the-data", "alone")],
    test: Test::Scenarios(|survey| {
        let failing_after = |reason: &str, rotation: Line, failure: Operation, kept: &'static str| {
            survey.can_end_with(&failure).then(|| {
                Scenario::new(reason)
                    .cycle("ann", [set("colour", "red").is_done()])
                    .cycle("ann", [rotation, failure.unjudged()])
                    .cycle("ann", [get("colour").is("red")])
                    .relies_on(Fact::of("cookie/only-if-kept", kept))
            })
        };
        let failing =
            |reason, failure, kept| failing_after(reason, Operation::Regenerate.is_done(), failure, kept);
        let failures = [
            failing("answered-500", Operation::Respond { status: 500 }, "server-error"),
            failing("raised", Operation::Raise, "raised"),
        ];
        // A login that is refused may have rotated before, and a library that sends no cookie with failures may draw the line anywhere.
        let others = [(404, "not-found")].into_iter().chain(OTHER_FAILURES).filter_map(|(status, kept)| {
            let (rotation, failure) = (Operation::Regenerate.unjudged(), Operation::Respond { status });
            failing_after(&format!("answered-{status}"), rotation, failure, kept)
                .map(|scenario| scenario.relies_on(Fact::of(SURVIVES_FAILURE.id, "answered-500")))
        });
        failures.into_iter().flatten().chain(others).collect()
    }),
};

pub(super) const NEEDS_NO_RECORD: Check = Check {
    id: "identity/rotation-needs-no-record",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "identity.rotation-dead",
    promise: "A rotation on a session that is gone brings nothing back, and leaves a session that can be used.",
    source: "CONTRACT.md, identity.rotation-dead",
    applies: &[
        Requirement::RealSessions,
        Requirement::ServerStore,
        Requirement::Has("regenerate"),
        Requirement::Has("destroy"),
    ],
    relies: &[
        Fact::of("identity/rotation-keeps-the-data", "alone"),
        Fact::of("identity/destroy-removes", "alone"),
    ],
    test: Test::Scenarios(needs_no_record),
};

fn needs_no_record(survey: &Survey) -> Vec<Scenario> {
    let gone = Scenario::new("after-destroy")
        .cycle("ann", [set("colour", "red").is_done()])
        .copy_cookies("ann", "late")
        .cycle("ann", [destroy().is_done()])
        .cycle("late", [Operation::Regenerate.is_done()])
        .cycle("late", [items().are([], survey), set("colour", "blue").is_done()])
        .cycle("late", [get("colour").is("blue")]);
    vec![gone]
}
