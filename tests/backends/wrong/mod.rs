//! Wrong backends: every case of the suite finds a mistake, and every mistake is found.

mod backend;
mod mistake;

use std::collections::BTreeSet;

use sessions_runtime::testing::Interposer;
use sessions_runtime::testing::suite::{CASES, Fault, Fixture, run};
use sessions_runtime::{Clock, Memory, Timestamp};

use self::backend::Wrong;
use self::mistake::Mistake;

/// Which case has to find what. The compiler says when a mistake is in no line.
const FOUND_BY: &[(&str, Mistake)] = &[
    ("a_missing_key_has_no_record", Mistake::AbsenceIsAnError),
    ("data_comes_back_byte_for_byte", Mistake::TextData),
    ("create_keeps_a_live_record", Mistake::OverwritingCreate),
    (
        "replace_writes_data_expiry_and_version",
        Mistake::ReplaceKeepsExpiry,
    ),
    (
        "replace_of_another_version_changes_nothing",
        Mistake::LastWriteWins,
    ),
    (
        "replace_of_a_deleted_record_stores_nothing",
        Mistake::CreatingReplace,
    ),
    (
        "replace_of_a_deleted_record_stores_nothing",
        Mistake::UpsertingReplace,
    ),
    (
        "delete_removes_the_expected_version_only",
        Mistake::UnconditionalDelete,
    ),
    ("touch_moves_the_expiry_only", Mistake::VersioningTouch),
    ("similar_keys_share_nothing", Mistake::ShortKeys),
    ("another_handle_sees_the_same_records", Mistake::CachingHandle),
    ("an_expired_record_is_gone_for_every_call", Mistake::ExpiredLoad),
    ("a_life_ends_by_its_last_writing", Mistake::ReplaceKeepsExpiry),
    ("a_touch_decides_when_a_life_ends", Mistake::IdleTouch),
    ("the_shortest_lives_begin", Mistake::RoundedDown),
    ("the_longest_lives_begin_at_once", Mistake::LongIsLongAgo),
    ("a_life_that_ends_in_the_past_is_over", Mistake::NothingIsForever),
    ("versions_never_repeat", Mistake::ReusedVersions),
    (
        "an_old_version_fits_nothing_that_comes_later",
        Mistake::ReusedVersions,
    ),
    ("equal_bytes_make_a_new_version", Mistake::EqualBytesAreNoWrite),
    ("one_of_many_creates_wins", Mistake::RacyCreate),
    ("one_of_many_creates_wins", Mistake::OverwritingCreate),
    ("one_of_many_replaces_of_a_version_wins", Mistake::RacyReplace),
    ("concurrent_increments_all_count", Mistake::RacyReplace),
    ("one_of_many_deletes_removes", Mistake::EveryDeleteDeletes),
    ("a_delete_ends_all_replacing", Mistake::UpsertingReplace),
    ("records_are_never_read_in_parts", Mistake::TornLoad),
    ("dropped_calls_mix_nothing_up", Mistake::MixedAnswers),
    ("too_much_data_is_an_error", Mistake::CutData),
    ("an_unreachable_server_is_an_error", Mistake::OutageIsAbsence),
    (
        "keys_are_found_by_their_latest_principal",
        Mistake::FirstPrincipal,
    ),
    ("keys_are_found_by_their_latest_principal", Mistake::NoIndex),
    (
        "principals_are_compared_byte_for_byte",
        Mistake::CaselessPrincipals,
    ),
    (
        "purging_takes_expired_records_up_to_its_limit",
        Mistake::UnboundedPurge,
    ),
    ("two_purgers_share_the_work", Mistake::MiscountedPurge),
    ("a_lock_has_one_owner", Mistake::AnybodyUnlocks),
    ("a_lock_is_free_after_its_lease", Mistake::EndlessLease),
    ("waiting_for_a_lock_is_bounded", Mistake::ImpatientLock),
    ("a_waiter_gets_the_lock_once_it_is_free", Mistake::ImpatientLock),
    (
        "overlapping_changes_of_two_entries_are_both_kept",
        Mistake::LastWriteWins,
    ),
    (
        "overlapping_changes_of_one_entry_leave_one_of_them",
        Mistake::SwallowedConflict,
    ),
    ("fifty_overlapping_updates_all_count", Mistake::TextData),
    ("a_slow_reader_undoes_nothing", Mistake::CachingHandle),
    ("an_idle_refresh_undoes_nothing", Mistake::RewritingTouch),
    ("the_same_new_entry_twice_is_no_error", Mistake::SwallowedConflict),
    ("one_of_two_readers_gets_a_flash_message", Mistake::LastWriteWins),
    (
        "a_flash_message_added_during_a_claim_arrives",
        Mistake::LastWriteWins,
    ),
    ("parallel_first_requests_make_one_record_each", Mistake::TextData),
    ("a_clock_set_back_loses_no_save", Mistake::TextData),
    ("a_destroyed_session_is_not_saved_again", Mistake::CreatingReplace),
    (
        "no_step_of_a_request_revives_a_destroyed_session",
        Mistake::RevivingTouch,
    ),
    ("destroy_is_final_on_every_handle", Mistake::CachingHandle),
    (
        "renewing_keeps_the_data_and_ends_the_old_id",
        Mistake::CachingHandle,
    ),
    ("an_ended_id_is_never_adopted", Mistake::LazyDelete),
    ("flash_messages_are_shown_once", Mistake::CachingHandle),
    ("a_failed_save_sends_no_session_cookie", Mistake::TextData),
    ("an_outage_signs_nobody_out", Mistake::TextData),
    (
        "updates_by_handles_and_requests_all_count",
        Mistake::SwallowedConflict,
    ),
    ("a_handle_ends_with_its_session", Mistake::CreatingReplace),
    ("a_handle_ends_with_its_session", Mistake::CachingHandle),
    ("a_handle_follows_a_renewal", Mistake::TextData),
    ("an_idle_session_ends", Mistake::ExpiredLoad),
    ("an_idle_session_ends", Mistake::IdleTouch),
    (
        "use_is_noted_once_in_a_tenth_of_the_idle_time",
        Mistake::IdleTouch,
    ),
    ("activity_does_not_move_the_absolute_end", Mistake::CachingHandle),
    ("a_session_ends_with_its_last_second", Mistake::RoundedDown),
    ("a_browser_session_ends_on_the_server", Mistake::ExpiredLoad),
    (
        "a_remembered_session_lives_as_long_as_was_said",
        Mistake::ReplaceKeepsExpiry,
    ),
    ("an_expired_session_is_never_served", Mistake::ExpiredLoad),
    (
        "a_request_that_outlives_its_session_revives_nothing",
        Mistake::CreatingReplace,
    ),
];

