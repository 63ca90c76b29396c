//! Every format, as the command prints it for real repositories, read by strict consumers.

#[path = "../consumers/mod.rs"]
mod consumers;
mod ground;
mod hostile;
mod pipeline;
mod same;
