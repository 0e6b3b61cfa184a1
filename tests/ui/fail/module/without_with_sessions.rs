use sessions_runtime::session;

#[session(name = "cart")]
mod shop {}

fn main() {}
