//! The evidence of a verdict: how much was played and compared.

use super::Transcript;

/// The evidence on which a verdict rests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many scripts were played.
    pub scripts: usize,
    /// How many answers were compared.
    pub comparisons: usize,
    /// The largest number of requests that were certainly at work at the same time, where it was more than one.
    pub at_once: Option<usize>,
}

impl Evidence {
    /// Adds a script that was played.
    pub(crate) fn add(&mut self, transcript: &Transcript, comparisons: usize) {
        self.add_script(transcript.at_once, comparisons);
    }

    /// Adds a script in which so many requests were certainly at work at the same time.
    pub(crate) fn add_script(&mut self, at_once: usize, comparisons: usize) {
        self.scripts += 1;
        self.comparisons += comparisons;
        if at_once > 1 {
            self.at_once = self.at_once.max(Some(at_once));
        }
    }
}
