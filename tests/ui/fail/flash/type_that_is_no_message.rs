struct Item;

fn add(session: &sessions_runtime::Session) {
    session.add_flash(Item).unwrap();
}

fn main() {}
