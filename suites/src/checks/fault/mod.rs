//! The `fault` suite: what becomes of a session when the handler does not succeed.

mod redirects;
mod without_body;

use crate::checks::statuses::OTHER_FAILURES;
use crate::checks::{Check, Fact, Harm, Requirement, Test};
use crate::expect::{Condition, Line, Scenario};
use crate::level::Level;
use crate::script::ops::{delete, destroy, get, items, permanent, set, set_permanent};
use crate::script::{Operation, OperationKind};
use crate::survey::{Attribute, OnError, Store, Survey};

/// The checks of this suite.
pub(crate) const CHECKS: &[Check] = &[redirects::ARE_SAVED, without_body::ARE_SAVED, CONSISTENT];

const CONSISTENT: Check = Check {
    id: "fault/consistent",
    level: Level::Recommended,
    harm: Harm::Correctness,
    clause: "fault.consistent",
    promise: "A request that ends in the same way is saved in the same way, whatever it has changed, and in any session.",
    source: "Flask saves after an exception since 1.1, and always after a 404",
    applies: &[Requirement::RealSessions, Requirement::Endings],
    relies: &[Fact::of("minimum/each-mutator-persists", "overwrite")],
    test: Test::Scenarios(consistent),
};

fn consistent(survey: &Survey) -> Vec<Scenario> {
    let endings = [
        ("not-found", Operation::Respond { status: 404 }, survey.on_not_found),
        ("server-error", Operation::Respond { status: 500 }, survey.on_server_error),
        ("raised", Operation::Raise, survey.on_error),
    ];
    let known = endings.into_iter().filter(|(_, _, mode)| *mode != OnError::Unknown);
    let known = known.flat_map(|(name, ending, mode)| ways(name, &ending, mode, survey));
    known.chain(alike(survey)).chain(ended_alike(survey)).collect()
}

/// Where a request with such a status is saved, so is that it has ended the session. Who is logged out is often told so by a 401.
fn ended_alike(survey: &Survey) -> impl Iterator<Item = Scenario> {
    let can_end = survey.store == Store::Server && survey.supports("destroy");
    let is_asked = can_end && survey.can_end_with(&Operation::Respond { status: 409 });
    OTHER_FAILURES.into_iter().filter(move |_| is_asked).map(|(status, name)| {
        let ending = || Operation::Respond { status }.unjudged();
        let was_saved = Condition::FoundIn { cycle: 2, op: 0 };
        Scenario::new(&format!("{name}-destroy"))
            .cycle("ann", [set("colour", "red").is_done()])
            .copy_cookies("ann", "keeper")
            .cycle("ann", [set("shape", "round").unjudged(), ending()])
            .cycle("ann", [get("shape").unjudged()])
            .cycle("ann", [destroy().unjudged(), ending()])
            .cycle("keeper", [get("colour").is_absent().only_if(was_saved)])
            .relies_on(Fact::of("cookie/only-if-kept", name))
            .relies_on(Fact::of("identity/destroy-removes", "alone"))
            .relies_on(match status {
                500.. => Fact::of(CONSISTENT.id, "server-error-destroy"),
                _ => Fact::of("identity/destroy-removes", "alone-and-not-found"),
            })
    })
}

/// Whether requests that end with another status are saved is not known beforehand. What one of them shows, the next one has to do.
fn alike(survey: &Survey) -> impl Iterator<Item = Scenario> {
    let is_asked = survey.supports("delete") && survey.can_end_with(&Operation::Respond { status: 409 });
    OTHER_FAILURES.into_iter().filter(move |_| is_asked).map(|(status, name)| {
        let ending = || Operation::Respond { status }.unjudged();
        let is_refusal = status < 500;
        let was_saved = Condition::FoundIn { cycle: 3, op: 0 };
        let was_dropped = Condition::AbsentIn { cycle: 3, op: 0 };
        Scenario::new(&format!("{name}-alike"))
            .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
            .cycle("ann", [set("shape", "round").unjudged(), ending()])
            .cycle("ann", [delete("colour").unjudged(), ending()])
            .cycle(
                "ann",
                [
                    get("shape").unjudged(),
                    get("colour").is_absent().only_if(was_saved),
                    get("colour").is("red").only_if(was_dropped),
                ],
            )
            .relies_on(Fact::of("cookie/only-if-kept", name))
            .relies_on(Fact::of(CONSISTENT.id, if is_refusal { "not-found-set" } else { "server-error-set" }))
            .relies_on(Fact::of(
                CONSISTENT.id,
                if is_refusal { "not-found-delete" } else { "server-error-delete" },
            ))
    })
}

