//! A step of a script: a request, or what happens between requests.

use serde::{Deserialize, Serialize};

use super::{Cycle, Forgery, StoreFault};

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Sends a request. The next step begins when it was answered, or when it has arrived at the first of its gates.
    Cycle(Cycle),
    /// Sends a request. The next step does not wait for it: it is answered after a release, or when the script ends.
    Start(Cycle),
    /// Opens the gate of this name to all cycles that wait there. The next step begins when each of them was answered,
    /// or has arrived at its next gate.
    Release(String),
    /// Gives one browser a copy of the cookies of another, so that a cookie outlives what its own browser drops.
    CopyCookies {
        /// The browser whose cookies are copied; its own stay as they are.
        from: String,
        /// The browser that gets them; what it had is gone.
        to: String,
    },
    /// Gives one browser forged cookies, made from those of another. It sends them until a response sets others.
    Forge {
        /// The browser whose cookies they are made from; its own stay as they are.
        from: String,
        /// The browser that gets them; what it had is gone.
        to: String,
        /// Another browser, where the forgery needs its cookies, too.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        with: Option<String>,
        /// How the cookies are made.
        forgery: Forgery,
    },
    /// Lets time pass before the next step.
    Wait {
        /// How much time passes, in seconds.
        seconds: f64,
    },
    /// Starts the backend once more. Later requests go to this new process. Where it does not start, the script ends.
    Launch {
        /// How long its permanent sessions live, in seconds.
        lifetime: f64,
    },
    /// Ends the process of the backend and starts it again, on the same store. Requests that are held are let go once the
    /// process was told to end. A script with such a step is played on a process of its own.
    Restart {
        /// How it is ended.
        by: Ending,
    },
    /// The script has so many nodes to itself: processes with the store of the backend, of which it may pause each. It is the
    /// first step, and later cycles name these nodes.
    Apart {
        /// How many there are.
        nodes: usize,
        /// How many seconds the clock of the last of them is ahead.
        #[serde(skip_serializing_if = "is_zero", default)]
        ahead: u32,
    },
    /// Stops a node in the middle of whatever it does, by SIGSTOP: it does nothing, and knows nothing of the time that passes.
    /// Requests that wait for it may take until it goes on.
    Pause {
        /// The node, counted from one.
        node: usize,
    },
    /// Lets a node go on that was stopped, by SIGCONT. What is still stopped in the end goes on before the last answers are
    /// awaited.
    Wake {
        /// The node, counted from one.
        node: usize,
    },
    /// Breaks the store, or the way between the backend and it, until it is mended. A script with such a step is played on a process
    /// of its own, and what is still broken in the end is mended before the last answers are awaited.
    Break {
        /// What is wrong from now on.
        fault: StoreFault,
    },
    /// Mends the store and the way to it. Requests that still wait are answered, or cut off, before the next step, and the backend
    /// gets some time to find its store again.
    Mend {},
    /// Empties the store, as somebody does who restarts one that keeps nothing.
    Flush {},
}

fn is_zero(seconds: &u32) -> bool {
    *seconds == 0
}

/// How a process is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It is asked to end, by SIGTERM, and may do what it has begun.
    Term,
    /// It is killed, by SIGKILL.
    Kill,
}

impl Ending {
    /// What happens, in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Term => "the service is stopped (TERM) and started again",
            Self::Kill => "the service is killed (KILL) and started again",
        }
    }
}
