//! How much may be done to make a failing value small, and how much has been done.

use std::time::Duration;

use tokio::time::Instant;

use crate::backend::BackendError;

/// How much may be done, at most, to make a failing script small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkBounds {
    /// The number of scripts that are played for it.
    pub runs: u32,
    /// The time that it may take.
    pub time: Duration,
}

impl Default for ShrinkBounds {
    /// 2000 scripts and 30 seconds: in-process the first is never reached, over HTTP the second seldom.
    fn default() -> Self {
        Self { runs: 2000, time: Duration::from_secs(30) }
    }
}

/// How much has been done so far.
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

    /// Whether one more script may be begun, while so many are being played that are not counted yet.
    pub(super) fn has_room_for(&self, begun: usize) -> bool {
        let ShrinkBounds { runs, time } = self.bounds;
        let begun = u32::try_from(begun).unwrap_or(u32::MAX);
        self.stopped.is_none() && self.runs.saturating_add(begun) < runs && self.began.elapsed() < time
    }

    /// Whether another script may be played. That script is counted.
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

    /// Nothing more can be played, because of this fault.
    pub(super) fn stop(&mut self, fault: &BackendError) {
        self.stopped = Some(format!("the service was gone while the script was made smaller: {fault}"));
    }
}
