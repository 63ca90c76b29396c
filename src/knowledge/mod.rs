//! **knowledge**: what crossgrain knows about the outside world.
//!
//! Reads the tables of `queries/apis` (and of a user's configuration, in the same form) and answers
//! one question: what does this qualified name do? It must not know where a name came from.
//! [`packages`] holds what is known of packages, from `queries/packages`; [`workloads`] what shows which work,
//! and how platforms carry it, from `queries/platform`.

mod deed;
mod embedded;
mod load;
mod model;
pub mod packages;
mod pattern;
mod problem;
mod row;
mod value;
mod workload_names;
pub mod workloads;

pub use deed::{Deed, Spelling};
pub use model::{
    Asks, Computation, Container, Effect, Entry, FileRule, Gil, Knowledge, Literal, Offload, Pattern, Pick, Plain,
    Platform, Row, Steps, Table, TypeRef, Unless, Wait,
};
pub use problem::{KnowledgeError, Problem};
pub use workload_names::{Contract, Polled, WorkNames, work_names};
