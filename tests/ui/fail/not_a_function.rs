use sessions_runtime::with_sessions;

#[with_sessions]
struct Shop;

fn main() {}
