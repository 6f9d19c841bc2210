//! A session interface that is not the reference, with the liberties that the contract leaves to a backend.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use sessionspec::reference::http::{Request, Response};
use sessionspec::reference::value::{PathStep, assign_in};
use sessionspec::reference::{Error, Map, Result, Session, SessionInterface, Value};

/// The liberties that a shelf takes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Design {
    /// An id that the shelf does not know is used as if it did.
    adopts_ids: bool,
    /// Every save gives the session another id.
    rotates_ids: bool,
    /// The data are in the cookie.
    client_side: bool,
    /// `modified` cannot be set.
    refuses_set_modified: bool,
    /// A permanent session is saved at every request, with whatever was changed inside of its values.
    refreshes_permanent: bool,
    /// `permanent` survives everything, even that the session is emptied.
    permanent_survives: bool,
    /// The permanent one is the default.
    permanent_default: bool,
    /// A new id comes without `permanent`.
    regenerate_forgets_permanent: bool,
    /// An emptied session is kept.
    keeps_empty: bool,
    /// What has ended leaves its cookie with the browser.
    leaves_cookie: bool,
    /// Changes inside of values are noticed, but not those further inside or in lists.
    notices_members: bool,
}

impl Design {
    /// Designs that are all legal, each with a name.
    pub(crate) fn legal() -> Vec<(&'static str, Self)> {
        let plain = Self::default();
        vec![
            ("plain", plain),
            ("adopts ids", Self { adopts_ids: true, ..plain }),
            ("adopts ids and keeps what is empty", Self { adopts_ids: true, keeps_empty: true, ..plain }),
            ("rotates ids", Self { rotates_ids: true, ..plain }),
            ("client-side", Self { client_side: true, ..plain }),
            ("client-side, keeps what is empty", Self { client_side: true, keeps_empty: true, ..plain }),
            ("refuses set_modified", Self { refuses_set_modified: true, ..plain }),
            ("refreshes permanent", Self { refreshes_permanent: true, ..plain }),
            (
                "refreshes permanent, by default",
                Self { refreshes_permanent: true, permanent_default: true, ..plain },
            ),
            ("permanent survives", Self { permanent_survives: true, keeps_empty: true, ..plain }),
            (
                "permanent survives, by default",
                Self { permanent_survives: true, permanent_default: true, ..plain },
            ),
            ("regenerate forgets permanent", Self { regenerate_forgets_permanent: true, ..plain }),
            ("leaves cookies", Self { leaves_cookie: true, ..plain }),
            ("leaves cookies and adopts ids", Self { leaves_cookie: true, adopts_ids: true, ..plain }),
            ("notices members", Self { notices_members: true, ..plain }),
        ]
    }
}

/// A session interface with a design of its own.
#[derive(Clone)]
pub(crate) struct Shelf {
    design: Design,
    boxes: Rc<RefCell<HashMap<String, Content>>>,
    next_id: Rc<Cell<u64>>,
}

/// What is kept of a session.
#[derive(Debug, Clone, Default)]
struct Content {
    items: Map,
    permanent: Option<bool>,
}

pub(crate) struct ShelfSession {
    design: Design,
    id: Option<String>,
    content: Content,
    modified: bool,
    /// Ids of before: the session was destroyed, or has got another one.
    retired: Vec<String>,
    came_with_cookie: bool,
}

impl Shelf {
    pub(crate) fn new(design: Design) -> Self {
        Self { design, boxes: Rc::default(), next_id: Rc::default() }
    }

    fn fresh_id(&self) -> String {
        self.next_id.set(self.next_id.get() + 1);
        format!("box{}", self.next_id.get())
    }

    fn find(&self, cookie: &str) -> Option<(String, Content)> {
        if self.design.client_side {
            return Some((String::new(), read(cookie)?));
        }
        match self.boxes.borrow().get(cookie) {
            Some(content) => Some((cookie.to_owned(), content.clone())),
            None => self.design.adopts_ids.then(|| (cookie.to_owned(), Content::default())),
        }
    }
}

impl SessionInterface for Shelf {
    type Session = ShelfSession;

    async fn open_session(&self, request: &Request) -> Result<Option<ShelfSession>> {
        let cookie = request.cookies("shelf").next().and_then(|cookie| std::str::from_utf8(cookie).ok());
        let (id, content) = cookie.and_then(|cookie| self.find(cookie)).unzip();
        Ok(Some(ShelfSession {
            design: self.design,
            id,
            content: content.unwrap_or_default(),
            modified: false,
            retired: Vec::new(),
            came_with_cookie: cookie.is_some(),
        }))
    }

