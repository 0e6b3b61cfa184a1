//! Allocations a request, by a program whose allocator counts.

use crate::contenders::{ALL, Framework};
use crate::figures::Figures;
use crate::programs::{self, Servers};

pub(crate) fn measure(servers: &Servers) -> Figures {
    let mut figures = Figures::new("allocations", &["contender", "work", "allocations"]);
    for contender in &ALL {
        let program = match contender.framework {
            Framework::Actix => "actix-allocations",
            Framework::Axum => "tower-allocations",
        };
        for work in contender.works() {
            let mut command = servers.program(contender.framework, program);
            let output = programs::output(command.args([contender.name, work]));
            figures.add(&[&contender.name, work, &output.trim()]);
        }
    }
    figures
}
