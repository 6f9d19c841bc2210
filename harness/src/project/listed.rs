//! The known failures of a project: a list in its file, or the name of another file that has it.

use std::fmt;
use std::path::PathBuf;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::KnownFailure;

/// Where the known failures of a project are listed.
#[derive(Debug)]
pub enum KnownFailures {
    /// In the project's own file, as `[[known-failures]]`.
    Here(Vec<KnownFailure>),
    /// In this file, as `--known-failures` takes it.
    File(PathBuf),
}

/// An untagged enum would say of a mistake in an entry only that nothing matches.
impl<'de> Deserialize<'de> for KnownFailures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = KnownFailures;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("entries, each as [[known-failures]], or the name of a file that lists them")
    }

    fn visit_str<E: Error>(self, file: &str) -> Result<Self::Value, E> {
        if file.is_empty() {
            return Err(E::custom("`known-failures` names no file; leave it out, or write the name of one"));
        }
        Ok(KnownFailures::File(PathBuf::from(file)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(entries)).map(KnownFailures::Here)
    }
}
