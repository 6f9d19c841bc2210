//! Every script under `fixtures/cases` failed once: on its backend it fails still, and nowhere on the reference.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::modes;
use crate::planted::{Bug, Planted};
use sessionspec::backend::in_process;
use sessionspec::engine::expect::Scenario;
use sessionspec::engine::replay::{CaseFile, ReplayOutcome, replay, replay_surveyed};
use sessionspec::reference::Memory;
use sessionspec::{Options, Verdict};

const PATIENCE: Duration = Duration::from_secs(10);

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases")
}

fn cases() -> Vec<(String, CaseFile)> {
    let mut paths: Vec<PathBuf> = [directory(), directory().join("reports")]
        .into_iter()
        .flat_map(|directory| {
            std::fs::read_dir(directory).expect("the directories of cases are part of the repository")
        })
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases under {}", directory().display());
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            let case = CaseFile::from_json(&std::fs::read_to_string(&path).expect("a case is text"));
            (name.clone(), case.unwrap_or_else(|error| panic!("{name}: {error}")))
        })
        .collect()
}

/// The planted bug that a case is named after, where it is one of those.
fn bug_of(name: &str) -> Option<Bug> {
    Bug::STABLE.into_iter().find(|bug| bug.name() == name)
}

#[tokio::test]
async fn the_reference_passes_every_case_in_every_mode() {
    for (name, case) in cases() {
        let mut compared = false;
        for modes in modes::all() {
            let replayed =
                replay_surveyed(in_process(Memory::new(modes.clone())), &case, PATIENCE).await.unwrap();
            match replayed.outcome {
                ReplayOutcome::Passes => compared = true,
                // In some modes the case is about something that the backend does not have.
                ReplayOutcome::NothingCompared(_) => {}
                failed => panic!("{name}, {modes:?}: {failed:?}"),
            }
        }
        assert!(compared, "{name} is judged in no mode");
    }
}

#[tokio::test]
async fn a_planted_bug_still_fails_its_case() {
    let mut replayed = 0;
    for (name, case) in cases() {
        let Some(bug) = bug_of(&name) else { continue };
        let literal = replay(in_process(Planted::new(bug)), &case, PATIENCE).await.unwrap();
        assert!(matches!(literal.outcome, ReplayOutcome::StillFails(_)), "{name}: {:?}", literal.outcome);
        let surveyed = replay_surveyed(in_process(Planted::new(bug)), &case, PATIENCE).await.unwrap();
        assert!(matches!(surveyed.outcome, ReplayOutcome::StillFails(_)), "{name}: {:?}", surveyed.outcome);
        replayed += 1;
    }
    assert_eq!(replayed, Bug::STABLE.len(), "each planted bug has its case");
}

#[tokio::test]
async fn another_bug_fails_a_case_for_another_reason_or_not_at_all() {
    let (_, case) = cases().into_iter().find(|(name, _)| *name == Bug::SetdefaultOverwrites.name()).unwrap();
    let other = replay(in_process(Planted::new(Bug::PopKeeps)), &case, PATIENCE).await.unwrap();
    assert_eq!(other.outcome, ReplayOutcome::Passes);

    let renamed = CaseFile { reason: "items-differs".to_owned(), ..case };
    let otherwise =
        replay(in_process(Planted::new(Bug::SetdefaultOverwrites)), &renamed, PATIENCE).await.unwrap();
    let ReplayOutcome::DiffersOtherwise(finding) = otherwise.outcome else {
        panic!("{:?}", otherwise.outcome)
    };
    assert_eq!(finding.reason, "setdefault-differs");

    let scenario = Scenario { reason: "items-differs".to_owned(), ..renamed.scenario.clone() };
    let renamed = CaseFile { scenario, ..renamed };
    let otherwise =
        replay(in_process(Planted::new(Bug::SetdefaultOverwrites)), &renamed, PATIENCE).await.unwrap();
    assert_eq!(
        otherwise.outcome,
        ReplayOutcome::DiffersOtherwise(finding),
        "the operation says what differs"
    );
}

#[tokio::test]
async fn a_case_that_expects_nothing_does_not_pass() {
    let (_, case) = cases().into_iter().next().unwrap();
    let scenario = Scenario { expectations: Vec::new(), ..case.scenario };
    let replayed =
        replay(in_process(Memory::default()), &CaseFile { scenario, ..case }, PATIENCE).await.unwrap();
    assert_eq!(replayed.outcome, ReplayOutcome::NothingCompared("no answer was compared".to_owned()));
}

#[tokio::test]
async fn the_case_of_a_named_check_fails_for_the_reason_of_its_scenario() {
    let only = Some(vec!["minimum/each-mutator-persists".to_owned()]);
    let options = Options { only, ..Options::default() };
    let report = sessionspec::run(in_process(Planted::new(Bug::PopKeeps)), options).await.unwrap();
    let [check] = report.checks.as_slice() else { panic!("one check was asked for") };
    let case = CaseFile::of_failure(check, &check.failures[0], None).unwrap();
    assert_eq!(case.reason, "pop");
    for replayed in [
        replay(in_process(Planted::new(Bug::PopKeeps)), &case, PATIENCE).await.unwrap(),
        replay_surveyed(in_process(Planted::new(Bug::PopKeeps)), &case, PATIENCE).await.unwrap(),
    ] {
        let ReplayOutcome::StillFails(finding) = replayed.outcome else { panic!("{:?}", replayed.outcome) };
        assert_eq!(finding.reason, "pop");
    }
    let mended = replay_surveyed(in_process(Memory::default()), &case, PATIENCE).await.unwrap();
    assert_eq!(mended.outcome, ReplayOutcome::Passes);
}

#[tokio::test]
async fn the_case_of_a_failure_survives_its_file() {
    let only = Some(vec!["minimum/persists".to_owned()]);
    let options = Options { only, ..Options::default() };
    let report = sessionspec::run(in_process(Planted::new(Bug::PopKeeps)), options).await.unwrap();
    let [check] = report.checks.as_slice() else { panic!("one check was asked for") };
    assert_eq!(check.verdict, Verdict::Fail);
    let case = CaseFile::of_failure(check, &check.failures[0], Some("planted")).unwrap();
    let read = CaseFile::from_json(&case.to_json()).unwrap();
    assert_eq!(read, case);
    let replayed = replay(in_process(Planted::new(Bug::PopKeeps)), &read, PATIENCE).await.unwrap();
    assert!(matches!(replayed.outcome, ReplayOutcome::StillFails(_)), "{:?}", replayed.outcome);
}
