//! A backend of which is taken down what stands in front of it.

use std::rc::Rc;

use sessionspec_reference::Description;

use super::{
    Backend, BackendError, CycleRequest, CycleResponse, Foreign, Front, LARGEST_HEAD, LocalBoxFuture,
    MOST_FIELDS,
};
use crate::script::Processes;

/// The same backend, of which is taken down what stands in front of it.
pub(crate) fn fronted(backend: Rc<dyn Backend>, front: &Rc<Front>) -> Rc<dyn Backend> {
    Rc::new(Fronted { backend, front: Rc::clone(front) })
}

/// A response with a head that no client reads to its end is none, through whichever door it came.
fn as_clients_read_it(response: CycleResponse) -> Result<CycleResponse, BackendError> {
    let lines = || response.headers.iter().map(|(name, value)| name.len() + value.len() + ": \r\n".len());
    let is_read = lines().sum::<usize>() <= LARGEST_HEAD && lines().count() <= MOST_FIELDS;
    if is_read { Ok(response) } else { Err(BackendError::HeadTooLarge) }
}

struct Fronted {
    backend: Rc<dyn Backend>,
    front: Rc<Front>,
}

impl Backend for Fronted {
    fn inner(&self) -> Option<&dyn Backend> {
        Some(&*self.backend)
    }

    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        self.backend.describe()
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            let ops = request.ops.clone();
            let response = self.backend.cycle(request).await.and_then(as_clients_read_it);
            self.front.note(&ops, &response, self.backend.now());
            response
        })
    }

    fn breathe(&self) -> LocalBoxFuture<'_, ()> {
        Box::pin(self.front.breathe())
    }

    fn foreign_cookies(&self) -> Foreign {
        self.front.foreign()
    }

    fn beside(&self) -> Option<Rc<dyn Backend>> {
        self.backend.beside().map(|other| fronted(other, &self.front.beside()))
    }

    fn on_virtual_time(&self) -> LocalBoxFuture<'_, Option<Rc<dyn Backend>>> {
        Box::pin(async { Some(fronted(self.backend.on_virtual_time().await?, &self.front)) })
    }

    fn apart(&self, wanted: Processes) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { Ok(fronted(self.backend.apart(wanted).await?, &self.front)) })
    }

    fn with_lifetime(&self, seconds: f64) -> LocalBoxFuture<'_, Result<Rc<dyn Backend>, String>> {
        Box::pin(async move { Ok(fronted(self.backend.with_lifetime(seconds).await?, &self.front)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Body;
    use sessionspec_reference::http::Headers;

    #[test]
    fn a_head_has_a_largest_size_and_a_largest_number_of_fields() {
        let read = |fields: usize, bytes: usize| {
            let mut headers = Headers::default();
            for _ in 0..fields {
                headers.append("Set-Cookie", vec![b'x'; bytes]);
            }
            let body = Body::Other(String::new());
            as_clients_read_it(CycleResponse { status: 200, headers, body }).err()
        };
        assert_eq!(read(1, LARGEST_HEAD - 20), None);
        assert_eq!(read(1, LARGEST_HEAD), Some(BackendError::HeadTooLarge));
        assert_eq!(read(2, LARGEST_HEAD / 2), Some(BackendError::HeadTooLarge));
        assert_eq!(read(MOST_FIELDS, 1), None);
        assert_eq!(read(MOST_FIELDS + 1, 1), Some(BackendError::HeadTooLarge));
    }
}
