//! What a verdict rests on.

use super::Transcript;

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many scripts were played.
    pub scripts: usize,
    /// How many answers were compared.
    pub comparisons: usize,
    /// How many requests were certainly at work at once, at most, where there was more than one.
    pub at_once: Option<usize>,
}

impl Evidence {
    /// Takes a script into account that was played.
    pub(crate) fn add(&mut self, transcript: &Transcript, comparisons: usize) {
        self.scripts += 1;
        self.comparisons += comparisons;
        if transcript.at_once > 1 {
            self.at_once = self.at_once.max(Some(transcript.at_once));
        }
    }
}
