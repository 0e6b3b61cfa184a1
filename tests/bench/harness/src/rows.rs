//! The rows that a database saves and reads: equal for every contender.

/// How many sessions there are.
pub const ROWS: u32 = 20_000;
/// How many of them each of the tasks saves: its own ones only.
pub const OWN: u32 = ROWS / crate::tasks::TASKS;

/// The key of a row: spread over the tree as hashes are.
pub fn key(row: u32) -> [u8; 32] {
    let mut key = [0; 32];
    let mut state = u64::from(row) + 1;
    for chunk in key.chunks_exact_mut(8) {
        state = (state ^ (state >> 31))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(0x1234_5678_9abc_def1);
        chunk.copy_from_slice(&state.to_be_bytes());
    }
    key
}

/// 300 letters, all of which depend on the number of the save: SQLite leaves out rows whose bytes do not change.
pub fn data(save: u64) -> String {
    let mixed = (save + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut data = format!("{mixed:016x}").repeat(19);
    data.truncate(300);
    data
}

/// The row that a task saves next, in an order that jumps.
pub fn next(task: u32, save: u64) -> u32 {
    task * OWN + u32::try_from(save.wrapping_mul(7_919) % u64::from(OWN)).expect("fewer than ROWS")
}
