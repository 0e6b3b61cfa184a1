//! The report: tables and charts of the figures that the measurements have left.

mod chart;
mod charts;
mod growth;
mod page;
mod sections;
mod tables;
mod targets;

pub(crate) use self::page::write;
