//! Flask 0.7's two hooks, and the glue with which one extension serves old and new applications.
//!
//! Before 0.8 an application had no `session_interface`: extensions replaced its functions `open_session` and
//! `save_session`. An extension that serves both looks whether the application has the attribute. Where it has, the
//! attribute is set and nothing else is touched. Where it has not, the two functions are replaced by some that look
//! the attribute up *when they are called*, so that an interface which is set later takes effect there, too.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};

use crate::description::Description;
use crate::error::{Error, Result};
use crate::http::{Request, Response};
use crate::interface::{Session, SessionInterface};

/// A future that stays on its thread.
pub type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What opens a session in an application of Flask 0.7 (`app.open_session`).
pub type OpenHook<S> = Rc<dyn for<'a> Fn(&'a Request) -> LocalBoxFuture<'a, Result<Option<S>>>>;

/// What saves a session in an application of Flask 0.7 (`app.save_session`).
pub type SaveHook<S> = Rc<dyn for<'a> Fn(&'a mut S, &'a mut Response) -> LocalBoxFuture<'a, Result<()>>>;

/// A [`SessionInterface`] behind a pointer. Every interface is one.
pub trait AnyInterface<S> {
    /// See [`SessionInterface::open_session`].
    fn open<'a>(&'a self, request: &'a Request) -> LocalBoxFuture<'a, Result<Option<S>>>;
    /// See [`SessionInterface::save_session`].
    fn save<'a>(&'a self, session: &'a mut S, response: &'a mut Response) -> LocalBoxFuture<'a, Result<()>>;
    /// See [`SessionInterface::describe`].
    fn description(&self) -> Description;
}

impl<I: SessionInterface> AnyInterface<I::Session> for I {
    fn open<'a>(&'a self, request: &'a Request) -> LocalBoxFuture<'a, Result<Option<I::Session>>> {
        Box::pin(self.open_session(request))
    }

    fn save<'a>(
        &'a self,
        session: &'a mut I::Session,
        response: &'a mut Response,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(self.save_session(session, response))
    }

    fn description(&self) -> Description {
        self.describe()
    }
}

/// An old or a new application, as far as its sessions are concerned. It can itself be tested as a session interface.
pub struct App<S> {
    open_hook: RefCell<OpenHook<S>>,
    save_hook: RefCell<SaveHook<S>>,
    session_interface: RefCell<Option<Rc<dyn AnyInterface<S>>>>,
    patched: Cell<bool>,
}

impl<S: Session + 'static> App<S> {
    /// An application of Flask 0.7: two hooks, which open no session until somebody replaces them.
    #[must_use]
    pub fn with_hooks() -> Rc<Self> {
        Rc::new(Self {
            open_hook: RefCell::new(Rc::new(|_| Box::pin(async { Ok(None) }))),
            save_hook: RefCell::new(Rc::new(|_, _| Box::pin(async { Ok(()) }))),
            session_interface: RefCell::default(),
            patched: Cell::new(false),
        })
    }

    /// An application of Flask 0.8: its own functions look the `session_interface` up.
    #[must_use]
    pub fn with_interface(interface: Rc<dyn AnyInterface<S>>) -> Rc<Self> {
        let app = Self::with_hooks();
        app.set_session_interface(interface);
        *app.open_hook.borrow_mut() = late_open(&app);
        *app.save_hook.borrow_mut() = late_save(&app);
        app
    }

    /// The application's `session_interface`, if it has that attribute.
    #[must_use]
    pub fn session_interface(&self) -> Option<Rc<dyn AnyInterface<S>>> {
        self.session_interface.borrow().clone()
    }

    /// Sets the `session_interface`; an application without this attribute has it from now on.
    pub fn set_session_interface(&self, interface: Rc<dyn AnyInterface<S>>) {
        *self.session_interface.borrow_mut() = Some(interface);
    }

    /// Replaces both hooks, as extensions for Flask 0.7 do.
    pub fn patch(&self, open: OpenHook<S>, save: SaveHook<S>) {
        *self.open_hook.borrow_mut() = open;
        *self.save_hook.borrow_mut() = save;
        self.patched.set(true);
    }

    /// Whether somebody has replaced the hooks.
    #[must_use]
    pub fn is_patched(&self) -> bool {
        self.patched.get()
    }
}

impl<S: Session + 'static> SessionInterface for Rc<App<S>> {
    type Session = S;

    async fn open_session(&self, request: &Request) -> Result<Option<S>> {
        let hook = Rc::clone(&self.open_hook.borrow());
        hook(request).await
    }

    async fn save_session(&self, session: &mut S, response: &mut Response) -> Result<()> {
        let hook = Rc::clone(&self.save_hook.borrow());
        hook(session, response).await
    }

    fn describe(&self) -> Description {
        self.session_interface().map(|interface| interface.description()).unwrap_or_default()
    }
}

/// The glue: puts `interface` into an old or a new application.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use sessionspec_reference::http::Request;
/// use sessionspec_reference::legacy::{App, install};
/// use sessionspec_reference::{Memory, SessionInterface};
/// use std::rc::Rc;
///
/// let old = App::with_hooks();
/// install(&old, Rc::new(Memory::default()));
/// assert!(old.is_patched());
/// assert!(old.open_session(&Request::default()).await?.is_some());
///
/// let new = App::with_interface(Rc::new(Memory::default()));
/// install(&new, Rc::new(Memory::default()));
/// assert!(!new.is_patched());
/// # Ok::<(), sessionspec_reference::Error>(()) }).unwrap();
/// ```
pub fn install<S: Session + 'static>(app: &Rc<App<S>>, interface: Rc<dyn AnyInterface<S>>) {
    let has_attribute = app.session_interface().is_some();
    app.set_session_interface(interface);
    if !has_attribute {
        app.patch(late_open(app), late_save(app));
    }
}

/// Opens by the interface that the application has at that moment. The application owns the hook, so the hook refers to
/// it by a `Weak`: otherwise neither would ever be freed.
fn late_open<S: Session + 'static>(app: &Rc<App<S>>) -> OpenHook<S> {
    let app = Rc::downgrade(app);
    Rc::new(move |request| {
        let app = Weak::clone(&app);
        Box::pin(async move { current_interface(&app)?.open(request).await })
    })
}

/// Saves by the interface that the application has at that moment.
fn late_save<S: Session + 'static>(app: &Rc<App<S>>) -> SaveHook<S> {
    let app = Rc::downgrade(app);
    Rc::new(move |session, response| {
        let app = Weak::clone(&app);
        Box::pin(async move { current_interface(&app)?.save(session, response).await })
    })
}

fn current_interface<S: Session + 'static>(app: &Weak<App<S>>) -> Result<Rc<dyn AnyInterface<S>>> {
    app.upgrade()
        .and_then(|app| app.session_interface())
        .ok_or_else(|| Error::refused("the application of this hook, or its session_interface, is gone"))
}
