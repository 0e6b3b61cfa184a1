use serde::{Deserialize, Serialize};
use sessions_runtime::{SessionData, with_sessions};

#[derive(Serialize, Deserialize, Default, SessionData)]
struct Cart {
    note: String,
}

use sessions_runtime::Session;

#[with_sessions]
async fn handler<T: SessionData>(session: &Session, data: &mut T) -> String {
    session.name().to_owned()
}

fn main() {}
