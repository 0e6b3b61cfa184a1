#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sessions_runtime::fuzzing::memcached_reply(data));
