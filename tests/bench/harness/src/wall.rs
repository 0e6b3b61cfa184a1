//! Wall time of one request in this process, beside the bare one.

use std::time::{Duration, Instant};

use crate::numbers;
use crate::program::{Program, Requests, Work};

const ROUNDS: usize = 9;
/// How long one timing lasts, at least.
const LASTS: Duration = Duration::from_millis(60);

/// Times the bare contender, this one, and the bare one again, and prints the medians of several rounds: nanoseconds of a
/// bare request, of this contender's, and the ratio of each round to the two bare timings around it.
pub(crate) async fn compare(program: &impl Program, contender: &str, work: Work) {
    let bare = program.app(program.bare(), work).await;
    let app = program.app(contender, work).await;
    let (bare_count, count) = (fitting(&bare).await, fitting(&app).await);
    let (mut bares, mut times, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = nanoseconds(&bare, bare_count).await;
        let time = nanoseconds(&app, count).await;
        let after = nanoseconds(&bare, bare_count).await;
        bares.extend([before, after]);
        times.push(time);
        ratios.push(time / f64::midpoint(before, after));
    }
    numbers::print(&[
        &format_args!("{:.0}", numbers::median(&mut bares)),
        &format_args!("{:.0}", numbers::median(&mut times)),
        &format_args!("{:.3}", numbers::median(&mut ratios)),
    ]);
}

/// How many requests one timing needs; found out while caches and pools fill.
async fn fitting(app: &impl Requests) -> u32 {
    let mut count = 16;
    loop {
        let begin = Instant::now();
        for _ in 0..count {
            app.request().await;
        }
        if begin.elapsed() >= LASTS {
            return count;
        }
        count *= 2;
    }
}

async fn nanoseconds(app: &impl Requests, count: u32) -> f64 {
    let begin = Instant::now();
    for _ in 0..count {
        app.request().await;
    }
    begin.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}
