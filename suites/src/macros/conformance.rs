//! The macro that makes a test of every check.

/// Makes one `#[test]` of every check: `minimum::opens_empty`, `minimum::each_mutator_persists`, …
///
/// ```
/// sessionspec::conformance! {
///     backend: sessionspec::reference::Memory::default(),
///     level: recommended,
/// }
/// # fn main() {}
/// ```
///
/// - `backend` is any expression whose type [can be put under test](crate::backend::IntoBackend). It is evaluated anew
///   for every check, inside of an async block on a current-thread tokio runtime: `.await` works, and so does `?` on
///   any error that fits a `Box<dyn std::error::Error>`, [`NotRun`](crate::NotRun) among them. Nothing has to be
///   `Send`. [`guarded`](crate::backend::guarded) keeps a value alive for as long as the backend is, for instance the
///   server of a database.
/// - `level` is `minimum`, `recommended` or `hardened`. The tests of checks above it are ignored, with that reason:
///   `cargo test -- --ignored` shows what is missing for the next level.
/// - `options`, if given, is an expression for the [`Options`](crate::Options); its `only` and its `known_failures`
///   are overwritten.
/// - `known_failures`, if given, lists checks that fail, each with a reason. Such a test passes and says so; once the
///   check passes, the test fails until the entry is removed. A check that cannot be judged because of one of these
///   needs no entry: it is excused.
///
/// ```
/// use sessionspec::Options;
///
/// sessionspec::conformance! {
///     backend: {
///         let store = my_store::connect().await?;
///         store.interface()
///     },
///     level: recommended,
///     options: Options { cases: 500, ..Options::default() },
///     known_failures {
///         cookie::none_when_untouched: "issue 12: every visitor gets an id, also one who only looks",
///     },
/// }
/// # mod my_store {
/// #     pub struct Store;
/// #     impl Store { pub fn interface(self) -> sessionspec::reference::Memory { Default::default() } }
/// #     pub async fn connect() -> Result<Store, std::io::Error> { Ok(Store) }
/// # }
/// # fn main() {}
/// ```
///
/// # Several backends
///
/// Several backends in one file are listed with a name each. Every name becomes a module, so that the tests are
/// `memory::minimum::opens_empty`, `signed::minimum::opens_empty`, …
///
/// ```
/// use sessionspec::reference::{Memory, Stored, clock::SystemClock, MemoryStore};
///
/// sessionspec::conformance! {
///     memory { backend: Memory::default(), level: hardened }
///     stored { backend: Stored::new(MemoryStore::new(std::rc::Rc::new(SystemClock))), level: recommended }
/// }
/// # fn main() {}
/// ```
///
/// # A database for each test
///
/// Tests run at the same moment. Where `backend` is written like a closure, its argument is a [`String`] that no other test
/// gets, now or later: a name for a schema, a database, a folder or a prefix of keys. It has at most 32 lower-case letters and
/// digits, and begins with a letter. What has to be removed afterwards is removed by a guard:
///
/// ```
/// # use sessionspec::reference::Memory;
/// # struct Schema;
/// # impl Schema { async fn create(_: &str) -> Result<Self, std::io::Error> { Ok(Self) } }
/// # impl Drop for Schema { fn drop(&mut self) {} }
/// # async fn connect(_: &str) -> Result<Memory, std::io::Error> { Ok(Memory::default()) }
/// use sessionspec::backend::guarded;
///
/// sessionspec::conformance! {
///     backend: |namespace| {
///         let schema = Schema::create(&namespace).await?;
///         guarded(connect(&namespace).await?, schema)
///     },
///     level: minimum,
/// }
/// # fn main() {}
/// ```
///
/// # What a test says
///
/// Each test stands for itself, also in a process of its own: it surveys the backend, plays the scenarios of other
/// checks on which its own check relies, and then its own check. It passes where the promise was kept, where the check
/// does not apply, and where it is a known failure; the reason is printed (`cargo test -- --show-output`). It fails
/// where the promise was broken, and where nothing could be verified. It passes in three cases in which something is
/// wrong. Where only failures of other checks are in the way, it prints `not judged` and names them. Their tests are red
/// already; or they are ignored, since they belong to a higher level, and then standard error has the command that runs them.
/// Where a check with generated scripts fails, and beside it one with short scripts that names what is wrong, the first prints
/// `not judged` and its script: it fails by itself once the other is mended, if there is anything else. Where only *known*
/// failures are in the way, a test prints `excused`, with the reason, and needs no entry. A check with generated scripts that
/// fails beside a known failure needs an entry of its own, since its script may have met something else: it says which known
/// failure may be the reason.
#[macro_export]
macro_rules! conformance {
    ($($name:ident { $($backend:tt)* })+) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;
            $crate::conformance! { $($backend)* }
        })+
    };
    (backend: |$namespace:ident| $backend:expr, $($rest:tt)*) => {
        $crate::conformance! {
            backend: {
                let $namespace = $crate::__support::namespace();
                $backend
            },
            $($rest)*
        }
    };
    (backend: $backend:expr, level: minimum $($rest:tt)*) => {
        $crate::__conformance! { minimum [$backend] $($rest)* }
    };
    (backend: $backend:expr, level: recommended $($rest:tt)*) => {
        $crate::__conformance! { recommended [$backend] $($rest)* }
    };
    (backend: $backend:expr, level: hardened $($rest:tt)*) => {
        $crate::__conformance! { hardened [$backend] $($rest)* }
    };
    (backend: $backend:expr, level: $level:ident $($rest:tt)*) => {
        ::core::compile_error! { concat!(
            "there is no level `", stringify!($level), "`; choose minimum, recommended or hardened"
        ) }
    };
    ($($other:tt)*) => {
        ::core::compile_error! {
            "write `backend: EXPRESSION, level: LEVEL`, then, if you like, `options: EXPRESSION` and \
             `known_failures { suite::check: \"reason\" }`, in this order and with commas between them; \
             several backends are `NAME { backend: …, level: … }` each"
        }
    };
}

