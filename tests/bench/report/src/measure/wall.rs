//! Wall time a request inside one process, the bare handler timed before and after.

use crate::contenders::{ALL, Kind};
use crate::figures::Figures;
use crate::programs::{self, Servers};

pub(crate) fn measure(servers: &Servers) -> Figures {
    let mut figures = Figures::new("wall", &["contender", "work", "bare ns", "ns", "ratio"]);
    for contender in ALL.iter().filter(|contender| contender.kind != Kind::Bare) {
        for work in contender.works() {
            let mut command = servers.requests(contender);
            let numbers = programs::numbers(command.args(["wall", contender.name, work]));
            let [bare, each, ratio] = numbers[0][..] else {
                panic!("three numbers")
            };
            figures.add(&[&contender.name, work, &bare, &each, &ratio]);
        }
    }
    figures
}
