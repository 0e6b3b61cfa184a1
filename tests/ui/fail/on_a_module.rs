use sessions_runtime::with_sessions;

#[with_sessions]
mod shop {}

fn main() {}
