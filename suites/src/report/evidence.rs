//! What a verdict rests on, as reports say it.

use serde::{Deserialize, Serialize};

use crate::play;

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How many scripts were played.
    pub scripts: usize,
    /// How many answers were compared; none where that may differ between identical runs. Then
    /// [`ThisRun`](super::ThisRun) has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comparisons: Option<usize>,
    /// How many requests were certainly at work at once, at most, where there was more than one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_once: Option<usize>,
}

impl Evidence {
    /// What a run has found, with the number of comparisons where that is the same in each run.
    pub(crate) fn of(found: play::Evidence, is_repeatable: bool) -> Self {
        let play::Evidence { scripts, comparisons, at_once } = found;
        Self { scripts, comparisons: is_repeatable.then_some(comparisons), at_once }
    }
}
