use sessions_runtime::Flash;

#[derive(Flash)]
#[flash(text = "Added")]
union Notice {
    sku: u8,
}

fn main() {}
