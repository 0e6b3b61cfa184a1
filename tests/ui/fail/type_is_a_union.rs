use sessions_runtime::SessionData;

#[derive(SessionData)]
union Cart {
    note: u8,
}

fn main() {}
