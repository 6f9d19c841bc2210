//! Answers whose head and body come apart. A server that writes them one after the other on a kept connection makes TCP
//! wait: its second small packet is held back until the first one is acknowledged (Nagle's algorithm), and the client
//! acknowledges late. Each request then takes 40 ms on Linux, which makes a run ten times as long.

use std::time::Duration;

use super::findings::Findings;
use super::probe_client::ProbeClient;

/// How many requests are sent. The first acknowledgements on a connection are not delayed.
const ASKED: usize = 24;

/// How many of the last ones are judged.
const JUDGED: usize = 8;

/// What is no accident any more. A body that was sent with its head is there as soon as the head is, so that a busy
/// machine does not make this pause.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn examine(probe_client: &ProbeClient, findings: &mut Findings) {
    if probe_client.pauses(ASKED).await.is_some_and(|pauses| are_regular(&pauses)) {
        let note = "head and body of each answer come some 40 ms apart, which is TCP waiting for an acknowledgement: \
                    write them at once (in Python's http.server, one `wfile.write`), or set TCP_NODELAY; a run \
                    takes many times as long otherwise";
        findings.remark("slow answers", note);
    }
}

/// Whether none of the last answers came in one piece.
fn are_regular(pauses: &[Duration]) -> bool {
    let last = &pauses[pauses.len().saturating_sub(JUDGED)..];
    last.len() == JUDGED && last.iter().all(|pause| *pause >= PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(quick: usize, slow: usize) -> Vec<Duration> {
        let quick = std::iter::repeat_n(Duration::from_micros(30), quick);
        quick.chain(std::iter::repeat_n(Duration::from_millis(40), slow)).collect()
    }

    #[test]
    fn only_what_happens_each_time_is_a_habit_of_the_server() {
        assert!(are_regular(&pauses(16, 8)));
        assert!(are_regular(&pauses(0, 24)));
        assert!(!are_regular(&pauses(24, 0)));
        assert!(!are_regular(&pauses(0, 7)));
        let mut once_quick = pauses(0, 24);
        once_quick[20] = Duration::ZERO;
        assert!(!are_regular(&once_quick));
    }
}
