//! Why each clause of the contract matters: what its breach does to users, applications or operators.

/// What a breach of this clause leads to, in a sentence or two; none for a clause of another version of the contract.
pub(crate) fn why(clause: &str) -> Option<&'static str> {
    WHY.iter().find(|(name, _)| *name == clause).map(|(_, why)| *why)
}

const WHY: &[(&str, &str)] = &[
    (
        "situations.any",
        "A promise that holds in a test and not behind a redirect, or beside another cookie, is broken for users.",
    ),
    ("open.empty", "A visitor who never was here would begin with somebody's data."),
    ("open.isolated", "One user would see or change what belongs to another one."),
    ("save.persists", "Users lose what they did: a basket, a login, a half-filled form."),
    (
        "save.each-mutator",
        "An application that uses this one way to change a session loses the change without an error, and its tests, \
         which mostly set items, do not show it.",
    ),
    (
        "save.any-connection",
        "Behind a server of several processes, users lose their session with every connection that comes to another one, and \
         a test over one connection does not show it.",
    ),
    (
        "save.redirects",
        "Most forms and logins end in a redirect: what they changed would be lost, and only there.",
    ),
    (
        "save.without-body",
        "A page that logs in or out by a script, or marks something as read, is answered without a body: what it changed would \
         be lost, and only there.",
    ),
    (
        "mapping.reads-back",
        "Code that treats the session as a mapping takes wrong decisions within the request.",
    ),
    (
        "permanent.boolean",
        "An application that branches on `permanent` meets an error or a value that it does not expect.",
    ),
    (
        "permanent.settable",
        "An application cannot rely on what it has just decided about the session's lifetime.",
    ),
    (
        "permanent.persists",
        "A \"remember me\" is forgotten, or a session lasts on a shared computer although its user did not want that.",
    ),
    ("permanent.items", "A choice about the lifetime changes data that the application reads."),
    (
        "modified.boolean",
        "Code that decides by `modified` whether to save meets a value that it does not expect.",
    ),
    (
        "modified.one-mode",
        "Whether a session is saved would depend on chance, and so would lost changes and needless writes.",
    ),
    (
        "modified.after-change",
        "Extensions and middleware that look at `modified` do not save what was changed.",
    ),
    ("modified.stays", "A change would be dropped because of something that was done after it."),
    (
        "modified.settable",
        "An application has no way to say that it changed something inside of a value, and that change is lost.",
    ),
    ("new.boolean", "Code that decides by `new` meets a value that it does not expect."),
    ("new.saved", "A returning visitor is greeted, counted or set up as a new one on each request."),
    (
        "null.refuses",
        "A service without its secret key or store would seem to work, and lose everything silently.",
    ),
    (
        "cookie.http-only",
        "A script that an attacker gets into a page can read the session's cookie and take the session over.",
    ),
    (
        "cookie.same-site",
        "Browsers differ in what they do without it, and a foreign page can send requests within the session.",
    ),
    (
        "cookie.secure",
        "The cookie travels over http in the clear, where anybody on the way can read it and take the session over.",
    ),
    ("cookie.path", "The browser drops the cookie or does not send it back, so that no session ever lasts."),
    (
        "cookie.untouched",
        "Pages that have nothing to do with the session cannot be cached, and each answer of an old request can undo \
         what a newer one has set.",
    ),
    (
        "cookie.read",
        "Two tabs that are open at once overwrite each other's cookies although one of them only reads.",
    ),
    ("cookie.once", "Browsers and proxies differ in which of the two they keep."),
    (
        "cookie.permanent",
        "Users are logged out earlier than was promised to them, or stay logged in for longer.",
    ),
    ("cookie.browser-session", "A session lives on after the browser was closed, also on a shared computer."),
    (
        "cookie.together",
        "The browser drops a session that the server still keeps: active users are logged out.",
    ),
    (
        "cookie.removal",
        "The browser keeps a cookie that the server believes to be gone, so that a logout does nothing there.",
    ),
    (
        "cookie.removal-attributes",
        "Some browsers refuse to let a weaker cookie replace a stronger one, and keep the old one.",
    ),
    (
        "cookie.vary",
        "A shared cache may hand the page of one user to another one, or one user's cookie to everybody.",
    ),
    (
        "cookie.every-response",
        "A response of code that has its own way with cookies, such as a redirect, is the one place where a cookie can be read, \
         cached or lost.",
    ),
    ("cookie.vary-merged", "A cache may hand out a page in another language or encoding than was asked for."),
    (
        "cookie.others",
        "The application's own cookies get lost, or keep the session's cookie from the browser.",
    ),
    (
        "cookie.strangers",
        "A user who has met an advertisement, or an old version of the site, is logged out for as long as its cookie lives.",
    ),
    ("cookie.size", "The browser drops the cookie, and the user loses the whole session, without any error."),
    ("cookie.kept", "The browser holds a cookie for a session that the server does not have."),
    (
        "identity.unknown",
        "This is session fixation: an attacker chooses an id, gets a victim to use it, and shares the session after \
         the victim has logged in.",
    ),
    (
        "identity.stale",
        "Whoever kept an old id gets a session under it that the next user of that id may share.",
    ),
    ("identity.readers", "Anybody, crawlers included, can fill the store with empty sessions."),
    ("identity.unique", "Two users would share one session."),
    ("identity.unpredictable", "An attacker can guess the ids of other users and take their sessions over."),
    (
        "identity.rotation",
        "An id that was known before the login stays good after it: whoever planted or saw it is logged in, too. Or \
         the user loses their data by logging in.",
    ),
    ("identity.rotation-failure", "An error at the wrong moment logs the user out, or loses what they had."),
    ("identity.rotation-dead", "A session that was ended comes back, so that a logout can be undone."),
    ("identity.destroy", "A logout does not end the session: whoever has the old cookie is still logged in."),
    ("identity.destroy-write", "What is written after a logout can be read by whoever has the old cookie."),
    ("identity.destroy-again", "A second click on the logout button ends in an error."),
    ("forgery.parts", "Whoever knows a part of a cookie, or none of its signature, has the session."),
    ("forgery.signed", "Whoever has a session of their own can write another user's name into it."),
    (
        "forgery.harmless",
        "An attacker who alters a cookie gets data that are not theirs, or makes the service fail.",
    ),
    (
        "expiry.window",
        "Users are logged out too early, or a stolen or forgotten session works for longer than was promised.",
    ),
    ("expiry.dead", "A session that has ended comes back: the lifetime is no limit any more."),
    ("expiry.permanent", "A request that says nothing about the lifetime shortens or lengthens it."),
    ("expiry.id", "Whoever has the id of an ended session shares the next session that is opened under it."),
    (
        "expiry.use",
        "Active users are logged out while they work, or idle sessions last for as long as somebody polls.",
    ),
    ("expiry.own", "A lifetime that was set for safety is not kept; one of zero may even mean for ever."),
    (
        "fidelity.values",
        "Data change on the way without an error, and the application computes with wrong values.",
    ),
    (
        "fidelity.aliases",
        "A change that one request makes to a value of its own shows up in other requests or other sessions.",
    ),
    (
        "fault.consistent",
        "Whether a change survives a failed request depends on details that an application cannot know.",
    ),
    ("concurrency.ended", "A slow request that began before a logout undoes the logout when it is saved."),
    (
        "concurrency.rotated",
        "A slow request brings an id back that was replaced at the login, and an attacker may know that id.",
    ),
    (
        "concurrency.readers",
        "A page that only reads, as a poll in the background, silently undoes what the user did meanwhile.",
    ),
    (
        "concurrency.rotations",
        "Two tabs that log in or refresh at the same moment leave the user logged out.",
    ),
    ("concurrency.whole", "Two requests at once leave a mixture that neither of them would have left alone."),
    ("concurrency.last", "A change is lost although its request was answered as if it had been saved."),
    (
        "concurrency.serialised",
        "A change is lost although the backend waits for the other request, or one error blocks a user for good.",
    ),
    (
        "concurrency.outwaited",
        "A request that has waited for too long begins an empty session, and what the user had is gone.",
    ),
    ("concurrency.strangers", "One slow request makes everybody wait."),
    ("concurrency.expired", "A slow request brings back a session that has ended."),
    ("concurrency.history", "Under load, sessions show states that no order of the requests explains."),
    ("nodes.saved", "A browser loses what it did whenever its next request comes to another process."),
    (
        "nodes.ended",
        "A logout ends the session in one process of several: whoever has the old cookie only has to ask another one.",
    ),
    ("nodes.expiry", "A session that has ended in one process goes on in another, or ends there too early."),
    (
        "nodes.overlap",
        "What a lock or a mark in one process keeps apart is mixed up by two: tests with one process do not show it.",
    ),
    (
        "nodes.clocks",
        "The clock of one machine is wrong for a while, and users are logged out by it, or find again what they had changed.",
    ),
    (
        "nodes.paused",
        "A process stands still for a moment, as in a pause of its virtual machine, and then overwrites what another saved.",
    ),
    ("nodes.ids", "Two users whose sessions began in two processes share one session."),
    (
        "beside.data",
        "A browser that is at two applications finds in one what it did in the other, or loses it there.",
    ),
    (
        "beside.ids",
        "A user of one application is in the session of somebody who uses another one over the same store.",
    ),
    ("beside.ended", "Who logs out of one application is logged out of another, and loses what was there."),
    ("beside.expiry", "A session that ends in one application takes the one in another along."),
    (
        "beside.cookie",
        "Whoever may choose what a session holds in one application, as its user number, has a cookie that another one believes.",
    ),
    (
        "restart.usable",
        "After a deployment, every visitor who was there before gets an error until their cookie ends.",
    ),
    (
        "restart.kept",
        "Every deployment, or the crash of one process, logs users out and loses what they did.",
    ),
    ("restart.ended", "A restart undoes logouts: whoever kept an old cookie is logged in again."),
    ("restart.ids", "A visitor who comes back after a restart is in the session of somebody else."),
    ("restart.free", "One worker that is killed locks its user out until somebody removes the lock by hand."),
    ("restart.whole", "A killed request leaves a session in a state that no request has meant."),
    (
        "outage.usable",
        "The store is back after a minute, and the service is down until somebody wakes up and restarts it.",
    ),
    ("outage.slow", "A slow network logs users out, or shows them errors that nobody can reproduce."),
    (
        "outage.silent",
        "Requests pile up behind a store that says nothing, until no page is served any more, with or without a session.",
    ),
    (
        "outage.kept",
        "A restart of Redis takes seconds. Whoever sends a request meanwhile is logged out for good, and loses what they did.",
    ),
    (
        "outage.answered",
        "The user sees that it was saved, and it was not: nobody knows that it has to be done again.",
    ),
    ("outage.whole", "A cut connection leaves a session in a state that no request has meant."),
    (
        "outage.ended",
        "The user sees that they are logged out, and whoever has their cookie is still logged in.",
    ),
    (
        "outage.closed",
        "While the store is down, users have the sessions of others, or sessions that were ended.",
    ),
    (
        "outage.vanished",
        "Whoever has planted an id shares the session that its victim begins after the store was emptied.",
    ),
    ("claims.true", "Users choose and configure a backend by what it says of itself."),
    (
        "glue.old-app",
        "The extension has no effect on an old application, which goes on with its own sessions.",
    ),
    (
        "glue.new-app",
        "The extension has no effect on a new application, which goes on with its own sessions.",
    ),
    (
        "glue.unpatched",
        "A new application that sets its interface later still uses the one that was patched in.",
    ),
    ("glue.late-binding", "An interface that is set later, as in a test, is ignored."),
    ("glue.errors", "An error of the store is swallowed, and the application goes on as if it had saved."),
    ("glue.stand-ins", "Applications and extensions that read these attributes fail on an old framework."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use sessionspec::engine::contract;

    #[test]
    fn every_clause_has_its_reason_and_every_reason_its_clause() {
        let clauses: Vec<&str> = contract::clauses().map(|(name, _)| name).collect();
        let explained: Vec<&str> = WHY.iter().map(|(name, _)| *name).collect();
        assert_eq!(explained, clauses, "why.rs lists the clauses of CONTRACT.md in their order");
    }
}
