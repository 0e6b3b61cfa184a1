//! The list of cases: one place for the tests that the macro makes, for [`CASES`], and for the requirements they cover.

use std::fmt;
use std::pin::Pin;

use super::fault::Fault;
use super::fixture::Fixture;

/// What a case is while it runs. It stays on its thread.
type Running = Pin<Box<dyn Future<Output = Result<(), Fault>>>>;

/// One case of the suite, for a runner of your own.
///
/// # Examples
///
/// ```
/// use sessions_runtime::Memory;
/// use sessions_runtime::testing::suite::{CASES, Fixture, run};
///
/// let case = CASES.iter().find(|case| case.name == "versions_never_repeat").unwrap();
/// assert_eq!(run(async || Fixture::new(Memory::new()), |fixture| case.check(fixture)), Ok(()));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Case {
    /// The name of the function, which says what must hold.
    pub name: &'static str,
    /// Whether it waits for a life to end, where time cannot be moved by hand.
    pub(super) waits: bool,
    start: fn(Fixture) -> Running,
}

impl Case {
    /// Runs the case on the present thread; [`run`](super::run) bounds it and catches panics, too.
    ///
    /// # Errors
    ///
    /// What the backend did against the contract.
    ///
    /// # Examples
    ///
    /// See [`Case`].
    pub async fn check(&self, fixture: Fixture) -> Result<(), Fault> {
        (self.start)(fixture).await
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Hands the list to another macro. The first line of each entry cites the requirements that the case covers; what
/// `waits` for lives to end does so together with the others.
#[doc(hidden)]
#[macro_export]
macro_rules! __backend_cases {
    ($then:ident!($($arguments:tt)*)) => {
        $crate::$then! {
            ($($arguments)*)
            records {
                /// S7
                fn a_missing_key_has_no_record;
                /// T56
                fn data_comes_back_byte_for_byte;
                /// S63
                fn create_keeps_a_live_record;
                fn replace_writes_data_expiry_and_version;
                /// S63
                fn replace_of_another_version_changes_nothing;
                /// C5
                fn replace_of_a_deleted_record_stores_nothing;
                /// S63
                fn delete_removes_the_expected_version_only;
                /// C4
                fn touch_moves_the_expiry_only;
                /// S55
                fn similar_keys_share_nothing;
                /// T53
                fn another_handle_sees_the_same_records;
            }
            expiry {
                /// S14, S16
                fn an_expired_record_is_gone_for_every_call, waits;
                /// S14
                fn a_life_ends_by_its_last_writing, waits;
                /// S14
                fn a_touch_decides_when_a_life_ends, waits;
                fn the_shortest_lives_begin;
                /// R13
                fn the_longest_lives_begin_at_once;
                fn a_life_that_ends_in_the_past_is_over;
            }
            versions {
                /// C5
                fn versions_never_repeat, waits;
                /// C5
                fn an_old_version_fits_nothing_that_comes_later;
                fn equal_bytes_make_a_new_version;
            }
            races {
                /// S63, C7
                fn one_of_many_creates_wins;
                /// S63
                fn one_of_many_replaces_of_a_version_wins;
                /// C2
                fn concurrent_increments_all_count;
                /// S63
                fn one_of_many_deletes_removes;
                /// C5, C6
                fn a_delete_ends_all_replacing;
                /// C6
                fn records_are_never_read_in_parts;
            }
            outages {
                /// C13
                fn dropped_calls_mix_nothing_up;
                /// V34, R13, R19
                fn too_much_data_is_an_error;
                /// R2, R3
                fn an_unreachable_server_is_an_error;
            }
            principals {
                /// S13
                fn keys_are_found_by_their_latest_principal;
                /// V25
                fn principals_are_compared_byte_for_byte;
            }
            purging {
                /// S19
                fn purging_takes_expired_records_up_to_its_limit, waits;
                /// S19
                fn two_purgers_share_the_work, waits;
            }
            locks {
                /// S64, C10
                fn a_lock_has_one_owner;
                /// S64
                fn a_lock_is_free_after_its_lease, waits;
                /// C10
                fn waiting_for_a_lock_is_bounded;
                /// C10
                fn a_waiter_gets_the_lock_once_it_is_free;
            }
            overlaps {
                /// C1
                fn overlapping_changes_of_two_entries_are_both_kept;
                /// C2
                fn overlapping_changes_of_one_entry_leave_one_of_them;
                /// C2, T60
                fn fifty_overlapping_updates_all_count;
                /// C3
                fn a_slow_reader_undoes_nothing;
                /// C4
                fn an_idle_refresh_undoes_nothing, waits;
                /// C7
                fn the_same_new_entry_twice_is_no_error;
                /// C8
                fn one_of_two_readers_gets_a_flash_message;
                /// C8
                fn a_flash_message_added_during_a_claim_arrives;
                /// C16
                fn parallel_first_requests_make_one_record_each;
                /// C17
                fn a_clock_set_back_loses_no_save;
            }
            lives {
                /// C5, V1, T55
                fn a_destroyed_session_is_not_saved_again;
                /// C5
                fn no_step_of_a_request_revives_a_destroyed_session, waits;
                /// S11
                fn destroy_is_final_on_every_handle;
                /// S9, S10
                fn renewing_keeps_the_data_and_ends_the_old_id;
                /// S7
                fn an_ended_id_is_never_adopted;
                fn flash_messages_are_shown_once;
                /// C15, R6
                fn a_failed_save_sends_no_session_cookie;
                /// R3
                fn an_outage_signs_nobody_out;
            }
            handles {
                /// C2
                fn updates_by_handles_and_requests_all_count;
                /// C5, S11
                fn a_handle_ends_with_its_session;
                /// S9
                fn a_handle_follows_a_renewal;
            }
            lifetimes {
                /// S14
                fn an_idle_session_ends, waits;
                /// S14, C4
                fn use_is_noted_once_in_a_tenth_of_the_idle_time, waits;
                /// S15, S16
                fn activity_does_not_move_the_absolute_end, waits;
                /// S14, S15, S16
                fn a_session_ends_with_its_last_second;
                /// S14, S15, S18, V20
                fn a_browser_session_ends_on_the_server, waits;
                /// S15, S16
                fn a_remembered_session_lives_as_long_as_was_said, waits;
                /// S7, S14, S16
                fn an_expired_session_is_never_served, waits;
                /// S14, C5
                fn a_request_that_outlives_its_session_revives_nothing, waits;
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __backend_case_list {
    (() $($module:ident { $($(#[$ids:meta])* fn $name:ident $(, $waits:ident)?;)* })*) => {
        /// Every case, in the order of the topics.
        ///
        /// # Examples
        ///
        /// See [`Case`].
        pub const CASES: &[Case] = &[
            $($(Case {
                name: stringify!($name),
                waits: !concat!($(stringify!($waits))?).is_empty(),
                start: |fixture| Box::pin(super::$module::$name(fixture)),
            },)*)*
        ];
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __backend_tests {
    (($make:expr) $($module:ident { $($(#[$ids:meta])* fn $name:ident $(, $waits:ident)?;)* })*) => {
        static __TOGETHER: $crate::testing::suite::Together = $crate::testing::suite::Together::new();

        $($(
            #[::core::prelude::v1::test]
            fn $name() {
                if let ::core::result::Result::Err(fault) =
                    $crate::__backend_run!(($make) $module $name $($waits)?)
                {
                    ::core::panic!("{fault}");
                }
            }
        )*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __backend_run {
    (($make:expr) $module:ident $name:ident) => {
        $crate::testing::suite::run($make, $crate::testing::suite::$module::$name)
    };
    (($make:expr) $module:ident $name:ident waits) => {
        __TOGETHER.run(::core::stringify!($name), || $make)
    };
}

/// Runs the conformance suite on a backend: one test for each case, so that the test runner names what fails.
///
/// Takes an `async` function (or closure) without arguments that makes a
/// [`Fixture`](crate::testing::suite::Fixture), and stands in a module of its own, whose name then tells the tests of
/// several backends apart. A built-in backend is held to the same list. The feature `testing` has to be on.
///
/// # Examples
///
/// ```
/// use sessions_runtime::testing::suite::Fixture;
/// use sessions_runtime::{Clock, Memory, Timestamp};
///
/// async fn memory() -> Fixture {
///     let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
///     Fixture::new(Memory::with_clock(clock.clone())).with_clock(clock)
/// }
///
/// #[cfg(test)]
/// mod on_memory {
///     sessions_runtime::backend_suite!(super::memory);
/// }
/// # use sessions_runtime::testing::suite::{CASES, run};
/// # assert_eq!(run(memory, |fixture| CASES[0].check(fixture)), Ok(()));
/// ```
#[macro_export]
macro_rules! backend_suite {
    ($make:expr $(,)?) => {
        $crate::__backend_cases! { __backend_tests!($make) }
    };
}

crate::__backend_cases! { __backend_case_list!() }
