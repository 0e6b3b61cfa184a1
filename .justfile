# The checks, by the names people type; each recipe is the command that CI runs.

# Every check of a commit.
ci:
    .ci/run

# What takes long: the protocol explorer with many seeds.
deep:
    .ci/deep

# All tests, or those that `cargo test` is told to run.
test *arguments:
    tests/run {{arguments}}

# What a request costs, beside the bare handler and other session libraries; minutes, and a report.
bench *measurements:
    tests/bench/run {{measurements}}

# The table of requirement ids in tests/README.md.
ids:
    tests/ids write

fmt:
    cargo fmt --all

doc:
    cargo doc --workspace --no-deps --all-features --open

# Licences, bans, sources, duplicates, and the advisories of today; needs cargo-deny.
deny:
    cargo deny --config .deny.toml check
