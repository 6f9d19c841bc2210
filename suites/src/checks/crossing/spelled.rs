//! Promises crossed with spellings: what is asked of an operation on items is asked of each further spelling of it that the
//! probe declares.

use crate::expect::Scenario;
use crate::script::OperationKind;
use crate::survey::Survey;

/// The scenarios that have one operation in them which is the question: the check, and the reason, with the name of the
/// operation in the place of `OP`. Of a handler that raises the answers are lost, and nobody knows whether the spelling could be
/// used.
const ASKED: &[(&str, &str)] = &[
    ("minimum/each-mutator-persists", "OP"),
    ("minimum/each-mutator-persists", "OP-the-only-item"),
    ("minimum/permanent-persists", "forgotten-by-OP"),
    ("minimum/modified-after-change", "OP"),
    ("minimum/modified-after-change", "OP-the-only-item"),
    ("fault/redirects-are-saved", "OP-302"),
    ("fault/consistent", "not-found-OP"),
    ("fault/consistent", "server-error-OP"),
    ("cookie/vary", "OP"),
    ("identity/readers-store-nothing", "OP"),
];

/// In the place of `OP`: the name of the operation, and what the reasons call it where it does something else.
fn names(kind: OperationKind) -> Vec<&'static str> {
    match kind {
        OperationKind::Set => vec![kind.as_str(), "overwrite", "set-later", "another-change"],
        _ => vec![kind.as_str()],
    }
}

/// The scenarios of the check with this id that ask an operation in another spelling.
pub(super) fn spelled(check: &str, plain: &[Scenario], survey: &Survey) -> Vec<Scenario> {
    let of_check = || ASKED.iter().filter(|(asked, _)| *asked == check);
    let spellings = survey.spellings.iter().filter(|spelling| spelling.is_known);
    let varied = spellings.flat_map(|spelling| {
        let reasons: Vec<String> = of_check()
            .flat_map(|(_, reason)| {
                names(spelling.operation).into_iter().map(|name| reason.replace("OP", name))
            })
            .collect();
        let asked = plain.iter().filter(move |scenario| reasons.contains(&scenario.reason));
        asked.map(|scenario| {
            let spelled = scenario.clone().with_spelling(spelling.operation, &spelling.name);
            spelled.varied(format!("as-{}", spelling.name), Vec::new())
        })
    });
    varied.collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sessionspec_reference::Memory;

    use super::*;
    use crate::backend::in_process;
    use crate::checks::catalogue;
    use crate::survey::FurtherSpelling;

    /// A reason that is misspelled would ask nothing.
    #[tokio::test]
    async fn each_row_asks_something_of_an_operation_that_has_another_spelling() {
        let survey = Survey::of(in_process(Memory::default()), Duration::from_secs(10)).await.unwrap();
        let spelled = OperationKind::ALL.into_iter().filter(|kind| kind.is_on_items());
        let spellings: Vec<FurtherSpelling> = spelled
            .map(|operation| FurtherSpelling { operation, name: "other".to_owned(), is_known: true })
            .collect();
        let survey = Survey { spellings, ..survey };
        for (id, reason) in ASKED {
            let check = catalogue().iter().find(|check| check.id == *id).unwrap();
            let suffixes: Vec<String> = OperationKind::ALL
                .into_iter()
                .flat_map(names)
                .map(|name| format!("{}-as-other", reason.replace("OP", name)))
                .collect();
            let scenarios = check.scenarios(&survey);
            let asked: Vec<&Scenario> =
                scenarios.iter().filter(|scenario| suffixes.contains(&scenario.reason)).collect();
            assert!(!asked.is_empty(), "{id} asks nothing as {reason}");
            for scenario in asked {
                let spelled: usize = scenario.script.cycles().map(|cycle| cycle.ops.spelled()).sum();
                assert_eq!(spelled, 1, "{id} ({})", scenario.reason);
            }
        }
        let unknown = Survey {
            spellings: survey
                .spellings
                .iter()
                .map(|it| FurtherSpelling { is_known: false, ..it.clone() })
                .collect(),
            ..survey
        };
        for scenario in catalogue().iter().flat_map(|check| check.scenarios(&unknown)) {
            assert!(scenario.script.cycles().all(|cycle| cycle.ops.spelled() == 0), "{}", scenario.reason);
        }
    }
}
