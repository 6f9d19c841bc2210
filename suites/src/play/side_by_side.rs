//! Work that goes on side by side, and whose results are taken in the order in which it began.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

type Work<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Work that goes on side by side. It goes on only while somebody waits for [`next`](Self::next) or
/// [`all_ended`](Self::all_ended).
pub(crate) struct SideBySide<'a, T> {
    begun: VecDeque<Begun<'a, T>>,
}

enum Begun<'a, T> {
    Going(Work<'a, T>),
    Ended(T),
}

impl<'a, T> SideBySide<'a, T> {
    /// Nothing is going on yet.
    pub(crate) fn new() -> Self {
        Self { begun: VecDeque::new() }
    }

    /// How much was begun of which nobody has taken the result.
    pub(crate) fn len(&self) -> usize {
        self.begun.len()
    }

    /// Begins something more.
    pub(crate) fn begin(&mut self, work: impl Future<Output = T> + 'a) {
        self.begun.push_back(Begun::Going(Box::pin(work)));
    }

    /// The result of what was begun first of all that is left, when it has ended; none where nothing is left.
    pub(crate) async fn next(&mut self) -> Option<T> {
        poll_fn(|context| {
            self.go_on(context);
            match self.begun.pop_front() {
                Some(Begun::Ended(result)) => Poll::Ready(Some(result)),
                Some(going) => {
                    self.begun.push_front(going);
                    Poll::Pending
                }
                None => Poll::Ready(None),
            }
        })
        .await
    }

    /// Waits until all of it has ended: what was begun is not broken off. The results stay.
    pub(crate) async fn all_ended(&mut self) {
        poll_fn(|context| {
            self.go_on(context);
            let is_going = self.begun.iter().any(|begun| matches!(begun, Begun::Going(_)));
            if is_going { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    fn go_on(&mut self, context: &mut Context<'_>) {
        for begun in &mut self.begun {
            if let Begun::Going(work) = begun
                && let Poll::Ready(result) = work.as_mut().poll(context)
            {
                *begun = Begun::Ended(result);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn results_come_in_the_order_in_which_the_work_began() {
        let (first, wait) = oneshot::channel();
        let mut work = SideBySide::new();
        work.begin(async move { wait.await.unwrap() });
        work.begin(async move {
            // The second goes on while the first one waits for it.
            first.send(1).unwrap();
            2
        });
        assert_eq!(work.len(), 2);
        assert_eq!((work.next().await, work.next().await, work.next().await), (Some(1), Some(2), None));
    }
}
