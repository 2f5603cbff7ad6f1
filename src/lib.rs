#![doc = include_str!("ARCHITECTURE.md")]

pub mod advisory;
pub mod check;
pub mod classify;
pub mod cli;
pub mod detect;
pub mod engine;
pub mod guard;
pub mod hook;
pub mod input;
pub mod model;
pub mod parse;
pub mod places;
pub mod policy;
pub mod report;
pub mod rules;
pub mod text;
