//! Specifiers to files and packages.
