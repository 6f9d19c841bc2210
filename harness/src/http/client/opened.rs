//! Connections that are opened for one request on purpose, and kept open beside those of other requests.

use std::pin::pin;
use std::time::Duration;

use reqwest::Request;
use sessionspec::backend::{BackendError, OpenConnection};
use tokio::time::{sleep, timeout};

use super::{Client, direct_client, exchange};
use crate::http::RawResponse;

/// How long a request over a new connection is waited for before the others are closed: a server may serve so many at a time, and
/// no more.
const CROWDED: Duration = Duration::from_secs(1);

/// So often a service may turn a connection away for the others that are open: it may notice late that they are closed.
const MOST_TURNED_AWAY: u32 = 6;

/// How long it is given to notice that, the first time; twice as long each time after that. Nothing tells when it has.
const NOTICE: Duration = Duration::from_millis(50);

/// How long a connection stays open that is kept open on purpose: longer than any script takes.
const OPEN: Duration = Duration::from_secs(24 * 60 * 60);

impl Client {
    /// Sends a request over a connection that is opened for it, and kept open.
    ///
    /// A server may serve one connection at a time, or few, and let the others wait or turn them away. That is no fault of its
    /// sessions: the others are closed then, from now on before another one is opened.
    pub(super) async fn send_over(
        &self,
        connection: &OpenConnection,
        request: Request,
    ) -> Result<RawResponse, BackendError> {
        if connection.is_alone() || self.habits.serves_few.get() {
            self.close_for(connection);
        }
        let has_others = connection.others() > 0 || self.used.get().is_some();
        let client = direct_client(&self.url, self.address.tls.as_ref(), 1, OPEN);
        let client =
            client.ok_or_else(|| BackendError::Internal("no connection can be opened".to_owned()))?;
        let mut answer = pin!(exchange(&client, request));
        let response = match timeout(CROWDED, &mut answer).await {
            Ok(response) => response,
            Err(_) => {
                self.habits.serves_few.set(has_others || self.habits.serves_few.get());
                self.close_for(connection);
                answer.await
            }
        };
        let is_turned_away = match &response {
            Err(BackendError::Dropped | BackendError::Unreachable(_)) => true,
            Ok(response) => response.status == 503,
            Err(_) => false,
        };
        let is_crowded = has_others || self.habits.serves_few.get();
        if is_turned_away && is_crowded && self.habits.turned_away.get() < MOST_TURNED_AWAY {
            let times = self.habits.turned_away.replace(self.habits.turned_away.get() + 1);
            self.habits.serves_few.set(true);
            self.close_for(connection);
            sleep(NOTICE * 2_u32.pow(times)).await;
            // Nobody knows whether the request was seen: the script is played again, with one connection at a time.
            return Err(BackendError::ConnectionLost);
        }
        connection.keep(client.clone());
        response
    }

    /// Closes all connections but this one.
    fn close_for(&self, connection: &OpenConnection) {
        connection.close_others();
        self.close_all();
    }
}
