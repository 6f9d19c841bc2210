//! When a session ends: neither before its time, nor after it.

use crate::checks::lifetimes::{Kind, each_kind, kinds, permanent as permanent_kind};
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Line, Scenario};
use crate::level::Level;
use crate::script::ops::{get, items, permanent, set, set_permanent};
use crate::script::{Change, Forgery, Operation, OperationKind};
use crate::survey::{Attribute, Store, Survey};

/// How much of a lifetime passes before a session has to be there still: in real time, an answer takes its time.
fn share(survey: &Survey) -> f64 {
    if survey.virtual_time { 0.999 } else { 0.9 }
}

/// What a session of this kind is held to: when it is looked for, and what was declared.
fn window(kind: &Kind, survey: &Survey) -> String {
    let &Kind { name, lifetime, grace, .. } = kind;
    let (alive, over) = (kind.alive(), kind.over());
    let name =
        if name == "browser-session" { "browser-session, as any that is not made permanent" } else { name };
    let whose = if survey.description.lifetime_grace_seconds.is_some() { "declared" } else { "usual" };
    format!(
        "{name}: there until {alive} s, gone at {over} s; lifetime {lifetime} s, give or take the {whose} {grace} s"
    )
}

pub(super) const NOT_EARLY: Check = Check {
    id: "expiry/not-early",
    level: Level::Hardened,
    harm: Harm::Correctness,
    clause: "expiry.window",
    promise: "Until its lifetime is over, a session keeps its items.",
    source: "CONTRACT.md, expiry.window",
    applies: &[Requirement::RealSessions, Requirement::Lifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            let alive = kind.alive();
            let scenario = kind
                .begin("early")
                .may_look_sooner()
                .held_to(window(kind, survey))
                .forge("ann", "keeper", Forgery::Replayed)
                .wait(alive * share(survey))
                .cycle(
                    "keeper",
                    [get("colour").is("red").only_if(Condition::Within { since: 0, seconds: alive })],
                );
            vec![scenario]
        })
    }),
};

pub(super) const GONE: Check = Check {
    id: "expiry/gone",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "expiry.window",
    promise: "After its lifetime, a session is gone, also for a client that keeps its cookie for good.",
    source: "CVE-2024-35220 (fastify-session); memorystore before 1.6.0; a client decides what Max-Age means to it",
    applies: &[Requirement::RealSessions, Requirement::Lifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            let over = kind.over();
            let begin = |reason: &str| {
                kind.begin(reason).held_to(window(kind, survey)).forge("ann", "keeper", Forgery::Replayed)
            };
            let alone = begin("still-there").wait(over).cycle("keeper", [items().are([], survey)]);
            // Some stores only expire when somebody else's request makes them look.
            let after_a_stranger = begin("still-there-after-a-stranger")
                .wait(over)
                .cycle("stranger", [set("colour", "blue").is_done()])
                .cycle("keeper", [items().are([], survey)]);
            // A cache in front has seen it, and may not know for how long it is good.
            let after_a_read = begin("still-there-after-a-read")
                .cycle("keeper", [get("colour").is("red")])
                .wait(over)
                .cycle("keeper", [items().are([], survey)]);
            // The first read may have changed what the store keeps, so that the second one finds no lifetime.
            let after_two_reads = begin("still-there-after-two-reads")
                .cycle("keeper", [get("colour").is("red")])
                .cycle("keeper", [get("colour").is("red")])
                .wait(over)
                .cycle("keeper", [items().are([], survey)])
                .relies_on(kind.ends_after_a_read());
            // What was permanent, and is not any more, ends as any other.
            let no_more = (kind.name == "browser-session"
                && matches!(survey.permanent, Attribute::Observed(_)))
            .then(|| {
                Scenario::new("browser-session-still-there-once-permanent")
                    .held_to(window(kind, survey))
                    .cycle("ann", [set("colour", "red").is_done(), set_permanent(true).is_done()])
                    .cycle("ann", [set_permanent(false).is_done()])
                    .forge("ann", "keeper", Forgery::Replayed)
                    .wait(over)
                    .cycle("keeper", [items().are([], survey)])
                    .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone"))
                    .relies_on(Fact::of("minimum/permanent-persists", "stuck"))
                    .relies_on(kind.ends())
            });
            // Where the cookie brings its own data, it may say itself until when it counts; a client says later.
            let fields = if survey.store == Store::Client { MOST_FIELDS } else { 0 };
            let raised = (0..fields).map(|field| {
                let reason = format!("still-there-with-field-{}-raised", field + 1);
                kind.begin(&reason)
                    .forge("ann", "keeper", Forgery::Field { cookie: 0, field, change: Change::Raised })
                    .wait(over)
                    .cycle("keeper", [items().are([], survey)])
                    .may_be_refused()
                    .relies_on(kind.ends())
            });
            // In real time, other scripts are at work while time passes, and the end may be the work of one of their requests.
            let is_first =
                kinds(survey).is_ok_and(|kinds| kinds.first().is_some_and(|first| first.name == kind.name));
            let unless_others_come = (!survey.virtual_time && is_first).then(|| {
                begin("still-there-unless-others-come")
                    .alone_throughout()
                    .wait(over)
                    .cycle("keeper", [items().are([], survey)])
                    .relies_on(kind.ends())
            });
            let plain = [alone, after_a_stranger, after_a_read, after_two_reads]
                .into_iter()
                .chain(unless_others_come);
            plain.chain(no_more).chain(raised).collect()
        })
    }),
};

