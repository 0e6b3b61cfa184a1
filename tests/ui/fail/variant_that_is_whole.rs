use serde::{Deserialize, Serialize};
use sessions_runtime::SessionData;

#[derive(Serialize, Deserialize, Default, SessionData)]
enum Step {
    #[default]
    Begin,
    #[session(whole)]
    End,
}

fn main() {}