/// Each way to change a session, in a request that ends like this.
fn ways(name: &'static str, ending: &Operation, mode: OnError, survey: &Survey) -> Vec<Scenario> {
    let is_saved = mode == OnError::Saved;
    let begun = |what: &str| {
        Scenario::new(&format!("{name}-{what}"))
            .cycle("ann", [set("colour", "red").is_done(), set("size", "small").is_done()])
    };
    let changing = |what: &str, op: Operation, Kept { dropped, saved }: Kept| {
        begun(what)
            .cycle("ann", [op.unjudged(), ending.clone().unjudged()])
            .cycle("ann", [if is_saved { saved } else { dropped }])
    };
    let fresh = Scenario::new(&format!("{name}-fresh"))
        .cycle("ann", [set("colour", "red").unjudged(), ending.clone().unjudged()])
        .cycle("ann", [if is_saved { get("colour").is("red") } else { get("colour").is_absent() }]);
    let added = Kept { dropped: get("shape").is_absent(), saved: get("shape").is("round") };
    let overwritten = Kept { dropped: get("colour").is("red"), saved: get("colour").is("blue") };
    let mut scenarios = vec![
        changing("overwrite", set("colour", "blue"), overwritten),
        changing("set", set("shape", "round"), added),
        fresh,
    ];
    let supported = Operation::changes().filter(|op| survey.supports(op.name()));
    scenarios.extend(supported.filter_map(|op| {
        let kept = kept(&op, survey)?;
        Some(changing(&op.in_reasons(), op, kept))
    }));
    if is_saved {
        scenarios.extend(ended(name, ending, survey));
    }
    let kept = Fact::of("cookie/only-if-kept", name);
    scenarios.into_iter().map(|scenario| scenario.relies_on(kept)).collect()
}

/// What the next request finds where a change was dropped, and where it was saved.
struct Kept {
    dropped: Line,
    saved: Line,
}

/// What becomes of an operation other than `set`. Nothing is asked here of what needs more than one request to be seen, nor of
/// what may take effect at once.
fn kept(op: &Operation, survey: &Survey) -> Option<Kept> {
    let both = [("colour", "red".into()), ("size", "small".into())];
    let removed = || Kept { dropped: get("colour").is("red"), saved: get("colour").is_absent() };
    let added = || Kept { dropped: get("shape").is_absent(), saved: get("shape").is("round") };
    match op.kind() {
        OperationKind::Delete | OperationKind::Pop => Some(removed()),
        OperationKind::Update | OperationKind::Setdefault => Some(added()),
        OperationKind::Clear => {
            Some(Kept { dropped: items().are(both, survey), saved: items().are([], survey) })
        }
        OperationKind::Set
        | OperationKind::SetIn
        | OperationKind::SetPermanent
        | OperationKind::SetModified
        | OperationKind::SetLifetime
        | OperationKind::Regenerate
        | OperationKind::Destroy
        | OperationKind::Get
        | OperationKind::Contains
        | OperationKind::Items
        | OperationKind::Len
        | OperationKind::Permanent
        | OperationKind::Modified
        | OperationKind::New
        | OperationKind::Save
        | OperationKind::Respond
        | OperationKind::Header
        | OperationKind::Raise
        | OperationKind::Hold => None,
    }
}

/// Where the changes of such a request are saved, so is that it has ended the session or its id, or has made it permanent. Where
/// they are dropped, each of these may take effect at once, and nothing is asked. What a 404 makes of an end is asked by the checks
/// of ends.
fn ended(name: &'static str, ending: &Operation, survey: &Survey) -> Vec<Scenario> {
    let begun =
        |what: &str| Scenario::new(&format!("{name}-{what}")).cycle("ann", [set("colour", "red").is_done()]);
    let flipped = !survey.permanent_default;
    let permanent = matches!(survey.permanent, Attribute::Observed(_)).then(|| {
        begun("set-permanent")
            .cycle("ann", [set_permanent(flipped).unjudged(), ending.clone().unjudged()])
            .cycle("ann", [permanent().is(flipped)])
            .relies_on(Fact::of("minimum/permanent-persists", "forgotten-when-alone"))
    });
    let is_asked = |op: &str| name != "not-found" && survey.store == Store::Server && survey.supports(op);
    let destroyed = is_asked("destroy").then(|| {
        begun("destroy")
            .copy_cookies("ann", "keeper")
            .cycle("ann", [destroy().unjudged(), ending.clone().unjudged()])
            .cycle("keeper", [get("colour").is_absent()])
            .cycle("ann", [get("colour").is_absent()])
            .relies_on(Fact::of("identity/destroy-removes", "alone"))
    });
    // Which of the two ids has the session after such a request is open; the old one may not have what came with the rotation.
    let rotated = is_asked("regenerate").then(|| {
        let login = [Operation::Regenerate.unjudged(), set("size", "small").unjudged()];
        begun("regenerate")
            .copy_cookies("ann", "keeper")
            .cycle("ann", login.into_iter().chain([ending.clone().unjudged()]))
            .cycle("keeper", [get("size").is_absent()])
            .relies_on(Fact::of("identity/rotation-gives-a-new-id", "before-a-write"))
            .relies_on(Fact::of("identity/rotation-ends-the-old-id", "alone"))
    });
    [permanent, destroyed, rotated].into_iter().flatten().collect()
}
