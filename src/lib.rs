//! crossgrain finds code that goes against the grain of its platform: what stalls the event loop in
//! JavaScript, TypeScript and Python, with the path that leads there.
//!
//! The rooms, in the order of the arrows; a room uses those before it and [`finding`], never one after:
//!
//! - [`source`]: bytes from disk, found and read with care, nothing about their meaning.
//! - [`changes`]: which lines somebody touched, from git or a diff. The only room that starts a program.
//! - [`syntax`]: text to tree under a budget, and one walk over it. The only room that knows tree-sitter.
//! - [`facts`]: one file in, its functions, calls, imports and bindings out.
//! - [`redos`]: the text of a regular expression in, a verdict with a proven attack string out. Knows no file.
//! - [`packages`]: manifests in, projects with their versions and dependencies out.
//! - [`knowledge`]: what names of the outside world do, from the tables of `queries/apis`.
//! - [`program`]: the whole repository linked: values, edges, entries, lanes, paths.
//! - [`usage`]: who uses which package, from imports, scripts and configuration.
//! - [`workload`]: what kind of work each deployable unit does, by evidence, and how its platform carries it.
//! - [`rules`]: which combination of effect and lane goes against the grain, and the remedy.
//! - [`fix`]: the edits of findings to files, each replaced in one step.
//! - [`report`]: findings to bytes, one file per format.
//! - [`baseline`]: findings that were there before, so that only new ones count.
//! - [`analyse`]: the rooms put together: a request in, an analysis out.
//! - [`cli`]: arguments and configuration in, an exit code out.

pub mod analyse;
pub mod baseline;
pub mod changes;
pub mod cli;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod knowledge;
pub mod packages;
pub mod program;
pub mod redos;
pub mod report;
pub mod rules;
pub mod source;
pub mod syntax;
pub mod usage;
pub mod workload;