/// Runs one case on the backend with this mistake.
fn check(name: &'static str, mistake: Mistake) -> Result<(), Fault> {
    let case = CASES
        .iter()
        .find(|case| case.name == name)
        .expect("a case of this name");
    run(async move || fixture(mistake), |fixture| case.check(fixture))
}

fn fixture(mistake: Mistake) -> Fixture {
    let clock = Clock::manual(Timestamp::from_unix(1_800_000_000));
    let backend = Wrong::new(mistake, clock.clone());
    let unreachable = Interposer::new(Memory::new());
    unreachable.set_down(mistake != Mistake::OutageIsAbsence);
    Fixture::new(backend.clone())
        .with_second(backend.second())
        .with_clock(clock)
        .with_unreachable(unreachable)
}

#[test]
fn every_mistake_is_found() {
    let missed: Vec<_> = FOUND_BY
        .iter()
        .filter(|(name, mistake)| check(name, *mistake).is_ok())
        .collect();
    assert!(
        missed.is_empty(),
        "cases that passed on a wrong backend: {missed:?}"
    );
}

#[test]
fn every_case_of_the_suite_finds_something() {
    let all: BTreeSet<&str> = CASES.iter().map(|case| case.name).collect();
    let finding: BTreeSet<&str> = FOUND_BY.iter().map(|(name, _)| *name).collect();
    assert_eq!(all, finding);
    assert_eq!(all.len(), CASES.len(), "two cases have one name");
}

/// What is found is the mistake, and not something else about the wrapper.
#[test]
fn without_a_mistake_every_case_passes() {
    let faults: Vec<_> = CASES
        .iter()
        .map(|case| (case.name, check(case.name, Mistake::None)))
        .collect();
    let faults: Vec<_> = faults.into_iter().filter(|(_, result)| result.is_err()).collect();
    assert!(
        faults.is_empty(),
        "cases that failed on a correct backend: {faults:?}"
    );
}