    async fn save_session(&self, session: &mut ShelfSession, response: &mut Response) -> Result<()> {
        let mut boxes = self.boxes.borrow_mut();
        for retired in session.retired.drain(..) {
            boxes.remove(&retired);
        }
        let refreshes = self.design.refreshes_permanent && session.is_permanent();
        if !(session.modified || refreshes) {
            return Ok(());
        }
        if session.content.items.is_empty() && !(self.design.keeps_empty && session.came_with_cookie) {
            if let Some(id) = session.id.take() {
                boxes.remove(&id);
            }
            if session.came_with_cookie && !self.design.leaves_cookie {
                response.headers.append("Set-Cookie", "shelf=; Max-Age=0");
            }
            return Ok(());
        }
        if self.design.client_side {
            response.headers.append("Set-Cookie", format!("shelf={}", written(&session.content)));
            return Ok(());
        }
        let old = session.id.take();
        let id = match old {
            Some(old) if !self.design.rotates_ids => old,
            old => {
                old.and_then(|old| boxes.remove(&old));
                self.fresh_id()
            }
        };
        boxes.insert(id.clone(), session.content.clone());
        response.headers.append("Set-Cookie", format!("shelf={id}"));
        Ok(())
    }
}

impl ShelfSession {
    fn is_permanent(&self) -> bool {
        self.content.permanent.unwrap_or(self.design.permanent_default)
    }

    fn write(&mut self) -> &mut Map {
        self.modified = true;
        &mut self.content.items
    }
}

impl Session for ShelfSession {
    async fn get(&mut self, key: &str) -> Result<Option<Value>> {
        Ok(self.content.items.get(key).cloned())
    }

    async fn set(&mut self, key: &str, value: Value) -> Result<()> {
        self.write().insert(key.to_owned(), value);
        Ok(())
    }

    async fn delete(&mut self, key: &str) -> Result<bool> {
        Ok(self.write().remove(key).is_some())
    }

    async fn items(&mut self) -> Result<Map> {
        Ok(self.content.items.clone())
    }

    async fn clear(&mut self) -> Result<()> {
        self.write().clear();
        if !self.design.permanent_survives {
            self.content.permanent = None;
        }
        Ok(())
    }

    async fn permanent(&mut self) -> Result<bool> {
        Ok(self.is_permanent())
    }

    async fn set_permanent(&mut self, permanent: bool) -> Result<()> {
        self.content.permanent = Some(permanent);
        self.modified = true;
        Ok(())
    }

    async fn modified(&mut self) -> Result<bool> {
        Ok(self.modified)
    }

    async fn set_modified(&mut self) -> Result<()> {
        if self.design.refuses_set_modified {
            return Err(Error::refused("modified is read-only"));
        }
        self.modified = true;
        Ok(())
    }

    async fn is_new(&mut self) -> Result<bool> {
        Ok(self.id.is_none())
    }

    async fn set_in(&mut self, path: &[PathStep], value: Value) -> Result<()> {
        assign_in(&mut self.content.items, path, value)?;
        if self.design.notices_members && matches!(path, [_, PathStep::Key(_)]) {
            self.modified = true;
        }
        Ok(())
    }

    async fn regenerate(&mut self) -> Result<()> {
        self.retired.extend(self.id.take());
        self.modified = true;
        if self.design.regenerate_forgets_permanent {
            self.content.permanent = None;
        }
        Ok(())
    }

    async fn destroy(&mut self) -> Result<()> {
        self.retired.extend(self.id.take());
        self.modified = true;
        let permanent = self.content.permanent.filter(|_| self.design.permanent_survives);
        self.content = Content { permanent, ..Content::default() };
        Ok(())
    }
}

fn written(content: &Content) -> String {
    let json = Value::from(vec![content.permanent.into(), Value::from(content.items.clone())]).to_string();
    json.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn read(cookie: &str) -> Option<Content> {
    let bytes: Option<Vec<u8>> = (0..cookie.len() / 2)
        .map(|at| u8::from_str_radix(cookie.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    let (permanent, items): (Option<bool>, Map) = serde_json::from_slice(&bytes?).ok()?;
    Some(Content { items, permanent })
}
