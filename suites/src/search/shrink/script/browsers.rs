//! Scripts with the same cycles, of fewer browsers or of browsers with other names.

use std::collections::BTreeMap;

use crate::script::{Cycle, Script, Step};
use crate::search::generator::BROWSERS;

/// Scripts in which one browser does what two did.
pub(super) fn merge_browsers(script: &Script) -> Vec<Script> {
    let names = names(script);
    let pairs =
        names.iter().enumerate().flat_map(|(at, kept)| names[at + 1..].iter().map(move |gone| (kept, gone)));
    let merged = pairs.map(|(kept, gone)| with_names(script, |name| if name == *gone { kept } else { name }));
    merged.collect()
}

/// The script with the first names, in the order in which the browsers appear.
pub(super) fn rename_browsers(script: Script) -> Script {
    let names = names(&script);
    if names.len() > BROWSERS.len() || misnamed(&script) == 0 {
        return script;
    }
    let first_names: BTreeMap<&str, &str> = names.into_iter().zip(BROWSERS).collect();
    with_names(&script, |name| first_names.get(name).copied().unwrap_or(name))
}

/// How many browsers do not have the name that [`rename_browsers`] gives them.
pub(super) fn misnamed(script: &Script) -> usize {
    names(script).into_iter().zip(BROWSERS).filter(|(name, first_name)| name != first_name).count()
}

fn with_names<'a>(script: &'a Script, rename: impl Fn(&'a str) -> &'a str) -> Script {
    let steps = script.steps.iter().filter_map(|step| match step {
        Step::Cycle(cycle) => {
            Some(Step::Cycle(Cycle { browser: rename(&cycle.browser).to_owned(), ..cycle.clone() }))
        }
        Step::CopyCookies { from, to } => {
            let (from, to) = (rename(from).to_owned(), rename(to).to_owned());
            (from != to).then_some(Step::CopyCookies { from, to })
        }
        Step::Start(cycle) => {
            Some(Step::Start(Cycle { browser: rename(&cycle.browser).to_owned(), ..cycle.clone() }))
        }
        Step::Forge { from, to, with, forgery } => Some(Step::Forge {
            from: rename(from).to_owned(),
            to: rename(to).to_owned(),
            with: with.as_deref().map(|with| rename(with).to_owned()),
            forgery: forgery.clone(),
        }),
        Step::Release(_)
        | Step::Wait { .. }
        | Step::Launch { .. }
        | Step::Restart { .. }
        | Step::Apart { .. }
        | Step::Pause { .. }
        | Step::Wake { .. }
        | Step::Break { .. }
        | Step::Mend {}
        | Step::Flush {} => Some(step.clone()),
    });
    Script { steps: steps.collect() }
}

/// The browsers, in the order in which they appear.
pub(super) fn names(script: &Script) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for step in &script.steps {
        let appearing: [Option<&str>; 2] = match step {
            Step::Cycle(cycle) | Step::Start(cycle) => [Some(&cycle.browser), None],
            Step::CopyCookies { from, to } | Step::Forge { from, to, .. } => [Some(from), Some(to)],
            Step::Release(_)
            | Step::Wait { .. }
            | Step::Launch { .. }
            | Step::Restart { .. }
            | Step::Apart { .. }
            | Step::Pause { .. }
            | Step::Wake { .. }
            | Step::Break { .. }
            | Step::Mend {}
            | Step::Flush {} => [None, None],
        };
        for name in appearing.into_iter().flatten() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}
