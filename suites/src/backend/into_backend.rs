//! The types that can be put under test.

use std::rc::Rc;

use sessionspec_reference::SessionInterface;

use super::{Backend, in_process};

/// A type that can be put under test: a session interface, a [`Backend`], or a type that one of the adapters knows.
///
/// `Kind` says which of these it is, so that the implementations do not overlap. It is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be put under test",
    label = "neither a session interface nor a backend",
    note = "for a session backend implement `sessionspec::reference::SessionInterface`: `open_session` and `save_session`",
    note = "for a store of sessions implement `sessionspec::reference::Store` and test `Stored::new(store)`",
    note = "for a framework's own middleware see `sessionspec::adapters` and the features of this crate",
    note = "a type of another crate cannot be given a trait of another crate: wrap it, `struct Mine(Theirs);`, and implement the trait for `Mine`"
)]
pub trait IntoBackend<Kind> {
    /// Puts it behind its door: in this process, or over HTTP.
    fn into_backend(self) -> Rc<dyn Backend>;
}

/// The kinds of types that become a backend, so that no two implementations of [`IntoBackend`] overlap.
pub mod kind {
    /// The type is a session interface.
    #[derive(Debug)]
    pub enum Interface {}
    /// The type is a backend.
    #[derive(Debug)]
    pub enum Backend {}
    /// The type is a pointer to a backend.
    #[derive(Debug)]
    pub enum Pointer {}
}

#[diagnostic::do_not_recommend]
impl<I: SessionInterface + 'static> IntoBackend<kind::Interface> for I {
    fn into_backend(self) -> Rc<dyn Backend> {
        in_process(self)
    }
}

#[diagnostic::do_not_recommend]
impl<B: Backend + 'static> IntoBackend<kind::Backend> for B {
    fn into_backend(self) -> Rc<dyn Backend> {
        Rc::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoBackend<kind::Pointer> for Rc<dyn Backend> {
    fn into_backend(self) -> Rc<dyn Backend> {
        self
    }
}
