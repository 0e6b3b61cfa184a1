//! Requests a second over loopback, each contender between two runs of the bare handler.

use std::time::{Duration, Instant};

use bench_harness::numbers;

use crate::contenders::{ALL, Contender};
use crate::figures::Figures;
use crate::http;
use crate::programs::{Servers, Site};

const RUNS: usize = 7;
/// How long one run lasts, about.
const LASTS: Duration = Duration::from_millis(300);

pub(crate) async fn measure(servers: &Servers) -> Figures {
    let mut figures = Figures::new("requests", &["contender", "work", "per second", "beside bare"]);
    let mut runners = Vec::new();
    for contender in &ALL {
        for work in contender.works() {
            runners.push(Runner::start(servers, contender, work).await);
        }
    }
    for _ in 0..RUNS {
        for index in 0..runners.len() {
            let framework = runners[index].contender.framework;
            let bare = runners
                .iter()
                .position(|runner| runner.contender.name == framework.bare())
                .expect("a bare one");
            if index == bare {
                let speed = runners[bare].run().await;
                runners[bare].speeds.push(speed);
                continue;
            }
            let before = runners[bare].run().await;
            let speed = runners[index].run().await;
            let after = runners[bare].run().await;
            runners[index].speeds.push(speed);
            runners[index].ratios.push(speed / f64::midpoint(before, after));
        }
    }
    for runner in &mut runners {
        let ratio = if runner.ratios.is_empty() {
            1.0
        } else {
            numbers::median(&mut runner.ratios)
        };
        let speed = numbers::median(&mut runner.speeds);
        let (speed, ratio) = (format!("{speed:.0}"), format!("{ratio:.3}"));
        figures.add(&[&runner.contender.name, &runner.work, &speed, &ratio]);
    }
    figures
}

struct Runner {
    contender: &'static Contender,
    work: &'static str,
    site: Site,
    visitors: Vec<String>,
    /// How many requests each visitor makes in one run.
    each: u32,
    speeds: Vec<f64>,
    ratios: Vec<f64>,
}

impl Runner {
    async fn start(servers: &Servers, contender: &'static Contender, work: &'static str) -> Self {
        let site = Site::start(servers.requests(contender).args(["serve", contender.name, work]));
        let visitors = http::visitors(site.address).await;
        let mut each = 4;
        loop {
            let begin = Instant::now();
            http::load(site.address, &visitors, each).await;
            if begin.elapsed() >= LASTS {
                break;
            }
            each *= 2;
        }
        Self {
            contender,
            work,
            site,
            visitors,
            each,
            speeds: Vec::new(),
            ratios: Vec::new(),
        }
    }

    async fn run(&self) -> f64 {
        http::load(self.site.address, &self.visitors, self.each).await
    }
}
