//! How many requests are at work at once: as many as was said, or as many as make the run faster.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::Options;
use crate::backend::{Backend, Body, CycleRequest};
use crate::survey::{AtOnce, Survey};

/// The most requests that are at work at once where nobody has said how many.
const MOST: u32 = 16;

/// A service that answers within this time is tested in seconds anyway.
const AT_ONCE: Duration = Duration::from_millis(5);

/// How many requests are to be at work at once.
pub(super) async fn chosen(backend: &Rc<dyn Backend>, survey: &Survey, options: &Options) -> u32 {
    match (survey.at_once, options.jobs) {
        (AtOnce::One, _) | (AtOnce::Unknown, None) => 1,
        (_, Some(jobs)) => jobs.max(1),
        (_, None) => timeout(options.patience, worthwhile(backend)).await.unwrap_or(1),
    }
}

/// How many times as fast requests are answered that are sent together, compared with one after the other: as many at once
/// are worthwhile.
///
/// A service that only takes its time gains all that is asked for. One that is busy itself gains what its processors allow,
/// and more requests would only make each of them slower. Only the time of the run depends on this.
async fn worthwhile(backend: &Rc<dyn Backend>) -> u32 {
    let visit = || {
        let backend = Rc::clone(backend);
        async move { is_answered(&*backend).await }
    };
    let began = Instant::now();
    if !visit().await || began.elapsed() < AT_ONCE {
        return 1;
    }
    let began = Instant::now();
    for _ in 0..MOST / 4 {
        if !visit().await {
            return 1;
        }
    }
    let alone = began.elapsed() * 4;
    let mut most = 1;
    // The first of them open the connections.
    for _ in 0..2 {
        let began = Instant::now();
        let sent: Vec<_> = (0..MOST).map(|_| tokio::task::spawn_local(visit())).collect();
        for visit in sent {
            if !visit.await.unwrap_or(false) {
                return 1;
            }
        }
        let times = alone.div_duration_f64(began.elapsed().max(Duration::from_micros(1)));
        most = most.max(nearest_power_of_two(times));
    }
    most
}

/// The power of two that is nearest to this ratio, at most [`MOST`]. Scripts that race take two, four or eight requests, so that
/// with 15 of them at once one of eight would be played after the other.
fn nearest_power_of_two(times: f64) -> u32 {
    let mut power = 1;
    while power < MOST && times >= f64::from(power) * 1.5 {
        power *= 2;
    }
    power
}

/// Sends a request that leaves its session alone, and says whether the handler has answered it.
async fn is_answered(backend: &dyn Backend) -> bool {
    let response = backend.cycle(CycleRequest::default()).await;
    response.is_ok_and(|response| matches!(response.body, Body::Answers { .. }))
}

#[cfg(test)]
mod tests {
    use sessionspec_reference::Description;
    use sessionspec_reference::http::Headers;
    use tokio::sync::Semaphore;
    use tokio::task::LocalSet;

    use super::*;
    use crate::backend::{BackendError, CycleResponse, LocalBoxFuture};

    /// A service that takes so many milliseconds for an answer, and works on so many requests at once.
    struct Slow {
        takes: u64,
        at_once: Semaphore,
        status: u16,
    }

    impl Backend for Slow {
        fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
            Box::pin(async { Ok(Description::default()) })
        }

        fn cycle(&self, _: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
            Box::pin(async {
                let _turn = self.at_once.acquire().await;
                tokio::time::sleep(Duration::from_millis(self.takes)).await;
                let body = match self.status {
                    200 => Body::Answers { results: Vec::new(), save_error: None },
                    _ => Body::Other("too many requests".to_owned()),
                };
                Ok(CycleResponse { status: self.status, headers: Headers::default(), body })
            })
        }
    }

    /// The clock of these tests stands still while anything can go on.
    async fn jobs(takes: u64, at_once: usize, status: u16) -> u32 {
        let backend: Rc<dyn Backend> = Rc::new(Slow { takes, at_once: Semaphore::new(at_once), status });
        LocalSet::new().run_until(worthwhile(&backend)).await
    }

    #[tokio::test(start_paused = true)]
    async fn as_many_as_a_slow_service_works_on_at_once_are_worthwhile() {
        assert_eq!(jobs(20, 100, 200).await, 16);
        assert_eq!(jobs(20, 4, 200).await, 4);
        assert_eq!(jobs(20, 1, 200).await, 1);
    }

    #[test]
    fn what_was_measured_as_almost_sixteen_is_sixteen() {
        let measured = [0.4, 1.0, 1.4, 1.6, 2.9, 3.1, 5.9, 6.0, 11.9, 12.1, 15.3, 200.0];
        assert_eq!(measured.map(nearest_power_of_two), [1, 1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 16]);
    }

    #[tokio::test(start_paused = true)]
    async fn one_is_enough_where_answers_come_at_once_or_are_refused() {
        assert_eq!(jobs(1, 100, 200).await, 1);
        assert_eq!(jobs(20, 100, 429).await, 1);
    }
}
