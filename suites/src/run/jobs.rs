//! How many requests are at work at once: as many as was said, or as the service is seen to serve.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::Options;
use crate::backend::{Backend, CycleRequest, Gate};
use crate::script::ops::hold;
use crate::survey::{AtOnce, Survey};

/// The most requests that are at work at once where nobody has said how many.
const MOST: u32 = 16;

/// How many requests are to be at work at once.
pub(super) async fn chosen(backend: &Rc<dyn Backend>, survey: &Survey, options: &Options) -> u32 {
    match (survey.at_once, options.jobs) {
        (AtOnce::One, _) | (AtOnce::Unknown, None) => 1,
        (_, Some(jobs)) => jobs.max(1),
        (_, None) => served_at_once(backend, options.patience).await,
    }
}

/// How many of [`MOST`] requests of different browsers arrive at their gates before any of them is let through.
///
/// How long that is waited for is measured by the first arrival. Only the time of the run depends on it: a service that is
/// thought to serve fewer requests than it does is asked for longer.
async fn served_at_once(backend: &Rc<dyn Backend>, patience: Duration) -> u32 {
    let gates: Vec<Gate> = (0..MOST).map(|_| Gate::default()).collect();
    let held = gates.iter().map(|gate| {
        let request = CycleRequest {
            ops: vec![hold(GATE)],
            gates: BTreeMap::from([(GATE.to_owned(), gate.clone())]),
            ..CycleRequest::default()
        };
        let backend = Rc::clone(backend);
        tokio::task::spawn_local(async move { backend.cycle(request).await })
    });
    let held: Vec<_> = held.collect();
    let began = Instant::now();
    let arrivals = async {
        for gate in &gates {
            gate.arrival().await;
        }
    };
    let mut served = 0;
    if let Some(first) = gates.first()
        && timeout(patience, first.arrival()).await.is_ok()
    {
        let _ = timeout(began.elapsed() * 10 + Duration::from_millis(100), arrivals).await;
        served = gates.iter().filter(|gate| gate.has_arrived()).map(|_| 1).sum();
    }
    gates.iter().for_each(Gate::open);
    for held in held {
        let _ = timeout(patience, held).await;
    }
    served.max(1)
}

/// The gate at which the requests wait.
const GATE: &str = "jobs";
