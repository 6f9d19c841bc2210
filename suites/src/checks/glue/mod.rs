//! The `glue` suite: one extension serves applications with two hooks (Flask 0.7) and with an interface (0.8).
//!
//! It is in-process: what is under test is the function that puts an interface into an application. Each check puts a
//! marked interface into an application and looks at what answers.

use std::rc::Rc;

use sessionspec_reference::http::{Request, Response};
use sessionspec_reference::legacy::App;
use sessionspec_reference::{Error, Map, Memory, MemorySession, Result, Session, SessionInterface};

use crate::backend::Glue;
use crate::checks::{Check, Fact, GlueFinding, Harm, Test};
use crate::level::Level;

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "glue/serves-old-apps",
        level: Level::Minimum,
        harm: Harm::Correctness,
        clause: "glue.old-app",
        promise: "On an application with two hooks, the glue makes both use the interface.",
        source: "Flask 0.7, Flask.open_session and Flask.save_session",
        applies: &[],
        relies: &[],
        test: Test::Glue(|glue| Box::pin(serves(glue, old_app, "an application of 0.7"))),
    },
    Check {
        id: "glue/serves-new-apps",
        level: Level::Minimum,
        harm: Harm::Correctness,
        clause: "glue.new-app",
        promise: "On an application with a session_interface, the glue sets it.",
        source: "Flask 0.8, Flask.session_interface",
        applies: &[],
        relies: &[],
        test: Test::Glue(|glue| Box::pin(serves(glue, new_app, "an application of 0.8"))),
    },
    Check {
        id: "glue/leaves-new-apps-unpatched",
        level: Level::Minimum,
        harm: Harm::Correctness,
        clause: "glue.unpatched",
        promise: "On an application with a session_interface, the glue replaces no hook.",
        source: "Flask 0.8, Flask.session_interface",
        applies: &[],
        relies: &[Fact::of("glue/serves-new-apps", "")],
        test: Test::Glue(|glue| Box::pin(leaves_new_apps_unpatched(glue))),
    },
    Check {
        id: "glue/binds-late",
        level: Level::Minimum,
        harm: Harm::Correctness,
        clause: "glue.late-binding",
        promise: "The patched hooks look the interface up when they are called: one that is set later takes effect.",
        source: "Flask 0.8, which made the interface an attribute for this reason",
        applies: &[],
        relies: &[Fact::of("glue/serves-old-apps", "")],
        test: Test::Glue(|glue| Box::pin(binds_late(glue))),
    },
    Check {
        id: "glue/passes-errors-on",
        level: Level::Minimum,
        harm: Harm::Correctness,
        clause: "glue.errors",
        promise: "What the interface refuses reaches the application through the hooks.",
        source: "Flask 0.7, Flask.save_session",
        applies: &[],
        relies: &[Fact::of("glue/serves-old-apps", "")],
        test: Test::Glue(|glue| Box::pin(passes_errors_on(glue))),
    },
];

/// Twice, since one process may have two applications.
async fn serves(
    glue: Glue,
    app: fn() -> Rc<App<MemorySession>>,
    on: &'static str,
) -> Result<usize, GlueFinding> {
    let mut comparisons = 0;
    for _ in 0..2 {
        let app = app();
        glue(&app, Rc::new(Marked("first")));
        let seen = marks(&app).await;
        comparisons += expect_marks("interface-not-used", on, ["first", "first"], seen)?;
    }
    Ok(comparisons)
}

async fn leaves_new_apps_unpatched(glue: Glue) -> Result<usize, GlueFinding> {
    let app = new_app();
    glue(&app, Rc::new(Marked("first")));
    if app.is_patched() {
        return Err(GlueFinding {
            reason: "patched",
            done: "the glue was given an application of 0.8",
            expected: "hooks that nobody has replaced".to_owned(),
            seen: "replaced hooks".to_owned(),
        });
    }
    Ok(1)
}

