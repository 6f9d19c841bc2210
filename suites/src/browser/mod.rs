//! The browser: a cookie jar that keeps, sends and drops cookies as browsers do. `stored_cookie.rs` has most of the
//! rules by which a cookie is dropped, and `refusal.rs` has the reason for each.

mod cookie_date;
mod jar;
mod matching;
mod origin;
mod refusal;
mod set_cookie;
mod stored_cookie;

pub use cookie_date::{CookieDateError, parse_cookie_date};
pub use jar::{Jar, Stored};
pub(crate) use matching::{default_path, path_match};
pub use origin::{Origin, OriginError};
pub use refusal::{IgnoredAttribute, Refusal};
pub use set_cookie::{SameSite, SetCookie};
pub use stored_cookie::StoredCookie;
pub(crate) use stored_cookie::expiry;
