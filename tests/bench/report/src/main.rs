//! `bench-report [MEASUREMENT..]`: measures, and writes the report of all figures there are. `tests/bench/run` builds what
//! it needs and calls it.

mod awake;
mod contenders;
mod figures;
mod http;
mod measure;
mod programs;
mod render;

fn main() {
    for name in std::env::args().skip(1) {
        measure::run(&name);
    }
    render::write();
}
