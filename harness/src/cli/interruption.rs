//! Ctrl-C and its relatives: they end the work, not the process, so that what was started is stopped as well.

use std::rc::Rc;
use std::time::Duration;

use rustix::process::Signal;
use sessionspec::Level;
use sessionspec::engine::report::CheckReport;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::CliError;
use super::fail_fast::FailFast;

/// What reports say of a run that was stopped.
const STOPPED: &str = "the run was stopped";

/// Told once that somebody wants the command to end, and true from then on.
#[derive(Clone)]
pub(super) struct Interruption {
    told: watch::Receiver<bool>,
    deadline: Option<Deadline>,
    fail_fast: Option<Rc<FailFast>>,
}

/// When it is too late, and how many seconds that was after the beginning.
#[derive(Clone, Copy)]
struct Deadline {
    at: Instant,
    seconds: f64,
}

impl Interruption {
    /// Listens to signals from now on.
    ///
    /// # Errors
    ///
    /// Where the system permits no handlers.
    pub(super) fn listen() -> Result<Self, CliError> {
        let listen = |kind| {
            signal(kind).map_err(|error| CliError::not_verified(format!("there are no signals: {error}")))
        };
        let mut interrupt = listen(SignalKind::interrupt())?;
        let mut terminate = listen(SignalKind::terminate())?;
        let mut hangup = listen(SignalKind::hangup())?;
        // A file that may not grow further is one that cannot be written, and no end of the process.
        drop(listen(SignalKind::from_raw(Signal::XFSZ.as_raw()))?);
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            tell.send_replace(true);
        });
        Ok(Self { told, deadline: None, fail_fast: None })
    }

    /// The same; so many seconds from now the command is to end, too.
    pub(super) fn or_after(&self, seconds: Option<f64>) -> Self {
        let deadline = seconds
            .map(|seconds| Deadline { at: Instant::now() + Duration::from_secs_f64(seconds), seconds });
        Self { deadline, ..self.clone() }
    }

    /// The same; the first failure of this level, or of a lower one, ends the work, too.
    pub(super) fn or_at_failure(&self, level: Option<Level>) -> Self {
        Self { fail_fast: level.map(|level| Rc::new(FailFast::new(level))), ..self.clone() }
    }

    /// Takes note of a check that has ended.
    pub(super) fn observe(&self, check: &CheckReport) {
        if let Some(fail_fast) = &self.fail_fast {
            fail_fast.observe(check);
        }
    }

    /// Ready when the command is to end.
    pub(super) async fn arrival(&self) {
        // The sender is dropped only after it has told, or with the runtime.
        let mut told = self.told.clone();
        let told = async { drop(told.wait_for(|told| *told).await) };
        let told = async {
            match &self.fail_fast {
                None => told.await,
                Some(fail_fast) => tokio::select! {
                    () = told => {}
                    () = fail_fast.failure() => {}
                },
            }
        };
        match self.deadline {
            None => told.await,
            Some(deadline) => tokio::select! {
                () = told => {}
                () = sleep_until(deadline.at) => {}
            },
        }
    }

    /// Whether the command is to end.
    pub(super) fn has_arrived(&self) -> bool {
        *self.told.borrow() || self.overdue().is_some() || self.has_failed()
    }

    /// Whether the work was to end with a failure, and did.
    pub(super) fn has_failed(&self) -> bool {
        self.fail_fast.as_ref().is_some_and(|fail_fast| fail_fast.has_failed())
    }

    /// After how many seconds it is over, if it is.
    fn overdue(&self) -> Option<f64> {
        self.deadline.filter(|deadline| deadline.at <= Instant::now()).map(|deadline| deadline.seconds)
    }

    /// What a report says of a run that was stopped, with what stopped it.
    pub(super) fn explain(&self, incomplete: &mut String) {
        if let (Some(fail_fast), STOPPED) = (&self.fail_fast, incomplete.as_str()) {
            fail_fast.explain(incomplete);
        }
        if let (Some(seconds), STOPPED) = (self.overdue(), incomplete.as_str()) {
            *incomplete = format!("{STOPPED}: its --deadline of {seconds} s was over");
        }
    }

    /// Why nothing was judged.
    pub(super) fn nothing_judged(&self) -> CliError {
        CliError::not_verified(match self.overdue() {
            Some(seconds) => format!("the --deadline of {seconds} s was over before anything was judged"),
            None => "stopped before anything was judged".to_owned(),
        })
    }

    /// Does this, unless somebody wants the command to end before it is done.
    pub(super) async fn or<T>(&self, work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
        tokio::select! {
            done = work => done,
            () = self.arrival() => Err(self.nothing_judged()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untold() -> (watch::Sender<bool>, Interruption) {
        let (tell, told) = watch::channel(false);
        (tell, Interruption { told, deadline: None, fail_fast: None })
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_ends_the_work_and_the_report_says_so() {
        let (_tell, untold) = untold();
        let interruption = untold.or_after(Some(2.5));
        assert!(!interruption.has_arrived());
        let forever = std::future::pending::<Result<(), CliError>>();
        let complaint = interruption.or(forever).await.unwrap_err();
        assert_eq!(complaint.message, "the --deadline of 2.5 s was over before anything was judged");
        assert!(interruption.has_arrived());
        let mut why = STOPPED.to_owned();
        interruption.explain(&mut why);
        assert_eq!(why, "the run was stopped: its --deadline of 2.5 s was over");
        let mut why = "the service is gone".to_owned();
        interruption.explain(&mut why);
        assert_eq!(why, "the service is gone");
    }

    #[tokio::test(start_paused = true)]
    async fn a_signal_ends_it_before() {
        let (tell, untold) = untold();
        let interruption = untold.or_after(Some(1e6));
        tell.send_replace(true);
        interruption.arrival().await;
        assert_eq!(interruption.nothing_judged().message, "stopped before anything was judged");
    }
}
