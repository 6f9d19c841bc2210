//! Says where a service listens that is waited for at another port: one that ignores the port which it is given would be waited
//! for in silence, until it is given up.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::{Future, pending};
use std::time::Duration;

use tokio::time::{Instant, interval_at};

use super::tell;
use crate::launch::Mark;

/// How long is waited before anything is said: most services listen by then.
const SOON: Duration = Duration::from_secs(3);

/// How often is looked from then on.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Waits for the service with this mark to be started; meanwhile it is said where its processes listen. It is not given up for
/// that: they may listen for another purpose first.
pub(super) async fn starting<T>(mark: &Mark, start: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        started = start => started,
        never = watch(mark) => match never {},
    }
}

async fn watch(mark: &Mark) -> Infallible {
    let mut looks = interval_at(Instant::now() + SOON, LOOK_AGAIN);
    let mut before = BTreeSet::new();
    loop {
        looks.tick().await;
        let now = mark.listens_at();
        // Where it listens as it should, it is started before it is looked at again.
        let still: Vec<String> = now.intersection(&before).map(ToString::to_string).collect();
        if !still.is_empty() {
            tell(format_args!(
                "sessionspec: the service has to listen on 127.0.0.1, on the port that it gets as {{port}} and in PORT; \
                 so far it listens on {}",
                still.join(", ")
            ));
            return pending().await;
        }
        before = now;
    }
}
