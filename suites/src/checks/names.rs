//! The names of all checks that [`conformance!`](crate::conformance) makes tests of. This list is the only one: the
//! tests, the names in `known_failures` and their levels come from it, and a test holds it against the catalogue.
//!
//! The `glue` suite is not among them: it judges an extension's glue and no backend, see
//! [`Options::glue`](crate::Options::glue). Nor are those that need a run of others: `expiry/untouched-stays`,
//! `cookie/every-response` and `cookie/every-same-site`.

/// Calls a macro with what it is given, followed by every suite with the level and the name of each check.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_check {
    ($callback:ident $($given:tt)*) => {
        $crate::$callback! {
            $($given)*
            minimum {
                minimum opens_empty
                minimum each_mutator_persists
                minimum sees_own_changes
                minimum false_values_are_items
                minimum values_survive
                minimum browsers_isolated
                minimum any_connection
                minimum permanent_is_boolean
                minimum permanent_reads_back
                minimum permanent_persists
                minimum permanent_leaves_items_alone
                minimum modified_is_boolean
                minimum modified_one_mode
                minimum modified_after_change
                minimum modified_stays
                recommended modified_can_be_set
                minimum new_is_boolean
                minimum new_never_for_saved
                minimum null_session
                minimum claims_hold
                minimum reads_back
                minimum persists
            }
            cookie {
                recommended http_only
                hardened same_site
                recommended secure
                recommended sent_back
                recommended none_when_untouched
                recommended none_when_only_read
                recommended one_of_a_name
                recommended lasts_when_permanent
                recommended ends_with_the_browser
                recommended refreshed_with_the_record
                recommended removal_removes
                recommended removal_repeats_attributes
                recommended vary
                recommended vary_is_merged
                recommended other_cookies_survive
                recommended strangers_hide_nothing
                recommended fits
                recommended only_if_kept
                recommended vary_whatever_the_status
            }
            identity {
                hardened unknown_never_adopted
                hardened readers_store_nothing
                hardened ids_unique
                hardened ids_unpredictable
                hardened rotation_gives_a_new_id
                hardened rotation_keeps_the_data
                hardened rotation_keeps_permanent
                hardened rotation_ends_the_old_id
                hardened rotation_survives_failure
                hardened destroy_removes
                hardened destroy_then_write
                hardened destroy_idempotent
                hardened rotation_needs_no_record
                hardened stale_never_adopted
            }
            forgery {
                hardened fields
                hardened spellings
                hardened unlawful_bytes
                hardened company
                hardened every_part_counts
                hardened data_are_signed
                hardened any_mutation
            }
            expiry {
                hardened not_early
                hardened gone
                hardened usable_afterwards
                hardened not_revived
                hardened permanent_stays
                hardened id_never_adopted
                hardened as_declared
                hardened own_lifetime
                hardened own_lifetime_stays
                hardened past_lifetime
                hardened long_lifetime
                hardened longer_lifetime
            }
            fidelity {
                recommended null
                recommended text
                recommended structures
                recommended numbers
                recommended tags
                recommended keys
                recommended sizes
                recommended not_aliased
                recommended lookalike_values
                recommended neighbouring_keys
                recommended any_value
            }
            fault {
                minimum redirects_are_saved
                minimum without_body_is_saved
                recommended consistent
            }
            concurrency {
                recommended read_does_not_resurrect
                hardened write_does_not_resurrect
                hardened write_does_not_revive_a_rotated_id
                recommended read_does_not_undo_a_write
                recommended refresh_does_not_undo_a_write
                recommended two_rotations
                recommended late_write_keeps_the_rotated_session
                recommended first_requests
                recommended clear_against_set
                recommended all_or_nothing
                recommended last_write_is_kept
                recommended same_new_item
                recommended serialised
                recommended rotation_keeps_waiters
                recommended permanent_and_data
                hardened expired_while_held
                recommended strangers_are_served
                recommended failed_request_lets_others_go_on
                recommended explains_history
                recommended parallel
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __check_names {
    ($($suite:ident { $($level:ident $check:ident)* })*) => {
        $(
            #[doc = concat!("The checks of the suite `", stringify!($suite), "`.")]
            #[allow(non_upper_case_globals, reason = "they are the names of test functions")]
            pub mod $suite {
                $(
                    #[doc = concat!("Asked for at level `", stringify!($level), "`.")]
                    pub const $check: &str = concat!(stringify!($suite), "::", stringify!($check));
                )*
            }
        )*

        /// Each check as it is listed here: its level and its name.
        #[doc(hidden)]
        pub const LISTED: &[(&str, &str)] = &[$($((stringify!($level), $suite::$check)),*),*];
    };
}

__each_check! { __check_names }

/// The id of the check of this name: `minimum::opens_empty` is `minimum/opens-empty`.
#[must_use]
pub fn id(name: &str) -> String {
    name.replace("::", "/").replace('_', "-")
}

/// The name of the check of this id.
#[must_use]
pub fn name(id: &str) -> String {
    id.replace('/', "::").replace('-', "_")
}

#[cfg(test)]
mod tests {
    use crate::checks::catalogue;

    #[test]
    fn the_list_is_the_catalogue() {
        let catalogue: Vec<String> = catalogue()
            .iter()
            .filter(|check| check.suite() != "glue" && !check.is_on_demand() && !check.is_of_a_run())
            .map(|check| format!("{} {}", check.level, super::name(check.id)))
            .collect();
        let listed: Vec<String> =
            super::LISTED.iter().map(|(level, name)| format!("{level} {name}")).collect();
        assert_eq!(listed, catalogue, "checks.rs does not list the checks of the catalogue, in their order");
    }

    #[test]
    fn ids_and_names_lead_to_each_other() {
        for check in catalogue() {
            assert_eq!(super::id(&super::name(check.id)), check.id);
        }
    }
}
