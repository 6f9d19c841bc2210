//! How much has been done to make a failing script smaller, and whether that is enough.

use tokio::time::Instant;

use super::ShrinkBounds;
use crate::backend::BackendError;

/// How much has been done to make a failing script smaller.
pub(super) struct Budget {
    bounds: ShrinkBounds,
    began: Instant,
    runs: u32,
    /// Why no more is done.
    pub(super) stopped: Option<String>,
}

impl Budget {
    pub(super) fn begin(bounds: ShrinkBounds) -> Self {
        Self { bounds, began: Instant::now(), runs: 0, stopped: None }
    }

    /// Whether another script may be played, which then counts.
    pub(super) fn may_play(&mut self) -> bool {
        if self.stopped.is_none() {
            let ShrinkBounds { runs, time } = self.bounds;
            if self.runs >= runs {
                self.stopped = Some(format!(
                    "made smaller in {runs} runs, the most allowed: it may not be the smallest"
                ));
            } else if self.began.elapsed() >= time {
                let seconds = time.as_secs_f64();
                self.stopped = Some(format!(
                    "made smaller for {seconds} s, the most allowed: it may not be the smallest"
                ));
            }
        }
        self.runs += 1;
        self.stopped.is_none()
    }

    /// Nothing more can be played.
    pub(super) fn stop(&mut self, fault: &BackendError) {
        self.stopped = Some(format!("the service was gone while the script was made smaller: {fault}"));
    }
}
