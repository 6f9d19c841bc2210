//! Scripts that ask for less in an unusual spelling.

use crate::script::Script;

/// The script with nothing but usual spellings, and the scripts with one unusual one less.
pub(super) fn usual_spellings(script: &Script) -> Vec<Script> {
    let spelled = || {
        let cycles = script.cycles().enumerate();
        cycles.flat_map(|(cycle, it)| (0..it.ops.len()).map(move |at| (cycle, at))).filter(|(cycle, at)| {
            script.cycles().nth(*cycle).is_some_and(|cycle| cycle.ops.spelling(*at).is_some())
        })
    };
    let places: Vec<(usize, usize)> = spelled().collect();
    let all = (places.len() > 1).then(|| usual(script, &places));
    all.into_iter().chain(places.iter().map(|place| usual(script, std::slice::from_ref(place)))).collect()
}

/// The script in which the operations at these places of these cycles have their usual spelling.
fn usual(script: &Script, places: &[(usize, usize)]) -> Script {
    let mut candidate = script.clone();
    for (number, cycle) in candidate.cycles_mut().enumerate() {
        for (_, at) in places.iter().filter(|(cycle, _)| *cycle == number) {
            cycle.ops.spell(*at, None);
        }
    }
    candidate
}
