//! The sections of the report: what each measurement shows, and how to read it.

use super::growth::{expiry, purge, scale};
use super::tables::{allocations, commands, compile, gets, instructions, requests, saves, storms, wall};
use crate::figures::Figures;

/// One measurement's section.
pub(super) struct Section {
    /// The measurement.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) table: fn(&Figures) -> String,
    pub(super) charts: &'static [&'static str],
}

pub(super) const ALL: [Section; 12] = [
    Section {
        name: "instructions",
        title: "Instructions a request",
        text: "In the application's process, under callgrind, the difference of 1,000 and 2,000 requests. **Callgrind runs \
               SHA-256 in software**, some 3,400 instructions a block where the hardware takes about 190, so ratios of \
               whatever signs or hashes are larger here than what the hardware sees; the wall times below are the \
               hardware's view. *Real* is `perf stat -e instructions:u`; `-` says that this machine's processor does not \
               count, as virtual ones often do not.",
        table: instructions,
        charts: &["instructions"],
    },
    Section {
        name: "allocations",
        title: "Allocations a request",
        text: "Counted by the allocator (allocations and reallocations, the mean of 1,000 requests).",
        table: allocations,
        charts: &["allocations"],
    },
    Section {
        name: "wall",
        title: "Wall time a request",
        text: "Inside one process, one request after the other, without a connection to a client. The bare handler is timed \
               before and after; the ratio is the median of nine rounds. Servers answer over loopback, and SQLite waits \
               for the disk at each write.",
        table: wall,
        charts: &["wall"],
    },
    Section {
        name: "requests",
        title: "Requests a second over loopback",
        text: "32 connections that are kept, each a visitor with a session of its own, from one thread of the load \
               generator to one worker thread of the server. The median of 7 interleaved runs, each between two runs of \
               the bare handler. Printed, never a gate: it hangs on how many cores are free. *Processor time* is what a \
               request takes of all cores, in the process and in the system for it, over all runs: where the load is \
               higher than here, that decides.",
        table: requests,
        charts: &["requests"],
    },
    Section {
        name: "commands",
        title: "Commands a request",
        text: "As the server counts them (`INFO commandstats`, `stats`), the difference of 200 and 400 requests. Redis counts \
               `evalsha` and also what the script calls inside the server; one round trip each.",
        table: commands,
        charts: &[],
    },
    Section {
        name: "gets",
        title: "memcached: loads a second",
        text: "32 tasks of one thread, each loading 300 bytes again and again; the median of 7 interleaved runs. A client of \
               async-memcached cannot be shared, so it is measured with a connection for each task (its best, and more \
               than a worker usually has) and with one connection that the tasks take in turn. Ours multiplexes, as it \
               does in a server's worker.",
        table: gets,
        charts: &["gets"],
    },
    Section {
        name: "saves",
        title: "SQLite: saves and reads a second",
        text: "20,000 rows of 300 bytes that change with each save, WAL; 32 tasks of one thread save rows of their own. The \
               median of 5 interleaved runs. *Pool* is what is usual: r2d2 with so many connections, a blocking task and one \
               transaction a row, no index, connections not tested before use. *sqlx-store* is tower-sessions-sqlx-store in \
               a process of its own, with sqlx's pool of ten. Tails are given in bare fsyncs (append 4 KiB and wait for \
               the disk, the median of 200, in the same directory just before). Reads: one task, one row after the other. \
               Where a bare fsync takes half as long that way, processes at the lowest priority keep the processors awake \
               meanwhile: on a virtual machine a sleeping one may hear of the disk's answer milliseconds late.",
        table: saves,
        charts: &["saves-full", "saves-normal", "sqlite-reads"],
    },
    Section {
        name: "scale",
        title: "SQLite: by the number of rows",
        text: "A file of so many rows of 300 bytes, filled in the order of their keys by SQLite alone, because the backend \
               commits at most 256 rows at a time; then each measurement in a process of its own, of rows at random, the \
               median of 3. *Cold*: the system was told to forget the file (`dd oflag=nocache`) and SQLite's own memory \
               of it is new; the first loads after that, one after the other, and what the disk was read for each, \
               read-ahead included. *Warm*: the system has the file in memory, SQLite's own memory of it is its usual 2 \
               MB; one task. Saves: 32 tasks, rows that change. Sizes are arguments: `tests/bench/run scale 10000 100000`.",
        table: scale,
        charts: &["scale-loads", "scale-saves"],
    },
    Section {
        name: "purge",
        title: "SQLite: beside a purge",
        text: "A file of so many live rows and as many that expired in the last two weeks, between them. Turns of 10 \
               seconds without and with the backend's own purge follow each other, 24 or until none is left, so that \
               what else the machine does meets both. Amid writes as many rows are purged as are written; without, \
               one batch follows the other. Each request loads a session and saves it, at FULL. *200 requests/s* come at \
               random moments, whether or not earlier ones have been answered; *32 tasks* begin one as soon as the last \
               one is answered.",
        table: purge,
        charts: &["purge"],
    },
    Section {
        name: "expiry",
        title: "SQLite: how the expiry is kept",
        text: "SQLite alone, one thread, 100,000 rows of 300 bytes, 60,000 saves of other bytes and a later expiry, 32 a \
               transaction; each session is saved ten times an hour, so one save in ten or so moves its row into another \
               hour. The median of 5 interleaved runs, beside the same without an index. Checkpoints are made by the same \
               thread when the log has so many pages of 4 KiB.",
        table: expiry,
        charts: &["expiry"],
    },
    Section {
        name: "storms",
        title: "Lost updates, and signing out",
        text: "64 requests of one session that have all loaded it before one saves: each adds an entry of its own; then each \
               sets one number one higher. Then 16 slow requests are in flight while the visitor signs out: the sign-out \
               *held* if neither the old cookie nor any that a slow request was given is still signed in. No server \
               knows of a cookie that holds the session itself: with everybody, the last answer wins there, and signing \
               out removes the cookie and nothing else.",
        table: storms,
        charts: &["storms"],
    },
    Section {
        name: "compile",
        title: "What it costs a build",
        text: "A hello-world, built clean by `cargo build` on this machine.",
        table: compile,
        charts: &["compile"],
    },
];
