//! **workload**: what kind of work each deployable unit does, and how its platform carries it.
//!
//! Evidence comes from packages, entries, effects, findings and files; which of these says what is data
//! (`queries/platform`). Without evidence there is no verdict. What to do about it is for `rules`.

mod calls;
mod fit;
mod gather;
mod model;
mod packages;
mod units;

pub use crate::knowledge::workloads::{Carrier, Verdict, WorkKind};
pub use gather::{Sources, units};
pub use model::{Evidence, Fit, Unit, Workload};
