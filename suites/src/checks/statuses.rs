//! The statuses beside 200 with which requests end that change a session.
//!
//! What each of them has to keep is asked of each; where a status only brings about a situation, as in a race, one of its class
//! stands for the others: 302 for redirects, 404 for what a client did wrong, and 500 for what a server did. The suite `promises` meets
//! the others there.

/// Redirects beside 302.
pub(super) const OTHER_REDIRECTS: [u16; 4] = [301, 303, 307, 308];

/// Failures beside 404 and 500, each with its name. Frameworks answer many of them by themselves, with code of their own.
pub(super) const OTHER_FAILURES: [(u16, &str); 7] =
    [(400, "400"), (401, "401"), (403, "403"), (409, "409"), (422, "422"), (429, "429"), (503, "503")];
