use sessions_runtime::with_sessions;

#[with_sessions]
async extern "C" fn handler() -> String {
    session.name().to_owned()
}

fn main() {}
