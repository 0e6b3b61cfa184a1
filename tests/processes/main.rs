//! Two server processes on one store: real processes, real HTTP, one visitor whose requests reach both.
//!
//! The cases are the same for every store that processes can share; a further one is one line in `site.rs` and one here.

mod cases;
mod crash;
mod process;
mod store;
#[path = "../support/mod.rs"]
mod support;

/// Each case as a test on a store, in a module of the store's name.
macro_rules! on_store {
    ($module:ident, $store:expr) => {
        mod $module {
            use crate::cases;
            use crate::store::Store;

            on_store!(@tests $store;
                changes_of_different_entries_on_two_processes_are_all_kept
                fifty_updates_over_two_processes_all_count
                a_sign_out_on_one_process_is_final_for_a_slow_request_on_the_other
                flash_messages_of_two_processes_arrive_in_order_and_once
                a_session_begun_on_one_process_continues_on_the_other
                a_restart_of_a_process_keeps_its_sessions
            );
            on_store!(@crash $store);
        }
    };
    (@crash $store:expr) => {
        #[actix_web::test]
        async fn every_answered_save_is_there_after_a_kill_and_none_half() {
            crate::crash::every_answered_save_is_there_after_a_kill_and_none_half($store).await;
        }
    };
    (@tests $store:expr; $($case:ident)*) => {
        $(#[actix_web::test]
        async fn $case() {
            cases::$case($store).await;
        })*
    };
}

#[cfg(feature = "datastore")]
on_store!(datastore, Store::file("sqlite"));
#[cfg(feature = "datastore")]
mod datastore_normal {
    use crate::store::Store;

    on_store!(@crash Store::file("sqlite-normal"));
}
#[cfg(feature = "memcache")]
on_store!(memcache, Store::server("memcache", "MEMCACHED_ADDR"));
#[cfg(feature = "redis")]
on_store!(redis, Store::server("redis", "REDIS_ADDR"));
