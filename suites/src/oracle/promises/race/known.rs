//! What is not owed of a race since it is known.

use super::{Race, Request};
use crate::oracle::promises::Excused;

impl Race<'_> {
    /// Whether a named check says what is wrong with races like this one, and that is known.
    pub(super) fn is_excused(&self, excused: &Excused) -> bool {
        let all = || std::iter::once(&self.held).chain(&self.others);
        let writes = self.held.changes(&self.before);
        let mut named: Vec<&str> = Vec::new();
        if self.early.is_some() {
            let of_reads = ["concurrency/expired-while-held", "concurrency/read-does-not-resurrect"];
            return excused.ends() || of_reads.into_iter().any(|check| excused.knows(check));
        }
        if self.held.ends() {
            named.extend(["identity/destroy-removes", "concurrency/write-does-not-resurrect"]);
        }
        if self.held.rotates() {
            named.push("concurrency/write-does-not-revive-a-rotated-id");
        }
        if self.held.fails() {
            named.extend(["fault/consistent", "cookie/only-if-kept"]);
        }
        named.extend(self.held.changes_inside().then_some("fidelity/not-aliased"));
        named.extend(self.held.redirects().then_some("fault/redirects-are-saved"));
        if self.others.iter().any(Request::ends) {
            let by_a_write = ["concurrency/write-does-not-resurrect", "concurrency/clear-against-set"];
            named.push("concurrency/read-does-not-resurrect");
            named.extend(by_a_write.into_iter().filter(|_| writes));
        }
        if !writes {
            named.push("concurrency/read-does-not-undo-a-write");
            named.extend(self.was_permanent.then_some("concurrency/refresh-does-not-undo-a-write"));
        }
        if all().any(Request::rotates) {
            named.extend([
                "concurrency/two-rotations",
                "concurrency/late-write-keeps-the-rotated-session",
                "concurrency/write-does-not-revive-a-rotated-id",
                "concurrency/rotation-keeps-waiters",
                "identity/rotation-gives-a-new-id",
                "identity/rotation-keeps-the-data",
                "identity/rotation-ends-the-old-id",
            ]);
        }
        if all().any(|request| request.permanent().is_some()) {
            named.push("concurrency/permanent-and-data");
        }
        named.extend(self.before.is_empty().then_some("concurrency/first-requests"));
        named.extend([
            "concurrency/all-or-nothing",
            "concurrency/last-write-is-kept",
            "concurrency/serialised",
        ]);
        named.into_iter().any(|check| excused.knows(check))
    }
}
