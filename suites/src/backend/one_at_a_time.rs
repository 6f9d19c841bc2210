//! Sends one request after the other to a backend that serves one at a time. It would let the others wait anyway; a server that has
//! room for one connection lets them wait until that connection is closed, for as long as requests come over it.

use std::rc::Rc;

use sessionspec_reference::Description;
use tokio::sync::Mutex;

use super::{Backend, BackendError, CycleRequest, CycleResponse, LocalBoxFuture};

/// Wraps a backend that serves one request at a time.
pub(crate) fn one_at_a_time(backend: Rc<dyn Backend>) -> Rc<dyn Backend> {
    Rc::new(OneAtATime { backend, turn: Mutex::default() })
}

struct OneAtATime {
    backend: Rc<dyn Backend>,
    /// Whoever has it sends a request.
    turn: Mutex<()>,
}

impl Backend for OneAtATime {
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.backend)
    }

    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async {
            let _turn = self.turn.lock().await;
            self.backend.describe().await
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async {
            let _turn = self.turn.lock().await;
            self.backend.cycle(request).await
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A backend that counts how many requests it has at once.
    #[derive(Default)]
    struct Counting {
        now: Cell<usize>,
        most: Cell<usize>,
    }

    impl Backend for Counting {
        fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
            Box::pin(async { Ok(Description::default()) })
        }

        fn cycle(&self, _: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
            Box::pin(async {
                self.now.set(self.now.get() + 1);
                self.most.set(self.most.get().max(self.now.get()));
                tokio::task::yield_now().await;
                self.now.set(self.now.get() - 1);
                Err(BackendError::Dropped)
            })
        }
    }

    #[tokio::test]
    async fn requests_that_are_sent_together_come_one_after_the_other() {
        let counting = Rc::new(Counting::default());
        let sent = |backend: Rc<dyn Backend>| async move {
            let _ =
                tokio::join!(backend.cycle(CycleRequest::default()), backend.cycle(CycleRequest::default()));
        };
        sent(one_at_a_time(Rc::clone(&counting) as Rc<dyn Backend>)).await;
        assert_eq!(counting.most.replace(0), 1);
        sent(Rc::clone(&counting) as Rc<dyn Backend>).await;
        assert_eq!(counting.most.get(), 2);
    }
}