async fn binds_late(glue: Glue) -> Result<usize, GlueFinding> {
    let app = old_app();
    glue(&app, Rc::new(Marked("first")));
    app.set_session_interface(Rc::new(Marked("second")));
    let seen = marks(&app).await;
    expect_marks(
        "bound-early",
        "an application of 0.7 whose interface was replaced afterwards",
        ["second", "second"],
        seen,
    )
}

async fn passes_errors_on(glue: Glue) -> Result<usize, GlueFinding> {
    let app = old_app();
    glue(&app, Rc::new(Failing));
    let opened = app.open_session(&Request::default()).await.err();
    let mut session = some_session().await;
    let saved = app.save_session(&mut session, &mut Response::default()).await.err();
    let errors = [opened, saved];
    if let [Some(_), Some(_)] = errors {
        return Ok(2);
    }
    let outcome = |error: &Option<Error>| error.as_ref().map_or("no error".to_owned(), Error::to_string);
    Err(GlueFinding {
        reason: "swallowed",
        done: "an application of 0.7 was given an interface that fails to open and to save",
        expected: "an error from both hooks".to_owned(),
        seen: format!("open: {}; save: {}", outcome(&errors[0]), outcome(&errors[1])),
    })
}

fn old_app() -> Rc<App<MemorySession>> {
    App::with_hooks()
}

fn new_app() -> Rc<App<MemorySession>> {
    App::with_interface(Rc::new(Marked("built in")))
}

async fn some_session() -> MemorySession {
    let opened = Memory::default().open_session(&Request::default()).await;
    opened.ok().flatten().expect("the reference opens a session for every request")
}

/// Which interface opened a session of this application, and which one saved it.
async fn marks(app: &Rc<App<MemorySession>>) -> [String; 2] {
    let opened = match app.open_session(&Request::default()).await {
        Ok(Some(mut session)) => match session.get("opened by").await {
            Ok(Some(mark)) => mark.as_str().unwrap_or_default().to_owned(),
            _ => "nobody".to_owned(),
        },
        Ok(None) => "nobody".to_owned(),
        Err(error) => error.to_string(),
    };
    let mut response = Response::default();
    let saved = match app.save_session(&mut some_session().await, &mut response).await {
        Ok(()) => response
            .headers
            .all("Saved-By")
            .next()
            .map_or("nobody".into(), String::from_utf8_lossy)
            .into_owned(),
        Err(error) => error.to_string(),
    };
    [opened, saved]
}

fn expect_marks(
    reason: &'static str,
    done: &'static str,
    wanted: [&str; 2],
    seen: [String; 2],
) -> Result<usize, GlueFinding> {
    if seen == wanted {
        return Ok(2);
    }
    let sentence = |[opened, saved]: [&str; 2]| format!("opened by {opened}, saved by {saved}");
    Err(GlueFinding { reason, done, expected: sentence(wanted), seen: sentence([&seen[0], &seen[1]]) })
}

/// An interface that leaves its mark on what it opens and on what it saves.
struct Marked(&'static str);

impl SessionInterface for Marked {
    type Session = MemorySession;

    async fn open_session(&self, request: &Request) -> Result<Option<MemorySession>> {
        let mut session = Memory::default().open_session(request).await?;
        if let Some(session) = &mut session {
            session.update(Map::from_iter([("opened by".to_owned(), self.0.into())])).await?;
        }
        Ok(session)
    }

    async fn save_session(&self, _session: &mut MemorySession, response: &mut Response) -> Result<()> {
        response.headers.append("Saved-By", self.0);
        Ok(())
    }
}

/// An interface whose store is out of reach.
struct Failing;

impl SessionInterface for Failing {
    type Session = MemorySession;

    async fn open_session(&self, _request: &Request) -> Result<Option<MemorySession>> {
        Err(Error::store("out of reach"))
    }

    async fn save_session(&self, _session: &mut MemorySession, _response: &mut Response) -> Result<()> {
        Err(Error::store("out of reach"))
    }
}
