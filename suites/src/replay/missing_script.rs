//! Why a check has no such script for this backend: what the survey saw decides which scripts a check has.

use crate::checks::Check;
use crate::script::Script;
use crate::survey::{
    AtOnce, Attribute, Concurrency, Emptied, Expiry, Modified, Nested, New, Numbers, OnError, Permanent,
    Resent, Store, Survey, Values,
};

/// The reason in words: the row of the survey without which the check would have the script, if there is one.
pub(super) fn told(check: &Check, script: &Script, survey: &Survey) -> String {
    let has_it = |other: &Survey| check.scenarios(other).iter().any(|scenario| scenario.script == *script);
    let row = others(survey).into_iter().find(|(_, other)| has_it(other)).map(|(row, _)| row);
    let seen = survey.capabilities().into_iter();
    let seen: Vec<String> = seen
        .filter(|seen| row.is_none_or(|row| seen.name == row))
        .map(|seen| format!("`{}: {}`", seen.name, seen.observed))
        .collect();
    let (id, seen) = (check.id, seen.join(", "));
    match row {
        Some(_) => format!("{id} has no such script for a backend of which the survey saw {seen}"),
        None if script.waits() => format!(
            "{id} has no such script for this backend: its scripts wait for as long as sessions live; the survey saw {seen}"
        ),
        None => format!("{id} has no such script for this backend; the survey saw {seen}"),
    }
}

/// The surveys that differ from this one in one row, with the name of that row.
fn others(survey: &Survey) -> Vec<(&'static str, Survey)> {
    let mut others = Vec::new();
    let mut with = |row, change: &dyn Fn(&mut Survey)| {
        let mut other = survey.clone();
        change(&mut other);
        others.push((row, other));
    };
    with("unsupported", &|other| other.unsupported.clear());
    with("permanent default", &|other| other.permanent_default = !survey.permanent_default);
    for store in [Store::Server, Store::Client, Store::Unknown] {
        with("store", &|other| other.store = store);
    }
    for emptied in [Emptied::Removed, Emptied::Kept] {
        with("empty", &|other| other.emptied = emptied);
    }
    for permanent in
        [Permanent::InData, Permanent::KeptInData, Permanent::Attribute, Permanent::ClearedAttribute]
    {
        with("permanent", &|other| other.permanent = Attribute::Observed(permanent));
    }
    for modified in [Modified::Always, Modified::Tracked] {
        with("modified", &|other| other.modified = Attribute::Observed(modified));
    }
    for new in [New::Real, New::Constant, New::OnceChanged] {
        with("new", &|other| other.new = Attribute::Observed(new));
    }
    for nested in
        [Nested::Tracked, Nested::WrittenBack, Nested::Untracked, Nested::Copies, Nested::Unsupported]
    {
        with("nested", &|other| other.nested = nested);
    }
    for on_error in [OnError::Saved, OnError::Discarded] {
        with("on_error", &|other| other.on_error = on_error);
        with("on 404", &|other| other.on_not_found = on_error);
        with("on 500", &|other| other.on_server_error = on_error);
    }
    for resent in [Resent::Never, Resent::Permanent, Resent::Always] {
        with("cookie re-sent", &|other| other.resent = resent);
    }
    for values in [Values::Json, Values::Strings] {
        with("values", &|other| other.values = values);
    }
    for numbers in [Numbers::Exact, Numbers::Doubles] {
        with("numbers", &|other| other.numbers = numbers);
    }
    for at_once in [AtOnce::Many, AtOnce::OnePerSession, AtOnce::One] {
        with("at once", &|other| other.at_once = at_once);
    }
    for concurrency in
        [Concurrency::LastWriteWins, Concurrency::Merged, Concurrency::Serialised, Concurrency::Refused]
    {
        with("concurrency", &|other| other.concurrency = concurrency);
    }
    with("unsaved changes", &|other| other.live_objects = !survey.live_objects);
    for expiry in [Expiry::Sliding, Expiry::Writes, Expiry::Absolute] {
        with("expiry", &|other| other.expiry = expiry);
    }
    others
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::backend::in_process;
    use crate::checks::catalogue;
    use crate::expect::Scenario;
    use crate::reference::{Memory, Modes};
    use crate::replay::{CaseFile, ReplayOutcome, replay_surveyed};

    const PATIENCE: Duration = Duration::from_secs(10);

    async fn surveyed(modes: Modes) -> Survey {
        Survey::of(in_process(Memory::new(modes)), PATIENCE).await.unwrap()
    }

    /// What comes of a scenario of this check on the reference as it is.
    async fn replayed(check: &Check, scenario: Scenario) -> String {
        let (id, reason) = (check.id.to_owned(), scenario.reason.clone());
        let case = CaseFile { version: CaseFile::VERSION, check: id, reason, backend: None, scenario };
        match replay_surveyed(in_process(Memory::default()), &case, PATIENCE).await.unwrap().outcome {
            ReplayOutcome::NothingCompared(because) => because,
            outcome => panic!("{outcome:?}"),
        }
    }

    #[tokio::test]
    async fn the_row_is_named_on_which_it_depends() {
        let check = catalogue().iter().find(|check| check.id == "minimum/permanent-persists").unwrap();
        let other = surveyed(Modes { permanent_default: true, ..Modes::default() }).await;
        let scripts = check.scenarios(&surveyed(Modes::default()).await);
        let is_unknown = |scenario: &Scenario| scripts.iter().all(|own| own.script != scenario.script);
        let scenario = check.scenarios(&other).into_iter().find(is_unknown).unwrap();
        assert_eq!(
            replayed(check, scenario).await,
            "minimum/permanent-persists has no such script for a backend of which the survey saw \
             `permanent default: false`"
        );
    }

    #[tokio::test]
    async fn everything_is_named_where_no_row_alone_decides() {
        let check = catalogue().iter().find(|check| check.id == "minimum/opens-empty").unwrap();
        let because = replayed(check, Scenario::new("nobody-has-it")).await;
        assert!(
            because.starts_with("minimum/opens-empty has no such script for this backend; "),
            "{because}"
        );
        assert!(because.contains("`store: server`") && because.contains("`on 404: saved`"), "{because}");
    }
}