/// Makes the tests of one backend, for a level that exists.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance {
    (
        $level:ident [$backend:expr]
        $(, options: $options:expr)?
        $(, known_failures { $($suite:ident :: $check:ident : $reason:tt),* $(,)? })?
        $(,)?
    ) => {
        #[allow(dead_code)]
        fn __sessionspec_judge(place: $crate::__support::TestPlace) {
            const KNOWN: &[$crate::__support::KnownFailure] = &[
                $($($crate::__known_failure!($suite $check $reason)),*)?
            ];
            $crate::__support::judge(
                place,
                async { ::core::result::Result::Ok($crate::backend::IntoBackend::into_backend($backend)) },
                ::core::option::Option::None $(.or(::core::option::Option::Some($options)))?,
                KNOWN,
            );
        }

        $crate::__each_check! { __conformance_tests $level }
    };
    ($level:ident [$backend:expr] $($other:tt)*) => {
        $crate::conformance! { $($other)* }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __known_failure {
    ($suite:ident $check:ident "") => {
        ::core::compile_error! { concat!(
            "say why `", stringify!($suite), "::", stringify!($check), "` is a known failure"
        ) }
    };
    ($suite:ident $check:ident $reason:tt) => {
        $crate::__support::KnownFailure { check: $crate::__support::names::$suite::$check, reason: $reason }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($asked:ident $($suite:ident { $($level:ident $check:ident)* })*) => {
        $(mod $suite {
            $($crate::__conformance_test! { $asked $level $suite $check })*
        })*
    };
}

/// Makes one test. Where its level is above the one that was asked for, the test runs only with `--ignored`.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_test {
    (minimum recommended $($check:ident)*) => {
        $crate::__conformance_test! { @ minimum #[ignore = "above the level asked for: recommended"] $($check)* }
    };
    (minimum hardened $($check:ident)*) => {
        $crate::__conformance_test! { @ minimum #[ignore = "above the level asked for: hardened"] $($check)* }
    };
    (recommended hardened $($check:ident)*) => {
        $crate::__conformance_test! { @ recommended #[ignore = "above the level asked for: hardened"] $($check)* }
    };
    ($asked:ident $level:ident $($check:ident)*) => {
        $crate::__conformance_test! { @ $asked $($check)* }
    };
    (@ $asked:ident $(#[$ignore:meta])? $suite:ident $check:ident) => {
        #[test]
        $(#[$ignore])?
        fn $check() {
            super::__sessionspec_judge($crate::__support::TestPlace {
                check: $crate::__support::names::$suite::$check,
                asked: ::core::stringify!($asked),
                module: ::core::module_path!(),
                package: ::core::env!("CARGO_PKG_NAME"),
            });
        }
    };
}
