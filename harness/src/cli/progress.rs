//! Shows on standard error how far a run has come: all the time where somebody watches, else now and then.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};

use sessionspec::engine::run::Event;
use tokio::task::JoinHandle;

use super::output::is_watched;

/// How often the line is written anew, so that its clock moves within a long check.
const TICK: Duration = Duration::from_millis(500);

/// How often a line is written where nobody watches, so that whoever looks at a log sees that something goes on.
const SELDOM: Duration = Duration::from_secs(30);

/// Back to the beginning of the line, and nothing on it any more.
const CLEAR: &str = "\r\u{1b}[2K";

/// How many characters a line has at most, so that it does not wrap.
const WIDTH: usize = 79;

/// A line that says how far a run has come. It is gone when this is dropped.
pub(super) struct Progress {
    state: Rc<RefCell<State>>,
    clock: JoinHandle<()>,
    is_watched: bool,
}

struct State {
    door: String,
    began: Instant,
    checks: usize,
    finished: usize,
    current: String,
    /// How many generated scripts of the current check were played, and of how many.
    cases: Option<(u32, u32)>,
}

impl Progress {
    /// It has to be called within a [`LocalSet`](tokio::task::LocalSet).
    pub(super) fn start(door: &str) -> Self {
        let is_watched = is_watched();
        let state = State {
            door: door.to_owned(),
            began: Instant::now(),
            checks: 0,
            finished: 0,
            current: "the survey".to_owned(),
            cases: None,
        };
        if is_watched {
            show(&state);
        }
        let state = Rc::new(RefCell::new(state));
        let shown = Rc::clone(&state);
        let clock = tokio::task::spawn_local(async move {
            loop {
                if is_watched {
                    tokio::time::sleep(TICK).await;
                    show(&shown.borrow());
                } else {
                    tokio::time::sleep(SELDOM).await;
                    let state = shown.borrow();
                    say(&format!("sessionspec: {}\n", state.line(state.began.elapsed())));
                }
            }
        });
        Self { state, clock, is_watched }
    }

    /// Takes note of an event.
    pub(super) fn observe(&self, event: &Event<'_>) {
        let mut state = self.state.borrow_mut();
        match event {
            Event::Planned { checks, .. } => state.checks = checks.len(),
            Event::Started(check) => {
                state.current = check.id.to_owned();
                state.cases = None;
            }
            // The clock shows it soon enough: a script takes less than a millisecond in-process.
            Event::Played { cases, of } => {
                state.cases = Some((*cases, *of));
                return;
            }
            Event::Finished(_) => state.finished += 1,
            _ => return,
        }
        if self.is_watched {
            show(&state);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clock.abort();
        clear();
    }
}

/// Takes the line away, where there may be one: something else is going to be said.
pub(super) fn clear() {
    if is_watched() {
        say(CLEAR);
    }
}

fn show(state: &State) {
    say(&format!("{CLEAR}{}", state.line(state.began.elapsed())));
}

impl State {
    fn line(&self, elapsed: Duration) -> String {
        let number = (self.finished + 1).min(self.checks);
        let of = if self.checks == 0 { String::new() } else { format!("{number} of {}, ", self.checks) };
        let before = format!("{}: {of}", self.door);
        let after = format!(", {}{}", seconds(elapsed), self.left(elapsed));
        let room = WIDTH.saturating_sub(before.chars().count() + after.chars().count());
        let cases = self.cases.map(|(cases, of)| format!(" (case {cases} of {of})")).unwrap_or_default();
        // A line that wraps could not be taken back. The name of the check is what can be missed most easily.
        let (cases, name_room) = match room.checked_sub(self.current.chars().count() + cases.chars().count())
        {
            Some(_) => (cases, room),
            None => {
                let cases = self.cases.map(|(cases, of)| format!(" ({cases}/{of})")).unwrap_or_default();
                let rest = room.saturating_sub(cases.chars().count());
                (cases, rest)
            }
        };
        let line = format!("{before}{}{cases}{after}", shortened(&self.current, name_room));
        line.chars().take(WIDTH).collect()
    }

    /// How long it may still take, once there is something to judge by.
    fn left(&self, elapsed: Duration) -> String {
        if self.finished < 3 || self.finished >= self.checks {
            return String::new();
        }
        let rest = u32::try_from(self.checks - self.finished).unwrap_or(u32::MAX);
        let finished = u32::try_from(self.finished).unwrap_or(u32::MAX);
        format!(", about {} left", seconds(elapsed * rest / finished))
    }
}

/// The beginning of a text in so many characters.
fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(room.saturating_sub(1)).collect();
    if room == 0 { beginning } else { format!("{beginning}…") }
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// Progress that cannot be shown is no reason to stop.
fn say(text: &str) {
    let mut stderr = std::io::stderr();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is_and_how_long_it_may_take() {
        let mut state = State {
            door: "http".to_owned(),
            began: Instant::now(),
            checks: 26,
            finished: 0,
            current: "minimum/persists".to_owned(),
            cases: None,
        };
        assert_eq!(state.line(Duration::from_secs(1)), "http: 1 of 26, minimum/persists, 1 s");
        state.cases = Some((40, 100));
        assert_eq!(
            state.line(Duration::from_secs(1)),
            "http: 1 of 26, minimum/persists (case 40 of 100), 1 s"
        );
        state.cases = None;
        state.finished = 13;
        assert_eq!(
            state.line(Duration::from_secs(70)),
            "http: 14 of 26, minimum/persists, 1 min 10 s, about 1 min 10 s left"
        );
        state.current = "x".repeat(100);
        assert_eq!(state.line(Duration::ZERO).chars().count(), 79);
        state.current = "concurrency/late-write-keeps-the-rotated-session".to_owned();
        state.cases = Some((40, 100));
        assert_eq!(
            state.line(Duration::from_secs(153)),
            "http: 14 of 26, concurrency/late-w… (40/100), 2 min 33 s, about 2 min 33 s left"
        );
    }
}
