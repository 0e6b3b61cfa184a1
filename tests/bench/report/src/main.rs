//! `bench-report [MEASUREMENT [SIZE..]..]`: measures, and writes the report of all figures there are. `tests/bench/run`
//! builds what it needs and calls it.

mod awake;
mod contenders;
mod figures;
mod http;
mod measure;
mod programs;
mod render;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut words = words.iter().peekable();
    while let Some(name) = words.next() {
        let mut sizes: Vec<u64> = Vec::new();
        while let Some(size) = words.peek().and_then(|word| word.parse().ok()) {
            sizes.push(size);
            words.next();
        }
        measure::run(name, &sizes);
    }
    render::write();
}