/// How many fields of a cookie are looked at.
const MOST_FIELDS: usize = 5;

pub(super) const USABLE: Check = Check {
    id: "expiry/usable-afterwards",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "save.persists",
    promise: "Whoever comes back after the end of a session has one that keeps what is written.",
    source: "aiohttp-session 344: a session that was refilled after its end is emptied by the next request",
    applies: &[Requirement::RealSessions, Requirement::Lifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            let refilled = kind
                .begin("refilled")
                .forge("ann", "late", Forgery::Replayed)
                .wait(kind.over())
                .cycle("late", [set("shape", "round").is_done()])
                .cycle("late", [get("shape").is("round")])
                .cycle("late", [set("size", "small").is_done()])
                .cycle("late", [get("shape").is("round"), get("size").is("small")])
                .relies_on(kind.ends());
            vec![refilled]
        })
    }),
};

pub(super) const NOT_REVIVED: Check = Check {
    id: "expiry/not-revived",
    level: Level::Hardened,
    harm: Harm::Security,
    clause: "expiry.dead",
    promise: "Whatever a late request does, the items of an expired session stay gone.",
    source: "CONTRACT.md, expiry.dead; stores whose `touch` does not look whether the record has expired",
    applies: &[Requirement::RealSessions, Requirement::Lifetimes],
    relies: &[],
    test: Test::Scenarios(|survey| {
        each_kind(survey, |kind| {
            let over = kind.over();
            let begin = |reason: &str| {
                kind.begin(reason)
                    .forge("ann", "late", Forgery::Replayed)
                    .forge("ann", "later", Forgery::Replayed)
                    .wait(over)
                    .relies_on(kind.ends())
            };
            let by_a_write = begin("by-a-write")
                .cycle("late", [set("size", "small").is_done()])
                .cycle("late", [get("colour").is_absent(), get("size").is("small")])
                .cycle("later", [get("colour").is_absent()])
                .relies_on(kind.is_usable_afterwards());
            let by_a_touch = begin("by-a-touch")
                .cycle("late", [])
                .cycle("late", [get("colour").is_absent()])
                .cycle("later", [get("colour").is_absent()]);
            // Each operation may look for itself whether there is a session.
            let others = Operation::changes().chain([Operation::Save]).filter(|op| !asked_by_a_write(op));
            let changed = others.filter(|op| survey.supports(op.name())).map(|op| {
                let is_end = op.kind() == OperationKind::Destroy;
                let came_late = begin(&format!("by-a-late-{}", op.in_reasons())).cycle("late", [late(op)]);
                // Whether a session that is gone can be ended is a question of its own.
                let came_late = if is_end { came_late.may_be_refused() } else { came_late };
                came_late
                    .cycle("late", [get("colour").is_absent()])
                    .cycle("later", [get("colour").is_absent()])
                    .relies_on(kind.stays_ended())
                    .relies_on(Fact::of("minimum/each-mutator-persists", "clear"))
            });
            [by_a_write, by_a_touch].into_iter().chain(changed).collect()
        })
    }),
};

fn asked_by_a_write(op: &Operation) -> bool {
    matches!(op, Operation::Set { .. })
}

/// An operation of a late request, which finds nothing. Whether it is done where there is nothing is another question.
fn late(op: Operation) -> Line {
    match op {
        Operation::Pop { .. } => op.is_absent(),
        Operation::Setdefault { .. } => op.is("round"),
        Operation::Update { .. } => op.is_done(),
        _ => op.unjudged(),
    }
}

pub(super) const PERMANENT_STAYS: Check = Check {
    id: "expiry/permanent-stays",
    level: Level::Hardened,
    harm: Harm::DataLoss,
    clause: "expiry.permanent",
    promise: "A permanent session has its lifetime also after writes, reads and rotations that do not say so again.",
    source: "CONTRACT.md, expiry.permanent",
    applies: &[Requirement::RealSessions, Requirement::PermanentLifetime],
    relies: &[
        Fact::of("expiry/not-early", "permanent-early"),
        Fact::of("minimum/permanent-persists", "forgotten-by-another-change"),
    ],
    test: Test::Scenarios(|survey| {
        let Ok(kind) = permanent_kind(survey) else { return Vec::new() };
        let alive = kind.alive();
        let lasts = |scenario: Scenario| {
            scenario
                .forge("ann", "keeper", Forgery::Replayed)
                .may_look_sooner()
                .wait(alive * share(survey))
                .cycle(
                    "keeper",
                    [
                        get("colour").is("red").only_if(Condition::Within { since: 0, seconds: alive }),
                        permanent().is(true).only_if(Condition::Within { since: 0, seconds: alive }),
                    ],
                )
        };
        let written = kind
            .begin("after-another-write")
            .cycle("ann", [set("size", "small").is_done()])
            .cycle("ann", [get("colour").is("red")]);
        let read = kind
            .begin("after-reads")
            .cycle("ann", [get("colour").is("red")])
            .cycle("ann", [get("colour").is("red")]);
        let rotated = survey.supports("regenerate").then(|| {
            let rotated = kind.begin("after-a-rotation").cycle("ann", [Operation::Regenerate.is_done()]);
            lasts(rotated)
                .relies_on(Fact::of("identity/rotation-keeps-permanent", "set-earlier"))
                .relies_on(Fact::of("identity/rotation-keeps-the-data", "alone"))
        });
        [lasts(written), lasts(read)].into_iter().chain(rotated).collect()
    }),
};
