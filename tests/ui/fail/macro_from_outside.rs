use sessions_runtime::with_sessions;

macro_rules! name {
    () => {
        session.name()
    };
}

#[with_sessions]
async fn handler() -> String {
    name!().to_owned()
}

fn main() {}
