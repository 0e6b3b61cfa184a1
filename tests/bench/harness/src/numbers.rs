//! Statistics, and lines of figures.

use std::fmt::Display;
use std::io::Write;

/// The value at this part of the sorted values, 0.5 being the median.
pub fn quantile(values: &mut [f64], part: f64) -> f64 {
    assert!(!values.is_empty(), "no values");
    values.sort_unstable_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let index = ((values.len() - 1) as f64 * part).round() as usize;
    values[index]
}

/// The middle value.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// Prints one line of figures, separated by tabs.
pub fn print(figures: &[&dyn Display]) {
    let words: Vec<String> = figures.iter().map(ToString::to_string).collect();
    println!("{}", words.join("\t"));
    flush();
}

/// Whoever reads the output through a pipe sees it now.
pub fn flush() {
    std::io::stdout().flush().expect("an open standard output");
}
