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
    let columns = [
        "contender",
        "work",
        "per second",
        "beside bare",
        "application us",
        "store us",
    ];
    let mut figures = Figures::new("requests", &columns);
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
                let speed = runners[bare].run(servers).await;
                runners[bare].speeds.push(speed);
                continue;
            }
            let before = runners[bare].run(servers).await;
            let speed = runners[index].run(servers).await;
            let after = runners[bare].run(servers).await;
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
        let [application, store] =
            [runner.application, runner.store].map(|time| format!("{:.1}", time / runner.requests));
        figures.add(&[
            &runner.contender.name,
            &runner.work,
            &speed,
            &ratio,
            &application,
            &store,
        ]);
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
    /// Over all runs: how many requests, and the processor time of the application and of its server, in microseconds.
    requests: f64,
    application: f64,
    store: f64,
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
            requests: 0.0,
            application: 0.0,
            store: 0.0,
        }
    }

    async fn run(&mut self, servers: &Servers) -> f64 {
        let before = (self.site.processor_time(), servers.processor_time());
        let speed = http::load(self.site.address, &self.visitors, self.each).await;
        self.application += self.site.processor_time() - before.0;
        self.store += servers.processor_time() - before.1;
        self.requests += f64::from(self.each) * f64::from(u32::try_from(http::CONNECTIONS).expect("a few"));
        speed
    }
}
