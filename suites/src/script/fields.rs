//! The fields of an operation's JSON, and what is wrong with them.

use sessionspec_reference::description::is_name_of_spelling;
use sessionspec_reference::value::PathStep;
use sessionspec_reference::{Map, Value};

/// Why a piece of JSON is no operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// There is no operation of this name.
    #[error("there is no operation `{0}`; the protocol lists those that exist")]
    Unknown(String),
    /// A field is missing or of a wrong type.
    #[error("{json}: the field `{field}` has to be {expected}")]
    Malformed {
        /// The JSON that was read.
        json: String,
        /// The field at fault.
        field: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
}

/// The fields of an operation's JSON. Each method reads the field of this name as one type, or says what it has to be.
pub(super) struct Fields<'a> {
    pub(super) json: &'a Value,
}

impl Fields<'_> {
    fn read<T>(
        &self,
        field: &'static str,
        expected: &'static str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, OperationError> {
        self.json.get(field).and_then(convert).ok_or_else(|| OperationError::Malformed {
            json: self.json.to_string(),
            field,
            expected,
        })
    }

    pub(super) fn text(&self, field: &'static str) -> Result<String, OperationError> {
        self.read(field, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// Text that may be missing, and otherwise is the name of a spelling.
    pub(super) fn spelling(&self, field: &'static str) -> Result<Option<String>, OperationError> {
        if self.json.get(field).is_none() {
            return Ok(None);
        }
        self.read(field, "the name of a spelling", |value| {
            value.as_str().filter(|name| is_name_of_spelling(name)).map(|name| Some(name.to_owned()))
        })
    }

    /// The name of a gate stands in this field or, as on the wire, in `url`.
    pub(super) fn gate(&self, field: &'static str) -> Result<String, OperationError> {
        self.text(field).or_else(|_| self.text("url"))
    }

    pub(super) fn value(&self, field: &'static str) -> Result<Value, OperationError> {
        self.read(field, "present", |value| Some(value.clone()))
    }

    pub(super) fn boolean(&self, field: &'static str) -> Result<bool, OperationError> {
        self.read(field, "true or false", Value::as_bool)
    }

    pub(super) fn number(&self, field: &'static str) -> Result<f64, OperationError> {
        self.read(field, "a number", Value::as_f64)
    }

    pub(super) fn object(&self, field: &'static str) -> Result<Map, OperationError> {
        self.read(field, "an object", |value| value.as_object().cloned())
    }

    pub(super) fn status(&self, field: &'static str) -> Result<u16, OperationError> {
        self.read(field, "a status from 200 to 599", |value| {
            u16::try_from(value.as_u64()?).ok().filter(|status| (200..600).contains(status))
        })
    }

    /// The name of a header field, as RFC 9110 allows it in section 5.1.
    pub(super) fn field_name(&self, field: &'static str) -> Result<String, OperationError> {
        let is_lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        self.read(field, "the name of a header field", |value| {
            value.as_str().filter(|name| !name.is_empty() && name.bytes().all(is_lawful)).map(str::to_owned)
        })
    }

    /// The value of a header field, as RFC 9110 allows it in section 5.5, without what is obsolete there.
    pub(super) fn field_value(&self, field: &'static str) -> Result<String, OperationError> {
        let is_lawful = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        self.read(field, "visible ASCII, with blanks only in between", |value| {
            value
                .as_str()
                .filter(|text| text.trim() == *text && text.bytes().all(is_lawful))
                .map(str::to_owned)
        })
    }

    pub(super) fn path(&self, field: &'static str) -> Result<Vec<PathStep>, OperationError> {
        self.read(field, "a list of two or more keys and indexes", |value| {
            let steps = value.as_array()?;
            let path: Option<Vec<PathStep>> = steps
                .iter()
                .map(|step| match step.as_str() {
                    Some(key) => Some(PathStep::Key(key.to_owned())),
                    None => Some(PathStep::Index(usize::try_from(step.as_u64()?).ok()?)),
                })
                .collect();
            path.filter(|path| path.len() >= 2)
        })
    }
}
