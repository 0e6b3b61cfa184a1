//! Many tasks at once, each doing one thing again and again.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::spawn_local;

use crate::numbers;

/// As many visitors at once as the targets speak of.
pub const TASKS: u32 = 32;

/// How often something was done a second, and how long each took.
#[derive(Debug)]
pub struct Outcome {
    /// How often a second, by all tasks together.
    pub per_second: f64,
    /// The median of how long one took, in microseconds.
    pub median: f64,
    /// What one in a hundred took longer than, in microseconds.
    pub p99: f64,
    /// The longest, in microseconds.
    pub worst: f64,
}

impl Outcome {
    /// Prints the figures, and more of them behind.
    pub fn print(&self, more: &[f64]) {
        let figures = [self.per_second, self.median, self.p99, self.worst];
        let words: Vec<String> = figures
            .iter()
            .chain(more)
            .map(|figure| format!("{figure:.1}"))
            .collect();
        numbers::print(&[&words.join("\t")]);
    }
}

/// Has so many tasks do their thing for so long, in a `LocalSet`: one thread, as one worker of a server has them. `each`
/// gets the task's number, and how often the task did it before.
pub async fn together(tasks: u32, lasts: Duration, each: impl AsyncFn(u32, u64) + 'static) -> Outcome {
    let each = Rc::new(each);
    let begin = Instant::now();
    let tasks: Vec<_> = (0..tasks)
        .map(|task| spawn_local(repeat(begin + lasts, task, Rc::clone(&each))))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a task that ends well"));
    }
    let took = begin.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let per_second = times.len() as f64 / took;
    Outcome {
        per_second,
        median: numbers::median(&mut times),
        p99: numbers::quantile(&mut times, 0.99),
        worst: numbers::quantile(&mut times, 1.0),
    }
}

/// How long each took, in microseconds.
async fn repeat(end: Instant, task: u32, each: Rc<impl AsyncFn(u32, u64)>) -> Vec<f64> {
    let mut times = Vec::new();
    let mut now = Instant::now();
    while now < end {
        each(task, times.len() as u64).await;
        let after = Instant::now();
        times.push((after - now).as_secs_f64() * 1e6);
        now = after;
    }
    times
}
